import * as collection from '@/app/api/lessons/route';
import * as item from '@/app/api/lessons/[id]/route';
import { table } from '@/db/schema/lessons';
import * as schema from '@/resources/lessons/schema';
import { contract } from '../support/contract';
import * as factory from '../support/factories/lessons';
import * as coursesFactory from '../support/factories/courses';
import { rowLevelSecurity } from '../support/row-level-security';

const { accepts, assumes, refuses, requires } = contract({
  path: '/api/lessons',
  operations: ['list', 'get', 'create', 'update', 'replace', 'delete'],
  paginate: 'cursor',
  public: false,
  roles: {},
  limit: 60,
  softDelete: false,
  filters: ['courseId', 'title', 'position'],
  unique: [],
  parents: [
    {
      property: 'courseId',
      factory: coursesFactory,
      public: false,
    },
  ],
  children: [],
  collection,
  item,
  schema,
  factory,
});

rowLevelSecurity({
  table,
  factory,
  roles: [],
  public: false,
  reads: true,
});

refuses('courseId', -1);
refuses('courseId', '');
refuses('courseId', null);
requires('courseId');

accepts('title', 'x'.repeat(1));
accepts('title', 'x'.repeat(200));
refuses('title', 'x'.repeat(201));
refuses('title', '');
refuses('title', '\u0000'.repeat(1));
refuses('title', 7);
refuses('title', null);
requires('title');

accepts('position', 1);
accepts('position', 2147483647);
refuses('position', 0);
refuses('position', 2147483648);
refuses('position', 1.5);
refuses('position', '1');
refuses('position', null);
assumes('position', 1);

accepts('body', '');
accepts('body', 'x'.repeat(100000));
refuses('body', 'x'.repeat(100001));
refuses('body', '\u0000'.repeat(1));
refuses('body', 7);
accepts('body', null);
assumes('body', null);

import * as collection from '@/app/api/courses/route';
import * as item from '@/app/api/courses/[id]/route';
import * as schema from '@/resources/courses/schema';
import { contract } from '../support/contract';
import * as factory from '../support/factories/courses';
import * as lessonsFactory from '../support/factories/lessons';

const { accepts, assumes, refuses, requires } = contract({
  path: '/api/courses',
  operations: ['list', 'get', 'create', 'update', 'replace', 'delete'],
  paginate: 'page',
  public: false,
  roles: {
    delete: ['INSTRUCTOR'],
  },
  limit: 60,
  softDelete: false,
  filters: ['title', 'code', 'status', 'startsOn'],
  unique: [['code']],
  parents: [],
  children: [
    {
      property: 'courseId',
      factory: lessonsFactory,
    },
  ],
  collection,
  item,
  schema,
  factory,
});

accepts('title', 'x'.repeat(1));
accepts('title', 'x'.repeat(200));
refuses('title', 'x'.repeat(201));
refuses('title', '');
refuses('title', '\u0000'.repeat(1));
refuses('title', 7);
refuses('title', null);
requires('title');

accepts('code', 'x'.repeat(3));
accepts('code', 'x'.repeat(12));
refuses('code', 'x'.repeat(13));
refuses('code', 'x'.repeat(2));
refuses('code', '\u0000'.repeat(3));
refuses('code', 7);
refuses('code', null);
requires('code');

accepts('status', 'draft');
accepts('status', 'published');
refuses('status', 'none of them');
refuses('status', 7);
refuses('status', null);
assumes('status', 'draft');

accepts('startsOn', '2024-02-29');
refuses('startsOn', '2023-02-29');
refuses('startsOn', '2024-02-29T00:00:00Z');
accepts('startsOn', null);
assumes('startsOn', null);

import { sql } from 'drizzle-orm';
import { check, date, index, pgTable, text, uniqueIndex, varchar } from 'drizzle-orm/pg-core';

import { statusValues } from '../../resources/courses/model';
import { identity, timestamps } from '../columns';
import { policies } from '../policies';

export const table = pgTable(
  'courses',
  {
    ...identity(),
    title: varchar({ length: 200 }).notNull(),
    code: varchar({ length: 12 }).notNull(),
    status: text({ enum: statusValues }).notNull().default('draft'),
    startsOn: date(),
    ...timestamps(),
  },
  (t) => [
    index('courses_owner_created_idx').on(t.ownerId, t.createdAt, t.id),
    uniqueIndex('courses_code_key').on(t.code),
    index('courses_status_idx').on(t.status),
    check('courses_status_check', sql`${t.status} in ('draft', 'published')`),
    ...policies({
      operations: ['select', 'insert', 'update'],
    }),
    ...policies({
      operations: ['delete'],
      roles: ['editor'],
    }),
  ],
);

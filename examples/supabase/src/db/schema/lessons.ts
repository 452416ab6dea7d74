import { foreignKey, index, integer, pgTable, text, uuid, varchar } from 'drizzle-orm/pg-core';

import { identity, timestamps } from '../columns';
import { policies } from '../policies';
import { table as coursesTable } from './courses';

export const table = pgTable(
  'lessons',
  {
    ...identity(),
    courseId: uuid().notNull(),
    title: varchar({ length: 200 }).notNull(),
    position: integer().notNull().default(1),
    body: text(),
    ...timestamps(),
  },
  (t) => [
    index('lessons_owner_created_idx').on(t.ownerId, t.createdAt, t.id),
    index('lessons_course_id_idx').on(t.courseId),
    foreignKey({
      name: 'lessons_course_id_fkey',
      columns: [t.courseId],
      foreignColumns: [coursesTable.id],
    }).onDelete('restrict'),
    ...policies({
      operations: ['select', 'insert', 'update', 'delete'],
    }),
  ],
);

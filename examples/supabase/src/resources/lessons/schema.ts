import { z } from 'zod';

import { changesSomething, int, text } from '@/lib/api/fields';
import { id, userId } from '@/lib/api/id';
import { filters, cursors } from '@/lib/api/query';
import type { Row } from './model';

const fields = {
  courseId: id(),
  title: text({ min: 1, max: 200 }),
  position: int({ min: 1 }),
  body: text({ max: 100000 }).nullable(),
};

/** The body of POST. */
export const create = z.strictObject({
  ...fields,
  position: fields.position.default(1),
  body: fields.body.default(null),
});

/** The body of PUT: a whole row, so what is left out goes back to its default. */
export const replace = create;

/** The body of PATCH: only what changes. */
export const update = z
  .strictObject(fields)
  .partial()
  .refine(changesSomething, 'Name at least one field to change')
  .meta({ minProperties: 1 });

/** The query string of the list. */
export const query = z.strictObject({
  ...cursors,
  courseId: filters.id,
  title: filters.text,
  position: filters.integer,
});

/** What the API answers with. */
export const representation = z.object({
  id: id(),
  ownerId: userId(),
  ...fields,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

export type Create = z.output<typeof create>;
export type Replace = z.output<typeof replace>;
export type Update = z.output<typeof update>;
export type Query = z.output<typeof query>;

/** The public part of a row. JSON turns dates into RFC 3339 text. */
export function toJson(row: Row) {
  return {
    id: row.id,
    ownerId: row.ownerId,
    courseId: row.courseId,
    title: row.title,
    position: row.position,
    body: row.body,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

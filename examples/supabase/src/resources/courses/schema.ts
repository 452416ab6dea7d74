import { z } from 'zod';

import { changesSomething, date, text } from '@/lib/api/fields';
import { id, userId } from '@/lib/api/id';
import { filters, pages, sortBy } from '@/lib/api/query';
import { statusValues, type Row } from './model';

const fields = {
  title: text({ min: 1, max: 200 }),
  code: text({ min: 3, max: 12 }),
  status: z.enum(statusValues),
  startsOn: date().nullable(),
};

/** The body of POST. */
export const create = z.strictObject({
  ...fields,
  status: fields.status.default('draft'),
  startsOn: fields.startsOn.default(null),
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
  ...pages,
  sort: sortBy([
    // Fields with an order; text and JSON have none worth an index.
    'title',
    'code',
    'status',
    'startsOn',
    'createdAt',
    'updatedAt',
  ]),
  title: filters.text,
  code: filters.text,
  status: filters.text,
  startsOn: filters.date,
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
    title: row.title,
    code: row.code,
    status: row.status,
    startsOn: row.startsOn,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

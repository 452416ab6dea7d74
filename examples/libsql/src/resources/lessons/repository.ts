import { randomUUID } from 'node:crypto';

import { database } from '@/db/client';
import { datetime, integer, optional, text, type Columns } from '@/db/columns';
import { after, assignments, insertion, matching, names, reader, requireRows } from '@/db/query';
import { found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import { encodeCursor } from '@/lib/api/query';
import type { Row } from './model';
import type { Create, Query, Replace, Update } from './schema';

/** Where a row keeps each of its properties. */
const columns: Columns<Row> = {
  id: text('id'),
  ownerId: text('owner_id'),
  courseId: text('course_id'),
  title: text('title'),
  position: integer('position'),
  body: optional.text('body'),
  createdAt: datetime('created_at'),
  updatedAt: datetime('updated_at'),
};

const toRow = reader(columns);

export async function list(ownerId: string, { cursor, limit, ...filters }: Query) {
  const db = await database();
  const filter = matching(columns, filters);
  const behind = after(cursor);
  const [rows = []] = await db.read({
    sql: `
      select ${names(columns)} from "lessons"
      where "owner_id" = ? and ${behind.sql} and ${filter.sql}
      order by "created_at" desc, "id" desc
      limit ?
    `,
    // One more than asked for tells whether there is a next page.
    args: [ownerId, ...behind.args, ...filter.args, limit + 1],
  });
  const items = rows.slice(0, limit).map(toRow);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last ? encodeCursor({ created: last.createdAt, id: last.id }) : null;
  return { items, next };
}

export async function create(ownerId: string, input: Create): Promise<Row> {
  const db = await database();
  const now = new Date();
  const row = insertion(columns, {
    ...input,
    id: randomUUID(),
    ownerId,
    createdAt: now,
    updatedAt: now,
  });
  return db.transaction(async (tx) => {
    await requireRows(tx, [
      {
        property: 'courseId',
        sql: `select 1 from "courses" where "id" = ? and "owner_id" = ?`,
        args: [input.courseId, ownerId],
      },
    ]);
    const { rows } = await tx.execute({
      sql: `insert into "lessons" ${row.sql} returning ${names(columns)}`,
      args: row.args,
    });
    return found(rows.map(toRow)[0]);
  });
}

export async function get(ownerId: string, id: Id): Promise<Row> {
  const db = await database();
  const [rows = []] = await db.read({
    sql: `select ${names(columns)} from "lessons" where "id" = ? and "owner_id" = ?`,
    args: [id, ownerId],
  });
  return found(rows.map(toRow)[0]);
}

export async function change(ownerId: string, id: Id, input: Replace | Update): Promise<Row> {
  const db = await database();
  const changes = assignments(columns, { ...input, updatedAt: new Date() });
  return db.transaction(async (tx) => {
    await requireRows(tx, [
      {
        sql: `select 1 from "lessons" where "id" = ? and "owner_id" = ?`,
        args: [id, ownerId],
      },
      {
        property: 'courseId',
        sql: `select 1 from "courses" where "id" = ? and "owner_id" = ?`,
        args: [input.courseId, ownerId],
      },
    ]);
    const { rows } = await tx.execute({
      sql: `
        update "lessons" set ${changes.sql}
        where "id" = ? and "owner_id" = ?
        returning ${names(columns)}
      `,
      args: [...changes.args, id, ownerId],
    });
    return found(rows.map(toRow)[0]);
  });
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  const db = await database();
  const rows = await db.write({
    sql: `delete from "lessons" where "id" = ? and "owner_id" = ? returning "id"`,
    args: [id, ownerId],
  });
  found(rows[0]);
}

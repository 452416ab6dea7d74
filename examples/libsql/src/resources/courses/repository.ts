import { randomUUID } from 'node:crypto';

import type { Transaction } from '@libsql/client';

import { database } from '@/db/client';
import { datetime, optional, text, type Columns } from '@/db/columns';
import { assignments, insertion, matching, names, ordering, reader } from '@/db/query';
import { found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import { mirror } from '@/lib/files/mirror';
import type { Row } from './model';
import { toJson } from './schema';
import type { Create, Query, Replace, Update } from './schema';

/** Where a row keeps each of its properties. */
const columns: Columns<Row> = {
  id: text('id'),
  ownerId: text('owner_id'),
  title: text('title'),
  code: text('code'),
  status: text('status'),
  startsOn: optional.text('starts_on'),
  createdAt: datetime('created_at'),
  updatedAt: datetime('updated_at'),
};

const toRow = reader(columns);

/** Every row is also a file. */
export const files = mirror<Row>({
  name: 'courses',
  pattern: 'courses/{code}',
  toJson,
  shape: Object.keys(columns),
  find,
  page,
});

/** What the database says of a row, whoever owns it. */
async function find(tx: Transaction, id: Id): Promise<Row | undefined> {
  const { rows } = await tx.execute({
    sql: `select ${names(columns)} from "courses" where "id" = ?`,
    args: [id],
  });
  return rows.map(toRow)[0];
}

/** A hundred rows of anybody's, behind that of the id. */
async function page(tx: Transaction, id: Id | null = null): Promise<Row[]> {
  const { rows } = await tx.execute({
    sql: `
      select ${names(columns)} from "courses"
      where (? is null or "id" > ?)
      order by "id"
      limit 100
    `,
    args: [id, id],
  });
  return rows.map(toRow);
}

export async function list(ownerId: string, { page, limit, sort, ...filters }: Query) {
  const db = await database();
  const filter = matching(columns, filters);
  const [items = [], counts = []] = await db.read(
    {
      sql: `
        select ${names(columns)} from "courses"
        where "owner_id" = ? and ${filter.sql}
        order by ${ordering(columns, sort)}
        limit ? offset ?
      `,
      args: [ownerId, ...filter.args, limit, (page - 1) * limit],
    },
    {
      sql: `select count(*) as "total" from "courses" where "owner_id" = ? and ${filter.sql}`,
      args: [ownerId, ...filter.args],
    },
  );
  return { items: items.map(toRow), total: Number(counts[0]?.['total']) };
}

export async function create(ownerId: string, input: Create): Promise<Row> {
  const now = new Date();
  const row = insertion(columns, {
    ...input,
    id: randomUUID(),
    ownerId,
    createdAt: now,
    updatedAt: now,
  });
  return files.transaction(async (tx, keep) => {
    const { rows } = await tx.execute({
      sql: `insert into "courses" ${row.sql} returning ${names(columns)}`,
      args: row.args,
    });
    const made = found(rows.map(toRow)[0]);
    await keep(undefined, made);
    return made;
  });
}

export async function get(ownerId: string, id: Id): Promise<Row> {
  const db = await database();
  const [rows = []] = await db.read({
    sql: `select ${names(columns)} from "courses" where "id" = ? and "owner_id" = ?`,
    args: [id, ownerId],
  });
  return found(rows.map(toRow)[0]);
}

export async function change(ownerId: string, id: Id, input: Replace | Update): Promise<Row> {
  const changes = assignments(columns, { ...input, updatedAt: new Date() });
  return files.transaction(async (tx, keep) => {
    const before = await find(tx, id);
    const { rows } = await tx.execute({
      sql: `
        update "courses" set ${changes.sql}
        where "id" = ? and "owner_id" = ?
        returning ${names(columns)}
      `,
      args: [...changes.args, id, ownerId],
    });
    const changed = found(rows.map(toRow)[0]);
    await keep(before, changed);
    return changed;
  });
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  await files.transaction(async (tx, keep) => {
    const before = await find(tx, id);
    const { rows } = await tx.execute({
      sql: `delete from "courses" where "id" = ? and "owner_id" = ? returning "id"`,
      args: [id, ownerId],
    });
    found(rows[0]);
    await keep(before, undefined);
  });
}

import { and, eq } from 'drizzle-orm';

import { database } from '@/db/client';
import { matching, ordering } from '@/db/query';
import { table } from '@/db/schema/courses';
import { found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import type { Row } from './model';
import type { Create, Query, Replace, Update } from './schema';

/** Rows of other people do not exist for the caller. */
function owned(ownerId: string) {
  return eq(table.ownerId, ownerId);
}

export async function list(ownerId: string, { page, limit, sort, ...filters }: Query) {
  const db = await database();
  const where = and(owned(ownerId), ...matching(table, filters));
  const items: Row[] = await db
    .select()
    .from(table)
    .where(where)
    .orderBy(...ordering(table, sort))
    .limit(limit)
    .offset((page - 1) * limit);
  return { items, total: await db.$count(table, where) };
}

export async function create(ownerId: string, input: Create): Promise<Row> {
  const db = await database();
  const rows = await db
    .insert(table)
    .values({ ...input, ownerId })
    .returning();
  return found(rows[0]);
}

export async function get(ownerId: string, id: Id): Promise<Row> {
  const db = await database();
  const rows = await db
    .select()
    .from(table)
    .where(and(eq(table.id, id), owned(ownerId)));
  return found(rows[0]);
}

export async function change(ownerId: string, id: Id, input: Replace | Update): Promise<Row> {
  const db = await database();
  const rows = await db
    .update(table)
    .set(input)
    .where(and(eq(table.id, id), owned(ownerId)))
    .returning();
  return found(rows[0]);
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  const db = await database();
  const rows = await db
    .delete(table)
    .where(and(eq(table.id, id), owned(ownerId)))
    .returning({ id: table.id });
  found(rows[0]);
}

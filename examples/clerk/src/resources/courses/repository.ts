import { and, eq } from 'drizzle-orm';

import { database } from '@/db/client';
import { after, matching, ordering } from '@/db/query';
import { table } from '@/db/schema/courses';
import { apiError, found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import { encodeCursor } from '@/lib/api/query';
import type { Row } from './model';
import type { Create, Query, Replace, Update } from './schema';

/** Rows of other people do not exist for the caller. */
function owned(ownerId: string) {
  return eq(table.ownerId, ownerId);
}

export async function list(ownerId: string, { cursor, limit, ...filters }: Query) {
  const db = await database();
  const items: Row[] = await db
    .select()
    .from(table)
    .where(and(owned(ownerId), after(table, cursor), ...matching(table, filters)))
    .orderBy(...ordering(table))
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1);
  const last = items.length > limit ? items[limit - 1] : undefined;
  return {
    items: items.slice(0, limit),
    next: last ? encodeCursor({ created: last.createdAt, id: last.id }) : null,
  };
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

export async function change(
  ownerId: string,
  id: Id,
  { version, ...input }: Replace | Update,
): Promise<Row> {
  const db = await database();
  return db.transaction(async (tx) => {
    const [locked] = await tx
      .select({ version: table.version })
      .from(table)
      .where(and(eq(table.id, id), owned(ownerId)))
      .for('update');
    const current = found(locked).version;
    if (version !== undefined && current !== version) {
      throw apiError('conflict', `version: is ${current} by now`);
    }
    const rows = await tx
      .update(table)
      .set({ ...input, version: current + 1 })
      .where(and(eq(table.id, id), owned(ownerId)))
      .returning();
    return found(rows[0]);
  });
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  const db = await database();
  const rows = await db
    .delete(table)
    .where(and(eq(table.id, id), owned(ownerId)))
    .returning({ id: table.id });
  found(rows[0]);
}

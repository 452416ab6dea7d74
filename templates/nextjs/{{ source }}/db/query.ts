/** Pieces of queries that all repositories share. */
import { and, asc, desc, eq, getTableColumns, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';

import { ApiError } from '../lib/api/errors';
import type { Cursor, Order } from '../lib/api/query';
import type { Database } from './client';

type Listed = PgTable & { id: PgColumn; createdAt: PgColumn };
type Owned = PgTable & { id: PgColumn; ownerId: PgColumn };

/** One equality for each filter that was given. */
export function matching(table: PgTable, filters: Record<string, unknown>): SQL[] {
  const columns = getTableColumns(table);
  return Object.entries(filters).flatMap(([name, value]) => {
    const column = columns[name];
    return column && value !== undefined ? [eq(column, value)] : [];
  });
}

/** As asked, then newest first; the id settles ties, so that pages do not overlap. */
export function ordering(table: Listed, order: Order[] = []): SQL[] {
  const columns = getTableColumns(table as PgTable);
  const asked = order.flatMap(({ name, descending }) => {
    const column = columns[name];
    return column ? [descending ? desc(column) : asc(column)] : [];
  });
  return [...asked, desc(table.createdAt), desc(table.id)];
}

/** The rows behind a cursor, in the order newest first. */
export function after(table: Listed, cursor: Cursor | undefined): SQL | undefined {
  if (!cursor) return undefined;
  return or(
    lt(table.createdAt, cursor.createdAt),
    and(eq(table.createdAt, cursor.createdAt), lt(table.id, cursor.id)),
  );
}

/** 409 unless the parent exists and satisfies `visible`; it cannot go away before the transaction ends. */
export async function requireParent(
  db: Database,
  parent: Owned,
  id: string | null | undefined,
  visible: SQL | undefined,
  property: string,
): Promise<void> {
  if (id === null || id === undefined) return;
  const rows = await db
    .select({ found: sql`1` })
    .from(parent as PgTable)
    .where(and(eq(parent.id, id), visible))
    .for('key share');
  if (rows.length === 0) throw new ApiError('conflict', `${property}: does not exist`);
}

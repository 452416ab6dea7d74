/** The table of jobs: who may claim one, and what an attempt may still say about it. */
import { and, asc, eq, inArray, like, lt, lte, max, sql } from 'drizzle-orm';

import { apiError, found } from '../lib/api/errors';
import type { Id } from '../lib/api/id';
import type { Job } from '../lib/jobs/definition';
import { keyAfter, type NewRow, type Row } from '../lib/jobs/row';
import type { Query } from '../lib/jobs/schema';
import { database, type Database } from './client';
import { matching, ordering } from './query';
import { table } from './schema/background-jobs';

/** Who writes: the database, or a transaction of it. */
export type Executor = Database;

export async function transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
  return (await database()).transaction(work);
}

/** A new row; undefined where its key is taken. */
export async function insert(tx: Executor, { ownerId, ...row }: NewRow): Promise<Row | undefined> {
  const rows = await tx
    .insert(table)
    .values({ runAt: new Date(), ...row, ownerId })
    .onConflictDoNothing({ target: table.uniqueKey })
    .returning();
  return rows[0];
}

/** Jobs of other people do not exist for the caller. */
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

export async function get(ownerId: string, type: string, id: Id): Promise<Row> {
  const db = await database();
  const rows = await db
    .select()
    .from(table)
    .where(and(eq(table.id, id), eq(table.type, type), owned(ownerId)));
  return found(rows[0]);
}

/** The job, which will not run any more. 409 where it has ended. */
export async function cancel(ownerId: string, type: string, id: Id): Promise<Row> {
  const db = await database();
  const row = await get(ownerId, type, id);
  const rows = await db
    .update(table)
    .set({ ...ended(row), status: 'failed', error: 'Cancelled' })
    .where(and(eq(table.id, id), inArray(table.status, ['pending', 'processing'])))
    .returning();
  if (rows[0]) return rows[0];
  throw apiError('conflict', 'The job has ended');
}

/** The job that is due for longest, for the attempt with this token. */
export async function claim(
  { type, concurrency }: Pick<Job, 'type' | 'concurrency'>,
  token: string,
): Promise<Row | undefined> {
  return transaction(async (tx) => {
    if (concurrency !== undefined) {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`background_jobs ${type}`}))`);
      const running = and(eq(table.type, type), eq(table.status, 'processing'));
      if ((await tx.$count(table, running)) >= concurrency) return undefined;
    }
    const now = new Date();
    const [due] = await tx
      .select({ id: table.id })
      .from(table)
      .where(and(eq(table.type, type), eq(table.status, 'pending'), lte(table.runAt, now)))
      .orderBy(asc(table.runAt), asc(table.id))
      .limit(1)
      .for('update', { skipLocked: true });
    if (!due) return undefined;
    const [row] = await tx
      .update(table)
      .set({
        status: 'processing',
        attempts: sql`${table.attempts} + 1`,
        changes: sql`${table.changes} + 1`,
        progress: 0,
        token,
        startedAt: now,
        heartbeatAt: now,
      })
      .where(eq(table.id, due.id))
      .returning();
    return row;
  });
}

type Changes = Parameters<ReturnType<Database['update']>['set']>[0];

/** Changes the row of an attempt, unless it is another one's by now. */
async function change({ id, token }: Row, changes: Changes): Promise<boolean> {
  const db = await database();
  const rows = await db
    .update(table)
    .set(changes)
    .where(and(eq(table.id, id), eq(table.token, token ?? '')))
    .returning({ id: table.id });
  return rows.length > 0;
}

/** The attempt goes on; whether the job is still its own. */
export function beat(row: Row, progress?: number): Promise<boolean> {
  const told = progress === undefined ? {} : { progress, changes: sql`${table.changes} + 1` };
  return change(row, { heartbeatAt: new Date(), ...told });
}

/** What every job is that has ended. */
function ended(row: Row) {
  return {
    token: null,
    finishedAt: new Date(),
    uniqueKey: keyAfter(row),
    changes: sql`${table.changes} + 1`,
  };
}

/** The attempt is over, and so is the job. */
export function end(row: Row, outcome: { result: unknown } | { error: string }): Promise<boolean> {
  const status = 'error' in outcome ? 'failed' : 'completed';
  const progress = 'error' in outcome ? {} : { progress: 100, error: null };
  return change(row, { ...ended(row), ...progress, ...outcome, status });
}

/** The attempt is over; there is another one at `runAt`. */
export function again(row: Row, runAt: Date, error: string | null = null): Promise<boolean> {
  const changes = sql`${table.changes} + 1`;
  return change(row, { status: 'pending', token: null, runAt, error, changes });
}

/** Attempts without a heartbeat since `before` are over. */
export async function sweep({ type, retries }: Job, before: Date): Promise<void> {
  const db = await database();
  const dead: Row[] = await db
    .select()
    .from(table)
    .where(
      and(eq(table.type, type), eq(table.status, 'processing'), lt(table.heartbeatAt, before)),
    );
  for (const row of dead) {
    const error = 'The worker stopped';
    await (row.attempts <= retries ? again(row, new Date(), error) : end(row, { error }));
  }
}

/** When a schedule queued a job last, which no retry changes. */
export async function lastScheduled(type: string): Promise<Date | undefined> {
  const db = await database();
  const [row] = await db
    .select({ at: max(table.createdAt) })
    .from(table)
    .where(and(eq(table.type, type), like(table.uniqueKey, `${type}@%`)));
  return row?.at ?? undefined;
}

/** The table of jobs: who may claim one, and what an attempt may still say about it. */
import { randomUUID } from 'node:crypto';

import type { InValue, Transaction } from '@libsql/client';

import { apiError, found } from '../lib/api/errors';
import type { Id } from '../lib/api/id';
import type { Job } from '../lib/jobs/definition';
import { keyAfter, type NewRow, type Row, type Status } from '../lib/jobs/row';
import type { Query } from '../lib/jobs/schema';
import { database } from './client';
import { datetime, integer, json, optional, text, type Columns } from './columns';
import { assignments, insertion, matching, names, ordering, reader } from './query';

/** Who writes: a transaction of the database. */
export type Executor = Transaction;

/** Where a row keeps each of its properties. */
const columns: Columns<Row> = {
  id: text('id'),
  ownerId: text('owner_id'),
  type: text('type'),
  status: text<Status>('status'),
  payload: json('payload'),
  shape: text('shape'),
  result: optional.json('result'),
  error: optional.text('error'),
  attempts: integer('attempts'),
  progress: integer('progress'),
  changes: integer('changes'),
  runAt: datetime('run_at'),
  startedAt: optional.datetime('started_at'),
  finishedAt: optional.datetime('finished_at'),
  heartbeatAt: optional.datetime('heartbeat_at'),
  token: optional.text('token'),
  uniqueKey: optional.text('unique_key'),
  createdAt: datetime('created_at'),
  updatedAt: datetime('updated_at'),
};

const toRow = reader(columns);

export async function transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
  return (await database()).transaction(work);
}

/** A new row; undefined where its key is taken. */
export async function insert(tx: Executor, { ownerId, ...row }: NewRow): Promise<Row | undefined> {
  const now = new Date();
  const made = insertion(columns, {
    runAt: now,
    ...row,
    id: randomUUID(),
    ownerId,
    status: 'pending',
    attempts: 0,
    progress: 0,
    changes: 0,
    createdAt: now,
    updatedAt: now,
  });
  const { rows } = await tx.execute({
    sql: `
      insert into "background_jobs" ${made.sql}
      on conflict ("unique_key") do nothing
      returning ${names(columns)}
    `,
    args: made.args,
  });
  return rows.map(toRow)[0];
}

export async function list(ownerId: string, { page, limit, sort, ...filters }: Query) {
  const db = await database();
  const filter = matching(columns, filters);
  const [items = [], counts = []] = await db.read(
    {
      sql: `
        select ${names(columns)} from "background_jobs"
        where "owner_id" = ? and ${filter.sql}
        order by ${ordering(columns, sort)}
        limit ? offset ?
      `,
      args: [ownerId, ...filter.args, limit, (page - 1) * limit],
    },
    {
      sql: `select count(*) as "total" from "background_jobs" where "owner_id" = ? and ${filter.sql}`,
      args: [ownerId, ...filter.args],
    },
  );
  return { items: items.map(toRow), total: Number(counts[0]?.['total']) };
}

export async function get(ownerId: string, type: string, id: Id): Promise<Row> {
  const db = await database();
  const [rows = []] = await db.read({
    sql: `
      select ${names(columns)} from "background_jobs"
      where "id" = ? and "type" = ? and "owner_id" = ?
    `,
    args: [id, type, ownerId],
  });
  return found(rows.map(toRow)[0]);
}

/** The rows that a condition finds, with these changes; each counts as one change more, unless it is `silent`. */
async function update(
  changes: Partial<Row>,
  { where, args, isSilent = false }: { where: string; args: InValue[]; isSilent?: boolean },
): Promise<Row[]> {
  const db = await database();
  const set = assignments(columns, { ...changes, updatedAt: new Date() });
  const rows = await db.write(
    {
      sql: `
        update "background_jobs" set ${set.sql}${isSilent ? '' : ', "changes" = "changes" + 1'}
        where ${where}
        returning ${names(columns)}
      `,
      args: [...set.args, ...args],
    },
    // A second time the token is another one, or the same is written again.
    { isRepeatable: true },
  );
  return rows.map(toRow);
}

/** The job, which will not run any more. 409 where it has ended. */
export async function cancel(ownerId: string, type: string, id: Id): Promise<Row> {
  const row = await get(ownerId, type, id);
  const changes = { ...ended(row), status: 'failed', error: 'Cancelled' } as const;
  const where = `"id" = ? and "status" in ('pending', 'processing')`;
  const [cancelled] = await update(changes, { where, args: [id] });
  if (cancelled) return cancelled;
  throw apiError('conflict', 'The job has ended');
}

/** The job that is due for longest, for the attempt with this token. */
export async function claim(
  { type, concurrency }: Pick<Job, 'type' | 'concurrency'>,
  token: string,
): Promise<Row | undefined> {
  const db = await database();
  const now = new Date().toISOString();
  // A write takes a lock, so first a look.
  const due = `
    select "id" from "background_jobs"
    where "type" = ? and "status" = 'pending' and "run_at" <= ?
    order by "run_at", "id"
    limit 1
  `;
  const [waiting = []] = await db.read({ sql: due, args: [type, now] });
  if (waiting.length === 0) return undefined;
  const rows = await db.write({
    sql: `
      update "background_jobs" set
        "status" = 'processing', "attempts" = "attempts" + 1, "changes" = "changes" + 1,
        "progress" = 0, "token" = ?, "started_at" = ?, "heartbeat_at" = ?, "updated_at" = ?
      where "id" = (${due}) and ? > (
        select count(*) from "background_jobs" where "type" = ? and "status" = 'processing'
      )
      returning ${names(columns)}
    `,
    args: [token, now, now, now, type, now, concurrency ?? Number.MAX_SAFE_INTEGER, type],
  });
  return rows.map(toRow)[0];
}

/** Changes the row of an attempt, unless it is another one's by now. */
async function change(row: Row, changes: Partial<Row>, isSilent = false): Promise<boolean> {
  const where = '"id" = ? and "token" = ?';
  const rows = await update(changes, { where, args: [row.id, row.token], isSilent });
  return rows.length > 0;
}

/** The attempt goes on; whether the job is still its own. */
export function beat(row: Row, progress?: number): Promise<boolean> {
  const told = progress === undefined ? {} : { progress };
  return change(row, { heartbeatAt: new Date(), ...told }, progress === undefined);
}

/** What every job is that has ended. */
function ended(row: Row): Partial<Row> {
  return { token: null, finishedAt: new Date(), uniqueKey: keyAfter(row) };
}

/** The attempt is over, and so is the job. */
export function end(row: Row, outcome: { result: unknown } | { error: string }): Promise<boolean> {
  const status = 'error' in outcome ? 'failed' : 'completed';
  const progress = 'error' in outcome ? {} : { progress: 100, error: null };
  return change(row, { ...ended(row), ...progress, ...outcome, status });
}

/** The attempt is over; there is another one at `runAt`. */
export function again(row: Row, runAt: Date, error: string | null = null): Promise<boolean> {
  return change(row, { status: 'pending', token: null, runAt, error });
}

/** Attempts without a heartbeat since `before` are over. */
export async function sweep({ type, retries }: Job, before: Date): Promise<void> {
  const db = await database();
  const [dead = []] = await db.read({
    sql: `
      select ${names(columns)} from "background_jobs"
      where "type" = ? and "status" = 'processing' and "heartbeat_at" < ?
    `,
    args: [type, before.toISOString()],
  });
  for (const row of dead.map(toRow)) {
    const error = 'The worker stopped';
    await (row.attempts <= retries ? again(row, new Date(), error) : end(row, { error }));
  }
}

/** When a schedule queued a job last, which no retry changes. */
export async function lastScheduled(type: string): Promise<Date | undefined> {
  const db = await database();
  const [rows = []] = await db.read({
    sql: `
      select max("created_at") as "at" from "background_jobs"
      where "type" = ? and "unique_key" like ?
    `,
    args: [type, `${type}@%`],
  });
  const at = rows[0]?.['at'];
  return typeof at === 'string' ? new Date(at) : undefined;
}

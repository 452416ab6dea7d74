/** The table of jobs: who may claim one, and what an attempt may still say about it. */
import { Prisma, type BackgroundJob } from '../generated/prisma/client';
import { apiError, found } from '../lib/api/errors';
import type { Id } from '../lib/api/id';
import type { Job } from '../lib/jobs/definition';
import { keyAfter, type NewRow, type Row } from '../lib/jobs/row';
import type { Query } from '../lib/jobs/schema';
import { database } from './client';
import { given, ordering } from './query';

type Column = Prisma.BackgroundJobScalarFieldEnum;

/** Who writes: a transaction of the database. */
export type Executor = Prisma.TransactionClient;

export async function transaction<T>(work: (tx: Executor) => Promise<T>): Promise<T> {
  return (await database()).$transaction(work);
}

/** What Prisma read, as the service holds it. */
function toRow(stored: BackgroundJob): Row {
  return stored as Row;
}

/** A new row; undefined where its key is taken. */
export async function insert(tx: Executor, row: NewRow): Promise<Row | undefined> {
  const { ownerId, payload, ...rest } = row;
  const [stored] = await tx.backgroundJob.createManyAndReturn({
    data: [
      {
        runAt: new Date(),
        ...rest,
        payload: payload as Prisma.InputJsonValue,
        ownerId,
      },
    ],
    skipDuplicates: true,
  });
  return stored && toRow(stored);
}

/** Jobs of other people do not exist for the caller. */
function owned(ownerId: string) {
  return { ownerId };
}

export async function list(ownerId: string, { page, limit, sort, ...filters }: Query) {
  const db = await database();
  const where = {
    ...owned(ownerId),
    ...given(filters),
  };
  const stored = await db.backgroundJob.findMany({
    where,
    orderBy: ordering<Column>(sort),
    skip: (page - 1) * limit,
    take: limit,
  });
  const items: Row[] = stored.map(toRow);
  return { items, total: await db.backgroundJob.count({ where }) };
}

export async function get(ownerId: string, type: string, id: Id): Promise<Row> {
  const db = await database();
  const stored = await db.backgroundJob.findFirst({ where: { ...owned(ownerId), type, id } });
  return toRow(found(stored ?? undefined));
}

/** The job, which will not run any more. 409 where it has ended. */
export async function cancel(ownerId: string, type: string, id: Id): Promise<Row> {
  const db = await database();
  const row = await get(ownerId, type, id);
  const [stored] = await db.backgroundJob.updateManyAndReturn({
    where: { id, status: { in: ['pending', 'processing'] } },
    data: { ...ended(row), status: 'failed', error: 'Cancelled' },
  });
  if (stored) return toRow(stored);
  throw apiError('conflict', 'The job has ended');
}

/** The job that is due for longest, for the attempt with this token. */
export async function claim(
  { type, concurrency }: Pick<Job, 'type' | 'concurrency'>,
  token: string,
): Promise<Row | undefined> {
  return transaction(async (tx) => {
    if (concurrency !== undefined) {
      const key = `background_jobs ${type}`;
      await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${key}))`;
      const running = await tx.backgroundJob.count({ where: { type, status: 'processing' } });
      if (running >= concurrency) return undefined;
    }
    const now = new Date();
    const [due] = await tx.$queryRaw<{ id: Id }[]>`
      select id from background_jobs
      where type = ${type} and status = 'pending' and run_at <= ${now}
      order by run_at, id
      limit 1
      for update skip locked
    `;
    if (!due) return undefined;
    const stored = await tx.backgroundJob.update({
      where: { id: due.id },
      data: {
        status: 'processing',
        attempts: { increment: 1 },
        changes: { increment: 1 },
        progress: 0,
        token,
        startedAt: now,
        heartbeatAt: now,
      },
    });
    return toRow(stored);
  });
}

/** Changes the row of an attempt, unless it is another one's by now. */
async function change(
  { id, token }: Row,
  data: Prisma.BackgroundJobUpdateManyMutationInput,
): Promise<boolean> {
  if (token === null) return false;
  const db = await database();
  const { count } = await db.backgroundJob.updateMany({ where: { id, token }, data });
  return count > 0;
}

/** The attempt goes on; whether the job is still its own. */
export function beat(row: Row, progress?: number): Promise<boolean> {
  const told = progress === undefined ? {} : { progress, changes: { increment: 1 } };
  return change(row, { heartbeatAt: new Date(), ...told });
}

/** What every job is that has ended. */
function ended(row: Row) {
  return {
    token: null,
    finishedAt: new Date(),
    uniqueKey: keyAfter(row),
    changes: { increment: 1 },
  };
}

/** The attempt is over, and so is the job. */
export function end(row: Row, outcome: { result: unknown } | { error: string }): Promise<boolean> {
  if ('error' in outcome) return change(row, { ...ended(row), ...outcome, status: 'failed' });
  const result = (outcome.result ?? Prisma.DbNull) as Prisma.InputJsonValue;
  const done = { status: 'completed', progress: 100, error: null, result };
  return change(row, { ...ended(row), ...done });
}

/** The attempt is over; there is another one at `runAt`. */
export function again(row: Row, runAt: Date, error: string | null = null): Promise<boolean> {
  return change(row, { status: 'pending', token: null, runAt, error, changes: { increment: 1 } });
}

/** Attempts without a heartbeat since `before` are over. */
export async function sweep({ type, retries }: Job, before: Date): Promise<void> {
  const db = await database();
  const dead = await db.backgroundJob.findMany({
    where: { type, status: 'processing', heartbeatAt: { lt: before } },
  });
  for (const row of dead.map(toRow)) {
    const error = 'The worker stopped';
    await (row.attempts <= retries ? again(row, new Date(), error) : end(row, { error }));
  }
}

/** When a schedule queued a job last, which no retry changes. */
export async function lastScheduled(type: string): Promise<Date | undefined> {
  const db = await database();
  const { _max } = await db.backgroundJob.aggregate({
    where: { type, uniqueKey: { startsWith: `${type}@` } },
    _max: { createdAt: true },
  });
  return _max.createdAt ?? undefined;
}

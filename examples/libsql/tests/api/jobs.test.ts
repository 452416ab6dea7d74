import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import * as store from '@/db/background-jobs';
import { NOBODY } from '@/lib/api/access';
import { apiError } from '@/lib/api/errors';
import { latest } from '@/lib/jobs/cron';
import { toStored, type Job, type JobContext } from '@/lib/jobs/definition';
import { eventStream } from '@/lib/jobs/events';
import { slots } from '@/lib/jobs/place';
import { enqueue } from '@/lib/jobs/queue';
import type { Row, Status } from '@/lib/jobs/row';
import { Runner, TIMING } from '@/lib/jobs/runner';
import { queueDue } from '@/lib/jobs/schedule';
import { query } from '@/lib/jobs/schema';
import { wakeRunner } from '@/lib/jobs/startup';
import { withEnv } from '../support/env';
import { runAll } from '../support/jobs';
import { removeRows } from '../support/rows';

/** Everything at once: no test waits for a clock. */
const FAST = { ...TIMING, pollMs: 5, beatMs: 10, graceMs: 20, backoffMs: 0 };
const LIST = query.parse({});
const owners: string[] = [];

afterEach(async () => {
  await removeRows('background_jobs', [...owners.splice(0), NOBODY.id]);
});

/** A job of a type that no other test has. */
function jobOf(work: (payload: { word: string }, job: JobContext) => Promise<unknown>): Job {
  return {
    type: `test-${randomUUID()}`,
    payload: z.strictObject({ word: z.string().default('hello') }),
    shape: 'word:string',
    retries: 2,
    timeoutMs: 10_000,
    work: work as Job['work'],
  };
}

async function queued(job: Job, payload: unknown = { word: 'hi' }): Promise<Row> {
  const ownerId = randomUUID();
  owners.push(ownerId);
  return store.transaction((tx) => enqueue(tx, job, ownerId, payload));
}

function now(job: Job, { id, ownerId: ownerId }: Row): Promise<Row> {
  return store.get(ownerId, job.type, id);
}

async function until(job: Job, row: Row, status: Status): Promise<void> {
  while ((await now(job, row)).status !== status) await sleep(5);
}

describe('a worker', () => {
  it('tries again after a failure, and tells the owner no more than it may', async () => {
    const attempts: number[] = [];
    const job = jobOf(async (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error('The password of the database is 1234');
    });
    const row = await queued(job);
    await runAll([job], FAST);
    expect(attempts).toEqual([1, 2, 3]);
    const after = await now(job, row);
    expect(after).toMatchObject({ status: 'failed', attempts: 3 });
    expect(after.error).toBe(`Internal error (job ${row.id})`);
  });

  it('says why where the work says so, and forgets it when all goes well', async () => {
    const job = jobOf(async ({ word }, { attempt }) => {
      if (attempt === 1) throw apiError('conflict', `No ${word} today`);
      return { word, large: BigInt('9007199254740993'), at: new Date(0) };
    });
    const row = await queued(job);
    const runner = new Runner([job], 1, { ...FAST, backoffMs: 1 });
    await runner.turn();
    await runner.idle();
    expect(await now(job, row)).toMatchObject({ status: 'pending', error: 'No hi today' });
    await sleep(10);
    await runAll([job], FAST);
    const result = { word: 'hi', large: '9007199254740993', at: '1970-01-01T00:00:00.000Z' };
    expect(await now(job, row)).toMatchObject({ status: 'completed', error: null, result });
  });

  it('waits longer after each failure', async () => {
    const job = jobOf(async () => {
      throw new Error('No');
    });
    const row = await queued(job);
    await runAll([job], { ...FAST, backoffMs: 1000 });
    const wait = (await now(job, row)).runAt.getTime() - Date.now();
    expect(wait).toBeGreaterThan(1000);
    expect(wait).toBeLessThan(3000);
  });

  it('gives up an attempt that takes too long', async () => {
    let signal: AbortSignal | undefined;
    const job = jobOf((_, context) => {
      ({ signal } = context);
      return new Promise(() => undefined);
    });
    const row = await queued(job);
    await runAll([{ ...job, timeoutMs: 20, retries: 0 }], FAST);
    expect(signal?.aborted).toBe(true);
    const error = 'Took longer than 0.02 s';
    expect(await now(job, row)).toMatchObject({ status: 'failed', error });
  });

  it('runs again what a dead worker left, whose late result changes nothing', async () => {
    const job = jobOf(async () => 'second');
    const row = await queued(job);
    const dead = await store.claim(job, randomUUID());
    expect(dead).toMatchObject({ id: row.id, status: 'processing', attempts: 1 });
    await store.sweep(job, new Date(Date.now() - 60_000));
    expect(await now(job, row)).toMatchObject({ status: 'processing' });
    await store.sweep(job, new Date(Date.now() + 60_000));
    const error = 'The worker stopped';
    expect(await now(job, row)).toMatchObject({ status: 'pending', error });
    await runAll([job], FAST);
    expect(await store.end(dead as Row, { result: 'first' })).toBe(false);
    expect(await store.beat(dead as Row, 50)).toBe(false);
    expect(await now(job, row)).toMatchObject({
      status: 'completed',
      result: 'second',
      attempts: 2,
    });
  });

  it('fails what kills workers again and again', async () => {
    const job = { ...jobOf(async () => undefined), retries: 0 };
    const row = await queued(job);
    await store.claim(job, randomUUID());
    await store.sweep(job, new Date(Date.now() + 60_000));
    const error = 'The worker stopped';
    expect(await now(job, row)).toMatchObject({ status: 'failed', error });
  });

  it('stops an attempt whose job was cancelled', async () => {
    const row = await queued(jobOf(async () => undefined));
    let signal: AbortSignal | undefined;
    const job = jobOf((_, context) => {
      ({ signal } = context);
      return new Promise(() => undefined);
    });
    const other = await queued(job);
    const runner = new Runner([job], 1, FAST);
    await runner.turn();
    await store.cancel(other.ownerId, job.type, other.id);
    await runner.idle();
    expect(signal?.aborted).toBe(true);
    expect(await now(job, other)).toMatchObject({ status: 'failed', error: 'Cancelled' });
    await store.cancel(row.ownerId, row.type, row.id);
  });

  it('gives back what it has no time for when it stops', async () => {
    const job = jobOf(() => new Promise(() => undefined));
    const row = await queued(job);
    const runner = new Runner([job], 1, FAST);
    const ended = runner.run();
    await until(job, row, 'processing');
    runner.stop();
    await ended;
    expect(await now(job, row)).toMatchObject({ status: 'pending', token: null });
  });

  it('goes on when the table is out of reach', async () => {
    const job = jobOf(async () => undefined);
    const broken = { ...job, type: '\u0000' };
    const runner = new Runner([broken], 1, FAST);
    const ended = runner.run();
    await sleep(30);
    const row = await queued(job);
    runner.jobs = [job];
    runner.wake();
    await until(job, row, 'completed');
    runner.stop();
    await ended;
  });

  it('claims each job once, and no more at a time than it may', async () => {
    const job = jobOf(async () => undefined);
    for (let count = 0; count < 6; count += 1) await queued(job);
    const claims = Array.from({ length: 8 }, () => store.claim(job, randomUUID()));
    const ids = (await Promise.all(claims)).flatMap((row) => (row ? [row.id] : []));
    expect(new Set(ids).size).toBe(6);
    expect(ids).toHaveLength(6);

    const narrow = { ...jobOf(async () => undefined), concurrency: 2 };
    for (let count = 0; count < 4; count += 1) await queued(narrow);
    const some = Array.from({ length: 4 }, () => store.claim(narrow, randomUUID()));
    expect((await Promise.all(some)).filter((row) => row !== undefined)).toHaveLength(2);
  });

  it('has as many slots as it is told', async () => {
    expect(await withEnv({ JOBS_SLOTS: '3' }, () => slots())).toBe(3);
    expect(await withEnv({ JOBS_SLOTS: undefined }, () => slots())).toBe(10);
    const job = jobOf(() => new Promise(() => undefined));
    await queued(job);
    await queued(job);
    const runner = new Runner([job], 1, FAST);
    await runner.turn();
    expect(await runner.turn()).toBe(false);
    runner.stop();
    await runner.run();
    // The server of tests runs nothing by itself.
    wakeRunner();
  });
});

describe('a payload from before', () => {
  it('gets the defaults of new fields', async () => {
    const job = jobOf(async ({ word }) => word);
    const row = await queued(job, {});
    await runAll([job], FAST);
    expect(await now(job, row)).toMatchObject({ status: 'completed', result: 'hello' });
  });

  it('fails at once where it does not fit any more', async () => {
    const job = jobOf(async () => undefined);
    const row = await queued(job, { word: 7 });
    await runAll([{ ...job, shape: 'word:text' }], FAST);
    const after = await now(job, row);
    expect(after).toMatchObject({ status: 'failed', attempts: 1 });
    expect(after.error).toMatch(
      /^The payload was queued as `word:string` and does not fit `word:text`: word: /,
    );
  });
});

describe('a schedule', () => {
  it('knows its last time', () => {
    const at = (text: string) => new Date(`2026-03-14T${text}Z`);
    expect(latest('0 3 * * *', at('02:59:59'), at('03:00:00'))).toEqual(at('03:00:00'));
    expect(latest('0 3 * * *', at('03:00:00'), at('09:00:00'))).toBeUndefined();
    expect(latest('*/5 * * * *', at('03:00:00'), at('03:17:00'))).toEqual(at('03:15:00'));
  });

  it('queues a job once, whoever asks, and also after a restart', async () => {
    const asked: Date[] = [];
    const job: Job = {
      ...jobOf(async () => undefined),
      schedule: {
        cron: '0 3 * * *',
        due: async (time) => {
          asked.push(time);
          return [{ key: 'a', payload: { word: 'a' } }];
        },
      },
    };
    const since = new Date('2026-03-13T12:00:00Z');
    const time = new Date('2026-03-14T03:00:00Z');
    await Promise.all([queueDue(job, time, since), queueDue(job, time, since)]);
    await queueDue(job, new Date('2026-03-14T09:00:00Z'), since);
    expect(asked.every((one) => one.getTime() === time.getTime())).toBe(true);
    const listed = { ...LIST, type: job.type };
    const { items } = await store.list(NOBODY.id, listed);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ payload: { word: 'a' }, runAt: time });
    expect(await store.lastScheduled(job.type)).toBeInstanceOf(Date);
    await runAll([job], FAST);
    await queueDue({ ...job }, new Date('2026-03-15T03:00:00Z'), since);
    expect((await store.list(NOBODY.id, listed)).items).toHaveLength(1);
  });
});

describe('events', () => {
  it('begin anew where a client says nothing that is a number', async () => {
    const row = { ...(await queued(jobOf(async () => undefined))), status: 'failed' as const };
    const headers = { 'Last-Event-ID': 'x' };
    const request = new Request('http://localhost/events', { headers });
    const text = await eventStream(
      request,
      async () => row,
      () => ({}),
    ).text();
    expect(text).toMatch(/^id: 0$/m);
  });

  it('tell each change, and that they are alive', async () => {
    const job = jobOf(async () => undefined);
    const row = await queued(job);
    const states = [
      row,
      { ...row, changes: 1 },
      { ...row, changes: 2, status: 'completed' as const },
    ];
    const load = async () => states.shift() ?? row;
    const request = new Request('http://localhost/events');
    const text = await eventStream(request, load, ({ status }) => ({ status }), 1).text();
    expect(text.match(/^id: .*$/gm)).toEqual(['id: 0', 'id: 1', 'id: 2']);
  });

  it('end when the client goes', async () => {
    const row = await queued(jobOf(async () => undefined));
    const gone = new AbortController();
    const request = new Request('http://localhost/events', { signal: gone.signal });
    const reader = eventStream(
      request,
      async () => row,
      () => ({}),
    ).body?.getReader();
    await reader?.read();
    gone.abort();
    expect(await reader?.read()).toMatchObject({ done: true });
    const other = eventStream(
      new Request('http://localhost/events'),
      async () => row,
      () => ({}),
    );
    await other.body?.cancel();
    expect(toStored(undefined)).toBeNull();
  });
});

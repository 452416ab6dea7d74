/** Runs jobs: claims what is due, and keeps everything that it must not forget in the table. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import * as store from '../../db/background-jobs';
import { validate } from '../api/body';
import { APIError } from '../api/errors';
import { describeError, log } from '../api/log';
import { toStored, type Job } from './definition';
import type { Row } from './row';
import { queueDue } from './schedule';

/** Times in milliseconds. A worker that is dead for `staleMs` has lost its jobs. */
export const TIMING = {
  pollMs: 1000,
  beatMs: 10_000,
  staleMs: 30_000,
  graceMs: 25_000,
  backoffMs: 1000,
};

const LONGEST_BACKOFF = 600;

/** An attempt is over, whatever the work does. */
class Stopped extends Error {
  readonly reason: 'late' | 'lost' | 'shutdown';

  constructor(reason: 'late' | 'lost' | 'shutdown') {
    super(reason);
    this.reason = reason;
  }
}

export class Runner {
  /** A development server loads new ones while it runs. */
  jobs: Job[];
  private readonly slots: number;
  private readonly timing: typeof TIMING;
  private readonly running = new Map<Promise<void>, AbortController>();
  private readonly stopping = new AbortController();
  private wakeUp = new AbortController();
  private tidyAt = 0;

  constructor(jobs: Job[], slots = 10, timing = TIMING) {
    this.jobs = jobs;
    this.slots = slots;
    this.timing = timing;
  }

  /** Something was queued in this process. */
  wake(): void {
    this.wakeUp.abort();
  }

  /** Runs what is due until `stop`; then ends when nothing runs any more. */
  async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const isBusy = await this.turn().catch((error: unknown) => {
        log.error('jobs', { error: describeError(error) });
        return false;
      });
      if (!isBusy) await this.pause();
    }
    await Promise.race([this.idle(), sleep(this.timing.graceMs)]);
    this.running.forEach((abort) => abort.abort(new Stopped('shutdown')));
    await this.idle();
  }

  /** Claims nothing more, and gives what runs some time to end. */
  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** Claims one of each job, where there is room; whether there was one. */
  async turn(): Promise<boolean> {
    if (Date.now() >= this.tidyAt) {
      this.tidyAt = Date.now() + this.timing.beatMs;
      for (const job of this.jobs) await this.tidy(job);
    }
    let isBusy = false;
    for (const job of this.jobs) {
      if (this.running.size >= this.slots) return false;
      const row = await store.claim(job, randomUUID());
      if (!row) continue;
      isBusy = true;
      const abort = new AbortController();
      const attempt = this.attempt(job, row, abort).finally(() => {
        this.running.delete(attempt);
        this.wake();
      });
      this.running.set(attempt, abort);
    }
    return isBusy;
  }

  /** Ends attempts of dead workers, and queues what a schedule asks for. A job that cannot be asked holds up no other one. */
  private async tidy(job: Job): Promise<void> {
    try {
      await store.sweep(job, new Date(Date.now() - this.timing.staleMs));
      await queueDue(job);
    } catch (error) {
      log.error('jobs', { type: job.type, error: describeError(error) });
    }
  }

  /** Ends when nothing runs. */
  async idle(): Promise<void> {
    await Promise.all(this.running.keys());
  }

  private async pause(): Promise<void> {
    const { signal } = this.wakeUp;
    await sleep(this.timing.pollMs, undefined, { signal }).catch(() => undefined);
    this.wakeUp = new AbortController();
  }

  private async attempt(job: Job, row: Row, abort: AbortController): Promise<void> {
    const started = performance.now();
    const late = setTimeout(() => abort.abort(new Stopped('late')), job.timeoutMs);
    const over = new AbortController();
    void this.beat(row, abort, over.signal);
    let status: string;
    try {
      status = await this.work(job, row, abort.signal);
    } catch (error) {
      status = await this.failed(job, row, error).catch((again: unknown) => {
        // The table does not know; whoever sweeps will see that the heartbeat stopped.
        log.error('job', { jobId: String(row.id), error: describeError(again) });
        return 'unknown';
      });
    } finally {
      clearTimeout(late);
      over.abort();
    }
    log.info('job', {
      jobId: String(row.id),
      type: row.type,
      attempt: row.attempts,
      status,
      durationMs: Math.round(performance.now() - started),
    });
  }

  /** Says that the attempt goes on until it is `over`; ends it where the job is another one's by now. */
  private async beat(row: Row, abort: AbortController, over: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.timing.beatMs, undefined, { signal: over }).catch(() => undefined);
      if (over.aborted) return;
      // Where the table is out of reach, the next one may come through.
      const isOurs = await store.beat(row).catch(() => true);
      if (!isOurs) abort.abort(new Stopped('lost'));
    }
  }

  private async work(job: Job, row: Row, signal: AbortSignal): Promise<string> {
    let payload: unknown;
    try {
      payload = validate(job.payload, row.payload);
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      const was = `The payload was queued as \`${row.shape}\``;
      await store.end(row, { error: `${was} and does not fit \`${job.shape}\`: ${error.message}` });
      return 'failed';
    }
    const ended = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
    const context = {
      id: row.id,
      ownerId: row.ownerId,
      key: `${row.type}:${row.id}`,
      attempt: row.attempts,
      signal,
      progress: async (percent: number) => {
        const whole = Math.round(Math.min(100, Math.max(0, percent)));
        await store.beat(row, whole);
      },
    };
    const result = await Promise.race([job.work(payload, context), ended]);
    await store.end(row, { result: toStored(result) });
    return 'completed';
  }

  private async failed(job: Job, row: Row, error: unknown): Promise<string> {
    if (error instanceof Stopped && error.reason === 'lost') return 'lost';
    if (error instanceof Stopped && error.reason === 'shutdown') {
      await store.again(row, new Date());
      return 'pending';
    }
    if (!(error instanceof Stopped)) {
      log.error('job', { jobId: String(row.id), error: describeError(error) });
    }
    const seconds = Math.min(2 ** row.attempts, LONGEST_BACKOFF);
    const message = messageOf(job, row, error);
    if (row.attempts <= job.retries) {
      await store.again(row, new Date(Date.now() + seconds * this.timing.backoffMs), message);
      return 'pending';
    }
    await store.end(row, { error: message });
    return 'failed';
  }
}

/** What the owner of a job reads; the log has the rest. */
function messageOf(job: Job, row: Row, error: unknown): string {
  if (error instanceof Stopped) return `Took longer than ${job.timeoutMs / 1000} s`;
  return error instanceof APIError ? error.message : `Internal error (job ${row.id})`;
}

/** What a job is: its payload, its rules, and what its work is told. */
import { createHash } from 'node:crypto';

import type { z } from 'zod';

import type { Id } from '../api/id';

/** What the work is told besides the payload. */
export type JobContext = {
  id: Id;
  ownerId: string;
  /** The same for all attempts: with it, an effect elsewhere can be done once only. */
  key: string;
  /** From 1. */
  attempt: number;
  /** Aborted where the attempt took too long, the job was cancelled, or the worker stops. */
  signal: AbortSignal;
  /** Tells whoever watches how far it is, in percent. */
  progress: (percent: number) => Promise<void>;
};

/** One run that a schedule asks for. There is one job for each `key`, however often it is asked for. */
export type Due<Payload> = { key: string; payload: Payload; ownerId?: string };

export type Job<Payload = unknown> = {
  type: string;
  payload: z.ZodType<Payload>;
  /** The fields of the payload, as text. */
  shape: string;
  /** How often it runs again after a failure. */
  retries: number;
  timeoutMs: number;
  /** How many run at once, on all workers together. */
  concurrency?: number;
  /** Values that no two jobs of one owner share while they wait or run. */
  unique?(payload: Payload): unknown[];
  /** When it runs by itself (cron, UTC), and what is due then. */
  schedule?: { cron: string; due: (at: Date) => Promise<Due<Payload>[]> };
  /** Does the work. What it returns is the result, as JSON. */
  work(payload: Payload, job: JobContext): Promise<unknown>;
};

/** A payload or a result as the table keeps it. */
export function toStored(value: unknown): unknown {
  const text = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

/** What the table keeps of the values that make a job unique. */
export function uniqueKey({ type }: Pick<Job, 'type'>, ownerId: string, values: unknown[]): string {
  const text = JSON.stringify([type, ownerId, toStored(values)]);
  return createHash('sha256').update(text).digest('hex');
}

import type { Id } from '../api/id';

/** What a job can be: it begins with the first one, and ends with one of the last two. */
export const STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;

export type Status = (typeof STATUSES)[number];

/** A row of `background_jobs`. */
export type Row = {
  id: Id;
  ownerId: string;
  /** The name that the job had on its first day. */
  type: string;
  status: Status;
  payload: unknown;
  /** The fields of the payload on the day it was queued. */
  shape: string;
  result: unknown;
  /** What went wrong, for its owner. */
  error: string | null;
  attempts: number;
  /** In percent. */
  progress: number;
  /** Counts what happened to the row: the id of an event. */
  changes: number;
  runAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  heartbeatAt: Date | null;
  /** Of the attempt that runs: who has another one may not change the row. */
  token: string | null;
  /** No two rows share it. */
  uniqueKey: string | null;
  createdAt: Date;
  updatedAt: Date;
};

/** What a new row is told; the rest has defaults. */
export type NewRow = {
  ownerId: string;
  type: string;
  payload: unknown;
  shape: string;
  uniqueKey: string | null;
  runAt?: Date;
};

/** What a schedule queued once is never queued again; other keys are free when the job has ended. */
export function keyAfter({ type, uniqueKey }: Row): string | null {
  return uniqueKey?.startsWith(`${type}@`) ? uniqueKey : null;
}

/** What the API shows of a job, and how lists of jobs are asked for. */
import { z } from 'zod';

import { id } from '../api/id';
import { pages, sortBy } from '../api/query';
import { STATUSES, type Row } from './row';

/** The query string of a list. */
export const query = z.strictObject({
  ...pages,
  sort: sortBy(['status', 'createdAt', 'updatedAt']),
  status: z.enum(STATUSES).optional(),
});

export type Query = z.output<typeof query> & { type: string };

/** A job as the API shows it, with its payload. */
export function representation(payload: z.ZodType) {
  return z.object({
    id: id(),
    type: z.string(),
    status: z.enum(STATUSES),
    progress: z.int().min(0).max(100),
    attempts: z.int().min(0),
    payload,
    result: z.unknown(),
    error: z.string().nullable(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
  });
}

/** The public part of a row of the job that is called `type` by now. */
export function toJson(row: Row, type: string) {
  return {
    id: row.id,
    type,
    status: row.status,
    progress: row.progress,
    attempts: row.attempts,
    payload: row.payload,
    result: row.result,
    error: row.error,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

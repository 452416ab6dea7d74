/** Puts jobs into the queue. */
import { insert, type Executor } from '../../db/background-jobs';
import { apiError } from '../api/errors';
import { toStored, uniqueKey, type Job } from './definition';
import type { Row } from './row';

/** A new row, written by `tx`: it is there when, and only when, that transaction ends well. 409 where it must be unique and is not. */
export async function enqueue<Payload>(
  tx: Executor,
  job: Job<Payload>,
  ownerId: string,
  payload: Payload,
): Promise<Row> {
  const values = job.unique?.(payload);
  const row = await insert(tx, {
    type: job.type,
    ownerId,
    payload: toStored(payload),
    shape: job.shape,
    uniqueKey: values ? uniqueKey(job, ownerId, values) : null,
  });
  if (row) return row;
  throw apiError('conflict', 'Such a job waits or runs already');
}

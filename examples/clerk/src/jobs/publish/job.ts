import { eq } from 'drizzle-orm';

import type { Executor } from '@/db/background-jobs';
import { requireParent } from '@/db/query';
import { table as coursesTable } from '@/db/schema/courses';
import type { Job } from '@/lib/jobs/definition';
import * as queue from '@/lib/jobs/queue';
import type { Row } from '@/lib/jobs/row';
import { payload, type Payload } from './schema';
import { work } from './work';

export const job: Job<Payload> = {
  type: 'publish',
  payload,
  shape: 'courseId:ref(courses) audience:enum(students,everyone)',
  retries: 3,
  timeoutMs: 300_000,
  unique: (input) => [input.courseId],
  work,
};

/** Queues one in the caller's transaction; 409 where a parent is not theirs, or such a job waits or runs already. */
export async function enqueue(tx: Executor, ownerId: string, input: Payload): Promise<Row> {
  await requireParent(
    tx,
    coursesTable,
    input.courseId,
    eq(coursesTable.ownerId, ownerId),
    'courseId',
  );
  return queue.enqueue(tx, job, ownerId, input);
}

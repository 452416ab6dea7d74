import type { JobContext } from '@/lib/jobs/definition';
import type { Payload } from './schema';

/**
 * The work of the job. What it returns becomes the result; what it throws makes the attempt fail, and an `APIError`
 * tells the owner why. It can run more than once for one job: give `job.key` to whatever has effects elsewhere.
 */
export async function work(payload: Payload, job: JobContext): Promise<unknown> {
  await job.progress(50);
  return payload;
}

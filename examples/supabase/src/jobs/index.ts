import type { Job } from '../lib/jobs/definition';
import { job as publishJob } from './publish/job';

/** Every job that a worker runs. */
export const jobs: Job[] = [publishJob];

import { jobs } from '../../jobs';
import { isEmbedded, slots } from './place';
import { Runner } from './runner';

// Routes and the start of the server have modules of their own; there is one runner for all.
const shared = globalThis as typeof globalThis & { apiJobs?: Runner };

/** Runs jobs inside of the server where its database is embedded; a runner that is there looks at once. */
export function wakeRunner(): void {
  if (!isEmbedded() || slots() === 0) return;
  if (shared.apiJobs) {
    shared.apiJobs.jobs = jobs;
    shared.apiJobs.wake();
    return;
  }
  shared.apiJobs = new Runner(jobs, slots());
  void shared.apiJobs.run();
}

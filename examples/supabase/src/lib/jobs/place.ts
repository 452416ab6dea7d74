import { setting } from '../api/env';

/** Whether the database belongs to this process alone, so that nobody else can run its jobs. */
export function isEmbedded(): boolean {
  return setting('DATABASE_URL') === undefined;
}

/** How many jobs a process runs at once: JOBS_SLOTS, or 10. */
export function slots(): number {
  const { JOBS_SLOTS = '10' } = process.env;
  return Number.parseInt(JOBS_SLOTS, 10);
}

import { Cron } from 'croner';

/** The last time of a schedule (cron, UTC) after `since`, until `now`; undefined where there was none. */
export function latest(pattern: string, since: Date, now: Date): Date | undefined {
  const cron = new Cron(pattern, { timezone: 'UTC' });
  // A time that is now is not yet before it.
  const [last] = cron.previousRuns(1, new Date(now.getTime() + 1000));
  return last && last > since && last <= now ? last : undefined;
}

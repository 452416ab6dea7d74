/** Jobs that run by themselves: when they are due, whoever asks, and however often, there is one of each. */
import { insert, lastScheduled, transaction } from '../../db/background-jobs';
import { NOBODY } from '../api/access';
import { toStored, type Job } from './definition';
import { latest } from './cron';

const started = new Date();
const asked = new Map<string, Date>();

/** Queues what became due since the last time; of several times that were missed, the latest. */
export async function queueDue(job: Job, now = new Date(), since = started): Promise<void> {
  if (!job.schedule) return;
  const last = asked.get(job.type) ?? (await lastScheduled(job.type)) ?? since;
  const at = latest(job.schedule.cron, last, now);
  if (!at) return;
  const due = await job.schedule.due(at);
  await transaction(async (tx) => {
    for (const { key, payload, ownerId = NOBODY.id } of due) {
      await insert(tx, {
        type: job.type,
        ownerId,
        payload: toStored(payload),
        shape: job.shape,
        uniqueKey: `${job.type}@${key}`,
        runAt: at,
      });
    }
  });
  asked.set(job.type, at);
}

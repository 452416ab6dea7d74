/** Where first answers are kept, by the key and the owner of the request. */
import { BLOCKED_MS, KEPT_MS, type Answer, type Claim } from '../lib/api/claim';
import { database } from './client';

/** Takes the key for this request; where it was taken before, gives that claim. */
export async function claim(
  ownerId: string,
  key: string,
  fingerprint: string,
  now = new Date(),
): Promise<Claim | undefined> {
  const { idempotencyKey: keys } = await database();
  const before = (milliseconds: number) => ({ lt: new Date(now.getTime() - milliseconds) });
  const forgotten = [
    { createdAt: before(KEPT_MS) },
    { createdAt: before(BLOCKED_MS), status: null },
  ];
  await keys.deleteMany({ where: { ownerId, key, OR: forgotten } });

  const { count } = await keys.createMany({
    data: [{ ownerId, key, fingerprint, createdAt: now }],
    skipDuplicates: true,
  });
  if (count === 1) return undefined;
  const first = await keys.findFirst({ where: { ownerId, key } });
  if (!first || first.status === null) {
    return { fingerprint: first?.fingerprint ?? fingerprint, answer: undefined };
  }
  const { status, body, location } = first;
  return { fingerprint: first.fingerprint, answer: { status, body: body ?? '', location } };
}

/** Keeps the answer for whoever comes with the key again. */
export async function complete(ownerId: string, key: string, answer: Answer): Promise<void> {
  const db = await database();
  await db.idempotencyKey.updateMany({ where: { ownerId, key }, data: answer });
}

/** Nothing was done, so the key may be used again. */
export async function release(ownerId: string, key: string): Promise<void> {
  const db = await database();
  await db.idempotencyKey.deleteMany({ where: { ownerId, key } });
}

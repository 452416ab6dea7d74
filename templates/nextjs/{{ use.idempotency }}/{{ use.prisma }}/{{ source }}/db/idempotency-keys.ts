/** Where first answers are kept, by the key and the owner of the request. */
import { database } from './client';

export type Answer = { status: number; body: string; location: string | null };

/** A request that came with the key before; without an answer while it is not done. */
export type Claim = { fingerprint: string; answer: Answer | undefined };

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Takes the key for this request; where it was taken before, gives that claim. */
export async function claim(
  ownerId: string,
  key: string,
  fingerprint: string,
  now = new Date(),
): Promise<Claim | undefined> {
  const { idempotencyKey: keys } = await database();
  // Kept for a day; a request that never ended (the process died) blocks its key for a minute.
  const before = (milliseconds: number) => ({ lt: new Date(now.getTime() - milliseconds) });
  const forgotten = [{ createdAt: before(DAY) }, { createdAt: before(MINUTE), status: null }];
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

/** Where first answers are kept, by the key and the owner of the request. */
import { and, eq, isNull, lt, or } from 'drizzle-orm';

import { BLOCKED_MS, KEPT_MS, type Answer, type Claim } from '../lib/api/claim';
import { database } from './client';
import { table } from './schema/idempotency-keys';

/** Takes the key for this request; where it was taken before, gives that claim. */
export async function claim(
  ownerId: string,
  key: string,
  fingerprint: string,
  now = new Date(),
): Promise<Claim | undefined> {
  const db = await database();
  await db.delete(table).where(and(mine(ownerId, key), isForgotten(now)));
  const [taken] = await db
    .insert(table)
    .values({ ownerId, key, fingerprint, createdAt: now })
    .onConflictDoNothing()
    .returning();
  if (taken) return undefined;
  const [first] = await db.select().from(table).where(mine(ownerId, key));
  if (!first) return { fingerprint, answer: undefined };
  const { status, body, location } = first;
  const answer = status === null ? undefined : { status, body: body ?? '', location };
  return { fingerprint: first.fingerprint, answer };
}

/** Keeps the answer for whoever comes with the key again. */
export async function complete(ownerId: string, key: string, answer: Answer): Promise<void> {
  const db = await database();
  await db.update(table).set(answer).where(mine(ownerId, key));
}

/** Nothing was done, so the key may be used again. */
export async function release(ownerId: string, key: string): Promise<void> {
  const db = await database();
  await db.delete(table).where(mine(ownerId, key));
}

function mine(ownerId: string, key: string) {
  return and(eq(table.ownerId, ownerId), eq(table.key, key));
}

function isForgotten(now: Date) {
  const before = (milliseconds: number) => new Date(now.getTime() - milliseconds);
  return or(
    lt(table.createdAt, before(KEPT_MS)),
    and(isNull(table.status), lt(table.createdAt, before(BLOCKED_MS))),
  );
}

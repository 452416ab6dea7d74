/** First answers by key, each kept for a day. */
import { BLOCKED_MS, KEPT_MS, type Answer, type Claim } from '../lib/api/claim';
import { found } from '../lib/api/errors';
import { database } from './client';

/** Takes the key for this request; undefined where it was free, else what is known of the request that has it. */
export async function claim(
  ownerId: string,
  key: string,
  fingerprint: string,
  now = new Date(),
): Promise<Claim | undefined> {
  const db = await database();
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  return db.transaction(async (tx) => {
    const [, claimed, known] = await tx.batch([
      {
        sql: `
          delete from "idempotency_keys"
          where "owner_id" = ? and ("created_at" < ? or ("status" is null and "created_at" < ?))
        `,
        args: [ownerId, ago(KEPT_MS), ago(BLOCKED_MS)],
      },
      {
        sql: `
          insert into "idempotency_keys" ("owner_id", "key", "fingerprint", "created_at")
          values (?, ?, ?, ?)
          on conflict do nothing
          returning "key"
        `,
        args: [ownerId, key, fingerprint, now.toISOString()],
      },
      {
        sql: `
          select "fingerprint", "status", "body", "location" from "idempotency_keys"
          where "owner_id" = ? and "key" = ?
        `,
        args: [ownerId, key],
      },
    ]);
    if (claimed?.rows.length === 1) return undefined;
    const { fingerprint: first, status, body, location } = found(known?.rows[0]);
    return {
      fingerprint: String(first),
      answer:
        status === null
          ? undefined
          : { status: Number(status), body: String(body), location: location as string | null },
    };
  });
}

/** The answer, for those who come with the same key again. */
export async function complete(ownerId: string, key: string, answer: Answer): Promise<void> {
  const db = await database();
  const sql = `
    update "idempotency_keys" set "status" = ?, "body" = ?, "location" = ?
    where "owner_id" = ? and "key" = ?
  `;
  const args = [answer.status, answer.body, answer.location, ownerId, key];
  await db.write({ sql, args }, { isRepeatable: true });
}

/** Nothing was done, so the key may be used again. */
export async function release(ownerId: string, key: string): Promise<void> {
  const db = await database();
  const sql = 'delete from "idempotency_keys" where "owner_id" = ? and "key" = ?';
  await db.write({ sql, args: [ownerId, key] }, { isRepeatable: true });
}

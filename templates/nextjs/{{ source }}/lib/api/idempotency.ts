/** The same `Idempotency-Key` again gives the first answer again, and changes nothing. */
import { createHash } from 'node:crypto';

import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';

import { database } from '../../db/client';
import { table } from '../../db/schema/idempotency-keys';
import { readText } from './body';
import { ApiError } from './errors';
import type { User } from './session';

const KEY = /^[\x21-\x7e]{1,255}$/;

export async function idempotent(
  request: Request,
  user: User,
  run: () => Promise<Response>,
): Promise<Response> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return run();
  if (!KEY.test(key)) {
    throw new ApiError('validation', 'Idempotency-Key: Expected 1 to 255 printable characters');
  }
  const fingerprint = await fingerprintOf(request);
  const db = await database();
  const mine = and(eq(table.ownerId, user.id), eq(table.key, key));

  await db.delete(table).where(and(eq(table.ownerId, user.id), isForgotten()));
  const [claim] = await db
    .insert(table)
    .values({ ownerId: user.id, key, fingerprint })
    .onConflictDoNothing()
    .returning();
  if (!claim) {
    const [first] = await db.select().from(table).where(mine);
    return replay(first, fingerprint);
  }

  let response: Response;
  try {
    response = await run();
  } catch (error) {
    // Nothing was done, so the key may be used again.
    await db.delete(table).where(mine);
    throw error;
  }
  await db
    .update(table)
    .set({
      status: response.status,
      body: await response.clone().text(),
      location: response.headers.get('location'),
    })
    .where(mine);
  return response;
}

async function fingerprintOf(request: Request): Promise<string> {
  const path = new URL(request.url).pathname;
  const text = `${request.method} ${path}\n${await readText(request)}`;
  return createHash('sha256').update(text).digest('hex');
}

/** Kept for a day; a request that never ended (the process died) blocks its key for a minute. */
function isForgotten() {
  return or(
    lt(table.createdAt, sql`now() - interval '1 day'`),
    and(isNull(table.status), lt(table.createdAt, sql`now() - interval '1 minute'`)),
  );
}

function replay(first: typeof table.$inferSelect | undefined, fingerprint: string): Response {
  if (first && first.fingerprint !== fingerprint) {
    throw new ApiError('idempotency', 'This Idempotency-Key was used for another request');
  }
  if (!first || first.status === null) {
    throw new ApiError('conflict', 'The first request with this Idempotency-Key is not done yet', {
      'Retry-After': '1',
    });
  }
  const headers = new Headers({ 'Idempotent-Replayed': 'true' });
  if (first.body) headers.set('Content-Type', 'application/json');
  if (first.location !== null) headers.set('Location', first.location);
  return new Response(first.body || null, { status: first.status, headers });
}

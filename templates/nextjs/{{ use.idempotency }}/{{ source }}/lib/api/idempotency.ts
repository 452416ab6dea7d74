/** The same `Idempotency-Key` again gives the first answer again, and changes nothing. */
import { createHash } from 'node:crypto';

import { claim, complete, release } from '../../db/idempotency-keys';
import { readText } from './body';
import type { Claim } from './claim';
import { apiError } from './errors';
import type { User } from './user';

const KEY = /^[\x21-\x7e]{1,255}$/;

export async function idempotent(
  request: Request,
  user: User,
  run: () => Promise<Response>,
): Promise<Response> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return run();
  if (!KEY.test(key)) {
    throw apiError('validation', 'Idempotency-Key: Expected 1 to 255 printable characters');
  }
  const fingerprint = await fingerprintOf(request);
  const earlier = await claim(user.id, key, fingerprint);
  if (earlier) return replay(earlier, fingerprint);

  let response: Response;
  try {
    response = await run();
  } catch (error) {
    await release(user.id, key);
    throw error;
  }
  await complete(user.id, key, {
    status: response.status,
    body: await response.clone().text(),
    location: response.headers.get('location'),
  });
  return response;
}

async function fingerprintOf(request: Request): Promise<string> {
  const path = new URL(request.url).pathname;
  const text = `${request.method} ${path}\n${await readText(request)}`;
  return createHash('sha256').update(text).digest('hex');
}

function replay(earlier: Claim, fingerprint: string): Response {
  if (earlier.fingerprint !== fingerprint) {
    throw apiError('idempotency', 'This Idempotency-Key was used for another request');
  }
  if (!earlier.answer) {
    throw apiError('conflict', 'The first request with this Idempotency-Key is not done yet', {
      headers: { 'Retry-After': '1' },
    });
  }
  const { status, body, location } = earlier.answer;
  const headers = new Headers({ 'Idempotent-Replayed': 'true' });
  if (body) headers.set('Content-Type', 'application/json');
  if (location !== null) headers.set('Location', location);
  return new Response(body || null, { status, headers });
}

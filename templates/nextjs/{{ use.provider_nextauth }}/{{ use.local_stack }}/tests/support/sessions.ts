/** Sessions as NextAuth seals them, with any claims. */
import { hkdfSync } from 'node:crypto';

import { EncryptJWT } from 'jose';
import { inject } from 'vitest';

/** A session of this user; `claims` replace the usual ones, and undefined takes one away. */
export async function seal(
  sub: string,
  claims: Record<string, unknown> = {},
  secret = inject('secret'),
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const key = hkdfSync('sha256', secret, '', 'NextAuth.js Generated Encryption Key', 32);
  return new EncryptJWT({ sub, iat: now, exp: now + 3600, jti: sub, ...claims })
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(new Uint8Array(key));
}

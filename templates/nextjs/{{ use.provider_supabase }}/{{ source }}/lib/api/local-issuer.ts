/** A stand-in for Supabase Auth on the developer's machine: signs tokens with a key of its own. */
import { createHash, randomUUID } from 'node:crypto';

import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';

import { keptSecret } from './kept-secret';

export const LOCAL_URL = 'http://local-issuer.localhost';

async function privateKey(): Promise<JWK> {
  const text = await keptSecret('local-issuer.json', async () => {
    const { privateKey: key } = await generateKeyPair('ES256', { extractable: true });
    return JSON.stringify({ ...(await exportJWK(key)), kid: randomUUID() });
  });
  return JSON.parse(text) as JWK;
}

/** Verifies tokens of this issuer. */
export const localKeys: JWTVerifyGetKey = async (header, token) => {
  const { kid, kty, crv, x, y } = await privateKey();
  const key = { kid, kty, crv, x, y, alg: 'ES256' } as JWK;
  return createLocalJWKSet({ keys: [key] })(header, token);
};

/** Supabase's user ids are UUIDs, so a name stands for one that is always the same. */
export function userId(name: string): string {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) return name.toLowerCase();
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A token as Supabase Auth would sign it. `expires` is a time such as `1h`. */
export async function mint(name: string, role?: string, expires = '12h'): Promise<string> {
  if (process.env['SUPABASE_URL']) {
    throw new Error('Tokens of this project come from Supabase Auth, not from the local issuer');
  }
  const key = await privateKey();
  return new SignJWT({ role: 'authenticated', app_metadata: role === undefined ? {} : { role } })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid ?? '' })
    .setSubject(userId(name))
    .setIssuer(`${LOCAL_URL}/auth/v1`)
    .setAudience('authenticated')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(await importJWK(key, 'ES256'));
}

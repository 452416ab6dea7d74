/** A stand-in for Supabase Auth on the developer's machine: signs tokens with a key of its own. */
import { createHash, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';

import { dataFolder, makeDataFolder } from './data-folder';

export const LOCAL_URL = 'http://local-issuer.localhost';

const FILE = 'local-issuer.json';

async function privateKey(): Promise<JWK> {
  const path = join(dataFolder(), FILE);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const { privateKey: key } = await generateKeyPair('ES256', { extractable: true });
  await makeDataFolder();
  // A link appears with all its bytes or not at all, and never replaces the key of another process.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ ...(await exportJWK(key)), kid: randomUUID() }), {
    mode: 0o600,
  });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return JSON.parse(await readFile(path, 'utf8')) as JWK;
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

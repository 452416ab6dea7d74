/** A stand-in for Clerk on the developer's machine: signs session tokens with a key of its own. */
import { createPublicKey } from 'node:crypto';

import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

import { isLocalAllowed } from './env';
import { keptSecret } from './kept-secret';

/** The page that these sessions are of. */
export const LOCAL_PARTY = 'http://localhost:3000';

async function privateKey(): Promise<JWK> {
  const text = await keptSecret('clerk-issuer.json', async () => {
    const { privateKey: key } = await generateKeyPair('RS256', { extractable: true });
    return JSON.stringify(await exportJWK(key));
  });
  return JSON.parse(text) as JWK;
}

/** Verifies tokens of this issuer (PEM). */
export async function localPublicKey(): Promise<string> {
  const { kty, n, e } = await privateKey();
  const key = createPublicKey({ key: { kty, n, e } as JWK, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** Clerk's ids of users begin with `user_`. */
export function userId(name: string): string {
  return name.startsWith('user_') ? name : `user_${name}`;
}

/** A session token as Clerk signs it (version 2). `expires` is a time such as `1h`. */
export async function mint(name: string, role?: string, expires = '12h'): Promise<string> {
  if (!isLocalAllowed()) throw new Error('Tokens are made here for development only');
  const { CLERK_JWT_KEY } = process.env;
  if (CLERK_JWT_KEY) {
    throw new Error('Tokens of this project come from Clerk, not from the local issuer');
  }
  const metadata = role === undefined ? {} : { role };
  return new SignJWT({ v: 2, azp: LOCAL_PARTY, sid: `sess_${name}`, sts: 'active', metadata })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'local' })
    .setIssuer('https://local-issuer.localhost')
    .setSubject(userId(name))
    .setIssuedAt()
    .setNotBefore('-10s')
    .setExpirationTime(expires)
    .sign(await importJWK(await privateKey(), 'RS256'));
}

/** Session tokens as Clerk signs them, with any claims. */
import { importJWK, SignJWT, type JWTHeaderParameters } from 'jose';
import { inject } from 'vitest';

type Signature = {
  header?: Partial<JWTHeaderParameters>;
  key?: CryptoKey | Uint8Array;
};

export const newId = () => `user_${crypto.randomUUID().replaceAll('-', '')}`;

/** A token of this user; `claims` replace the usual ones, and undefined takes one away. */
export async function sign(
  sub: string,
  claims: Record<string, unknown> = {},
  { header = {}, key }: Signature = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const session = { azp: 'https://app.example.com', sid: 'sess_test', sts: 'active', v: 2 };
  const times = { iat: now, nbf: now - 10, exp: now + 600 };
  const iss = 'https://clerk.example.com';
  return new SignJWT({ iss, sub, ...session, ...times, ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'ins_test', ...header })
    .sign(key ?? (await importJWK(inject('clerk').privateKey, 'RS256')));
}

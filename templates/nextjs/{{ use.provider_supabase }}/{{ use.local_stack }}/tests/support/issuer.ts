/** Tokens as Supabase Auth signs them, by the issuer that the global setup started. */
import { importJWK, SignJWT, type JWTHeaderParameters } from 'jose';
import { inject } from 'vitest';

type Signature = {
  header?: Partial<JWTHeaderParameters>;
  key?: CryptoKey | Uint8Array;
};

/** A token of this user; `claims` replace the usual ones, and undefined takes one away. */
export async function token(
  sub: string,
  claims: Record<string, unknown> = {},
  { header = {}, key }: Signature = {},
): Promise<string> {
  const { url, key: jwk } = inject('issuer');
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: `${url}/auth/v1`,
    aud: 'authenticated',
    role: 'authenticated',
    iat: now,
    exp: now + 3600,
    sub,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', ...header })
    .sign(key ?? (await importJWK(jwk, 'ES256')));
}

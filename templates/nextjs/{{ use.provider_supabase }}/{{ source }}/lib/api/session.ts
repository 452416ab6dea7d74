/** Supabase sessions, by `Authorization: Bearer` or by the cookie of @supabase/ssr, verified by signature and claims. */
import { combineChunks, parseCookieHeader, stringFromBase64URL } from '@supabase/ssr';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

import { bearerToken } from './credentials';
import { setting } from './env';
import { apiError, APIError } from './errors';
import { LOCAL_URL, localKeys } from './local-issuer';
import { unauthorized } from './unauthorized';
import type { Session, User } from './user';

/** The caller's session; undefined where the request carries no token at all. */
export async function authenticate(request: Request): Promise<Session | undefined> {
  const bearer = bearerToken(request);
  const url = setting('SUPABASE_URL')?.replace(/\/+$/, '') ?? LOCAL_URL;
  if (bearer !== undefined) return { user: toUser(await verify(bearer, url)), byCookie: false };
  const token = await cookieToken(request, url);
  if (token === undefined) return undefined;
  return { user: toUser(await verify(token, url)), byCookie: true };
}

async function cookieToken(request: Request, url: string): Promise<string | undefined> {
  const name = `sb-${new URL(url).hostname.split('.')[0]}-auth-token`;
  const cookies = parseCookieHeader(request.headers.get('cookie') ?? '');
  const value = await combineChunks(
    name,
    (key) => cookies.find((cookie) => cookie.name === key)?.value,
  );
  if (!value) return undefined;
  try {
    const text = value.startsWith('base64-') ? stringFromBase64URL(value.slice(7)) : value;
    return z.object({ access_token: z.string() }).parse(JSON.parse(text)).access_token;
  } catch {
    throw unauthorized('The session cookie is not valid');
  }
}

async function verify(token: string, url: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keysOf(url), {
      issuer: `${url}/auth/v1`,
      audience: 'authenticated',
      algorithms: ['ES256', 'RS256'],
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof APIError) throw error;
    throw unauthorized('The token is not valid');
  }
}

const remotes = new Map<string, JWTVerifyGetKey>();

function keysOf(url: string): JWTVerifyGetKey {
  if (url === LOCAL_URL) return localKeys;
  let keys = remotes.get(url);
  if (!keys) {
    keys = orUnavailable(createRemoteJWKSet(new URL(`${url}/auth/v1/.well-known/jwks.json`)));
    remotes.set(url, keys);
  }
  return keys;
}

/** A key set out of reach is our trouble (503); a token that names no key of it is the caller's (401). */
function orUnavailable(keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      const isTokens =
        error instanceof errors.JWKSNoMatchingKey ||
        error instanceof errors.JWKSMultipleMatchingKeys ||
        error instanceof errors.JOSENotSupported;
      if (isTokens) throw error;
      throw apiError('unavailable', 'The keys that verify tokens are out of reach');
    }
  };
}

const claims = z.object({
  sub: z.uuid(),
  app_metadata: z
    .object({ role: z.string().optional(), roles: z.array(z.string()).optional() })
    .optional(),
});

function toUser(payload: JWTPayload): User {
  const result = claims.safeParse(payload);
  if (!result.success) throw unauthorized('The token is not one of a user');
  const { sub, app_metadata: metadata } = result.data;
  const roles = metadata?.roles ?? [];
  return { id: sub, roles: metadata?.role === undefined ? roles : [...roles, metadata.role] };
}

/** Clerk's session tokens, by `Authorization: Bearer` or by cookie, verified without a request to Clerk. */
import { createHash } from 'node:crypto';

import { verifyToken } from '@clerk/backend';
import { z } from 'zod';

import { bearerToken, cookiesOf } from './credentials';
import { listSetting, setting } from './env';
import { apiError } from './errors';
import { LOCAL_PARTY, localPublicKey } from './local-issuer';
import { unauthorized } from './unauthorized';
import type { Session, User } from './user';

/** The caller's session; undefined where the request carries no token at all. */
export async function authenticate(request: Request): Promise<Session | undefined> {
  const bearer = bearerToken(request);
  if (bearer !== undefined) return { user: await verify(bearer), byCookie: false };
  const cookie = cookieToken(request);
  if (cookie === undefined) return undefined;
  return { user: await verify(cookie), byCookie: true };
}

/** Clerk names the cookie after the application too, because a browser may have sessions of several. */
function cookieToken(request: Request): string | undefined {
  const cookies = cookiesOf(request);
  const application =
    process.env['CLERK_PUBLISHABLE_KEY'] ?? process.env['NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY'];
  const plain = cookies.get('__session');
  if (!application) return plain;
  const suffix = createHash('sha1').update(application).digest('base64url').slice(0, 8);
  return cookies.get(`__session_${suffix}`) ?? plain;
}

const PEM = /^-----BEGIN PUBLIC KEY-----[\w+/=\s]+-----END PUBLIC KEY-----$/;

const roles = z.object({
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
});

const claims = z.object({
  sub: z.templateLiteral(['user_', z.string().min(1).max(250)]),
  /** What Clerk signs for others, such as the token of a JWT template, belongs to no session. */
  sid: z.string().min(1),
  /** A session is pending until its user has done what the application asks for. */
  sts: z.literal('active').optional(),
  metadata: roles.nullish(),
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
  o: z.object({ id: z.string(), rol: z.string().nullish() }).nullish(),
  org_id: z.string().nullish(),
  org_role: z.string().nullish(),
});

type Claims = z.output<typeof claims>;

async function verify(token: string): Promise<User> {
  const jwtKey = publicKey() ?? (await localPublicKey());
  const parties = setting('CLERK_AUTHORIZED_PARTIES');
  const authorizedParties =
    parties === undefined ? [LOCAL_PARTY] : listSetting('CLERK_AUTHORIZED_PARTIES');
  let payload: unknown;
  try {
    payload = await verifyToken(token, { jwtKey, authorizedParties });
  } catch {
    throw unauthorized('The token is not valid');
  }
  const result = claims.safeParse(payload);
  if (!result.success) throw unauthorized('The token is not one of an active session');
  return { id: result.data.sub, roles: rolesOf(result.data) };
}

/** The key in CLERK_JWT_KEY. One that is none would refuse everybody, and nobody would know why. */
function publicKey(): string | undefined {
  const key = setting('CLERK_JWT_KEY')?.replaceAll('\\n', '\n').trim();
  if (key === undefined || PEM.test(key)) return key;
  console.error('CLERK_JWT_KEY is no public key (PEM)');
  throw apiError('unavailable', 'The service is not configured');
}

/** Roles that the application gave: in the metadata of the user, or in the one organization that counts. */
function rolesOf({ metadata, role, roles: own, o, org_id, org_role }: Claims): string[] {
  const given = [metadata?.role, ...(metadata?.roles ?? []), role, ...(own ?? [])];
  const organization = process.env['CLERK_ORGANIZATION_ID'];
  if (organization && organization === (o?.id ?? org_id)) {
    given.push((o ? o.rol : org_role)?.replace(/^org:/, ''));
  }
  return [...new Set(given.filter((word) => typeof word === 'string'))];
}

/** NextAuth sessions, by cookie or by `Authorization: Bearer`: JWTs that only the holder of the secret can make. */
import { decode, type JWT } from 'next-auth/jwt';
import { z } from 'zod';

import { bearerToken, cookiesOf } from './credentials';
import { sessionCookie, sessionSecret } from './session-secret';
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

/** NextAuth cuts a long session in chunks: `name.0`, `name.1` and so on. */
function cookieToken(request: Request): string | undefined {
  const cookies = cookiesOf(request);
  const name = sessionCookie();
  const whole = cookies.get(name);
  if (whole !== undefined) return whole;
  const chunks: string[] = [];
  for (let chunk; (chunk = cookies.get(`${name}.${chunks.length}`)) !== undefined;) {
    chunks.push(chunk);
  }
  return chunks.length > 0 ? chunks.join('') : undefined;
}

const claims = z.object({
  sub: z.string().min(1).max(255),
  exp: z.number(),
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
});

async function verify(token: string): Promise<User> {
  const secret = await sessionSecret();
  let payload: JWT | null;
  try {
    payload = await decode({ token, secret });
  } catch {
    throw unauthorized('The token is not valid');
  }
  const result = claims.safeParse(payload);
  if (!result.success) throw unauthorized('The token is not one of a user');
  const { sub, role, roles } = result.data;
  return { id: sub, roles: [...(roles ?? []), ...(role ? [role] : [])] };
}

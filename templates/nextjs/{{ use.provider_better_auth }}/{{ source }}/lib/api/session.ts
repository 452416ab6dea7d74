/** Sessions of better-auth, by `Authorization: Bearer` or by its cookie, looked up in the database. */
import { isAPIError } from 'better-auth/api';

import { ping } from '../../db/client';
import { auth } from './auth';
import { bearerToken, cookiesOf } from './credentials';
import { localUser } from './local-issuer';
import { unauthorized } from './unauthorized';
import type { Session, User } from './user';

/** The name over http, and the one over https. */
const COOKIES = ['better-auth.session_token', '__Secure-better-auth.session_token'];

/** The caller's session; undefined where the request carries none. A token counts more than a cookie. */
export async function authenticate(request: Request): Promise<Session | undefined> {
  const token = bearerToken(request);
  if (token !== undefined) {
    const user = (await localUser(token)) ?? (await signedIn({ authorization: `Bearer ${token}` }));
    if (!user) throw unauthorized('The token is not valid');
    return { user, byCookie: false };
  }
  const cookies = cookiesOf(request);
  if (!COOKIES.some((name) => cookies.has(name))) return undefined;
  const user = await signedIn({ cookie: request.headers.get('cookie') ?? '' });
  if (!user) throw unauthorized('The session has ended');
  return { user, byCookie: true };
}

async function signedIn(headers: Record<string, string>): Promise<User | undefined> {
  const { api } = await auth();
  try {
    const session = await api.getSession({ headers: new Headers(headers) });
    if (!session) return undefined;
    const { id, role } = session.user;
    return { id, roles: role?.split(',').map((name) => name.trim()) ?? [] };
  } catch (error) {
    // better-auth hides what failed; a database out of reach says so itself.
    if (isAPIError(error)) await ping();
    throw error;
  }
}

/** Tokens for development: sessions as NextAuth makes them, without signing in. */
import { encode } from 'next-auth/jwt';

import { isLocalAllowed } from './env';
import { sessionSecret } from './session-secret';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };

/** NextAuth takes any text as the id of a user, so a name is one. */
export function userId(name: string): string {
  return name;
}

/** A session of this user. `expires` is a time such as `1h`, or `-1h` for one that is over. */
export async function mint(name: string, role?: string, expires = '12h'): Promise<string> {
  if (!isLocalAllowed()) throw new Error('Tokens are made here for development only');
  const [, count, unit] = /^(-?\d+)([smhd])$/.exec(expires) ?? [];
  if (unit === undefined) throw new Error(`\`${expires}\` is no time such as 30m or 12h`);
  return encode({
    secret: await sessionSecret(),
    maxAge: Number(count) * SECONDS[unit as keyof typeof SECONDS],
    token: { sub: userId(name), name, roles: role === undefined ? [] : [role] },
  });
}

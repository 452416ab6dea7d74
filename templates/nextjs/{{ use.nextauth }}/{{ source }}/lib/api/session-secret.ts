/** What seals a session, and the cookie that it travels in: the same here and for NextAuth's own routes. */
import { randomBytes } from 'node:crypto';

import { setting } from './env';
import { keptSecret } from './kept-secret';

/** NEXTAUTH_SECRET; in development also one that this machine made up. */
export async function sessionSecret(): Promise<string> {
  return (
    setting('NEXTAUTH_SECRET') ??
    keptSecret('nextauth-secret', () => randomBytes(32).toString('base64url'))
  );
}

/** Over https cookies have names that other sites of the domain cannot set. */
export function isSecure(): boolean {
  return setting('NEXTAUTH_URL')?.startsWith('https:') ?? false;
}

export function sessionCookie(): string {
  return `${isSecure() ? '__Secure-' : ''}next-auth.session-token`;
}

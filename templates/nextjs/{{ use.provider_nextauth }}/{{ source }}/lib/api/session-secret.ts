/** What seals a session, and the cookie that it travels in: the same here and for NextAuth's own routes. */
import { randomBytes } from 'node:crypto';

import { setting } from './env';
import { apiError } from './errors';
import { keptSecret } from './kept-secret';

/** A shorter secret can be guessed, and who has it can be anybody. */
const LENGTH = 32;

/** NEXTAUTH_SECRET; in development also one that this machine made up. */
export async function sessionSecret(): Promise<string> {
  const secret =
    setting('NEXTAUTH_SECRET') ??
    (await keptSecret('nextauth-secret', () => randomBytes(32).toString('base64url')));
  if (secret.length >= LENGTH) return secret;
  console.error(`NEXTAUTH_SECRET is too short: it needs ${LENGTH} characters`);
  throw apiError('unavailable', 'The service is not configured');
}

/** Over https cookies have names that other sites of the domain cannot set. */
export function isSecure(): boolean {
  return setting('NEXTAUTH_URL')?.startsWith('https:') ?? false;
}

export function sessionCookie(): string {
  return `${isSecure() ? '__Secure-' : ''}next-auth.session-token`;
}

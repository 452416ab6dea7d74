/**
 * Tokens for a developer's machine: signed with its own secret, good while there is no BETTER_AUTH_SECRET.
 *
 * A command cannot sign in by itself: the embedded database has room for one process, and the server is that one. So
 * the server makes the user of a token when it first comes.
 */
import { createHash, createHmac } from 'node:crypto';

import { signJWT, verifyJWT } from 'better-auth/crypto';
import { z } from 'zod';

import { auth, authSecret } from './auth';
import { isLocalAllowed } from './env';
import type { User } from './user';

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 };

const payload = z.object({ name: z.string(), role: z.string().optional() });

function isLocal(): boolean {
  return isLocalAllowed() && !process.env['BETTER_AUTH_SECRET'];
}

/** A key for this alone: better-auth signs other things with the secret. */
async function key(): Promise<string> {
  return createHmac('sha256', await authSecret())
    .update('local-issuer')
    .digest('hex');
}

/** A name stands for a user whose id is always the same. */
export function userId(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** A token of this user. `expires` is a time such as `1h`. */
export async function mint(name: string, role?: string, expires = '12h'): Promise<string> {
  if (!isLocal()) throw new Error('Tokens come from a sign-in, see README.md');
  const [, count, unit] = /^(\d+)([smhd])$/.exec(expires) ?? [];
  if (unit === undefined) throw new Error('Say when the token expires as 30s, 15m, 12h or 7d');
  return signJWT({ name, role }, await key(), Number(count) * UNITS[unit as keyof typeof UNITS]);
}

/** The user that a token of this issuer names. */
export async function localUser(token: string): Promise<User | undefined> {
  if (!isLocal() || token.split('.').length !== 3) return undefined;
  const { success, data } = payload.safeParse(await verifyJWT(token, await key()));
  if (!success) return undefined;
  const id = userId(data.name);
  await ensureUser(id, data.name);
  return { id, roles: data.role === undefined ? [] : [data.role] };
}

async function ensureUser(id: string, name: string): Promise<void> {
  const { adapter, internalAdapter } = await (await auth()).$context;
  if (await internalAdapter.findUserById(id)) return;
  const now = new Date();
  const user = {
    id,
    name,
    email: `${id}@local.invalid`,
    emailVerified: false,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await adapter.create({ model: 'user', data: user, forceAllowId: true });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (!(await internalAdapter.findUserById(id))) throw error;
  }
}

import { randomUUID } from 'node:crypto';

import { signedIn } from './session';

export type TestUser = { id: string; token: string };

/** Somebody whom no other test knows: no rows, a full allowance of requests. */
export async function newUser(...roles: string[]): Promise<TestUser> {
  const [id, token] = [randomUUID(), randomUUID()];
  signedIn.set(token, { id, roles });
  return { id, token };
}

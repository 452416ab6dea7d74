import { randomUUID } from 'node:crypto';

import { token } from './issuer';

export type TestUser = { id: string; token: string };

/** Somebody whom no other test knows: no rows, a full allowance of requests. */
export async function newUser(...roles: string[]): Promise<TestUser> {
  const id = randomUUID();
  return { id, token: await token(id, { app_metadata: { roles } }) };
}

import { newId, sign } from './clerk';

export type TestUser = { id: string; token: string };

/** Somebody whom no other test knows: no rows, a full allowance of requests. */
export async function newUser(...roles: string[]): Promise<TestUser> {
  const id = newId();
  return { id, token: await sign(id, { metadata: { roles } }) };
}

/** People who may sign in with a password. */
import { randomUUID } from 'node:crypto';

import { eq } from 'drizzle-orm';

import { found } from '../lib/api/errors';
import { database } from './client';
import { table } from './schema/auth-accounts';

export type Account = {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
  role: string;
};

/** The account with this address, in small letters as all are. */
export async function findAccount(email: string): Promise<Account | undefined> {
  const db = await database();
  const [account] = await db.select().from(table).where(eq(table.email, email));
  return account;
}

/** A new account; fails where the address is taken. */
export async function createAccount(account: Omit<Account, 'id'>): Promise<Account> {
  const db = await database();
  const [made] = await db
    .insert(table)
    .values({ id: randomUUID(), ...account })
    .returning();
  return found(made);
}

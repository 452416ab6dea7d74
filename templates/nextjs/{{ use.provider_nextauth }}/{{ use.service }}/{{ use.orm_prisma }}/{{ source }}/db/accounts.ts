/** People who may sign in with a password. */
import { randomUUID } from 'node:crypto';

import type { AuthAccount } from '../generated/prisma/client';
import { database } from './client';

export type Account = Omit<AuthAccount, 'createdAt'>;

/** The account with this address, in small letters as all are. */
export async function findAccount(email: string): Promise<Account | undefined> {
  const db = await database();
  const account = await db.authAccount.findUnique({ where: { email } });
  return account ?? undefined;
}

/** A new account; fails where the address is taken. */
export async function createAccount(account: Omit<Account, 'id'>): Promise<Account> {
  const db = await database();
  return db.authAccount.create({ data: { ...account, id: randomUUID() } });
}

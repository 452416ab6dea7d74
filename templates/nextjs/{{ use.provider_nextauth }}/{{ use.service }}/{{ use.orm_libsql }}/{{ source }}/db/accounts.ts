/** People who may sign in with a password. */
import { randomUUID } from 'node:crypto';

import { database } from './client';
import { datetime, text, type Columns } from './columns';
import { insertion, names, reader } from './query';

export type Account = {
  id: string;
  email: string;
  name: string;
  passwordHash: string;
  role: string;
};

const columns: Columns<Account> = {
  id: text('id'),
  email: text('email'),
  name: text('name'),
  passwordHash: text('password_hash'),
  role: text('role'),
};

/** The account with this address, in small letters as all are. */
export async function findAccount(email: string): Promise<Account | undefined> {
  const db = await database();
  const [rows = []] = await db.read({
    sql: `select ${names(columns)} from "auth_accounts" where "email" = ?`,
    args: [email],
  });
  return rows.map(reader(columns))[0];
}

/** A new account; fails where the address is taken. */
export async function createAccount(account: Omit<Account, 'id'>): Promise<Account> {
  const db = await database();
  const made = { ...account, id: randomUUID() };
  const { sql, args } = insertion(
    { ...columns, createdAt: datetime('created_at') },
    { ...made, createdAt: new Date() },
  );
  await db.write({ sql: `insert into "auth_accounts" ${sql}`, args });
  return made;
}

/** Who may sign in with an email address and a password. */
import { z } from 'zod';

import { createAccount, findAccount } from '../../db/accounts';
import { limit } from '../api/limiter';
import { hashPassword, isPassword } from './passwords';
import { isRole, type Role } from './roles';

const email = z.string().max(254).toLowerCase().pipe(z.email());

const newAccount = z.strictObject({
  email,
  name: z.string().trim().min(1).max(200),
  role: z.string().refine(isRole, 'There is no such role'),
  password: z.string().min(12).max(1024),
});

/** Attempts on one account: few, so that nobody guesses its password. */
export const ATTEMPTS = { window: '15m', max: 10 } as const;

const credentials = z.object({ email, password: z.string().min(1).max(1024) });

export type Member = { id: string; email: string; name: string; role: Role | undefined };

/** A new account. Throws a ZodError where something is wrong with it, and what the database says of a taken address. */
export async function signUp(input: z.input<typeof newAccount>): Promise<Member> {
  const { password, ...account } = newAccount.parse(input);
  return toMember(await createAccount({ ...account, passwordHash: await hashPassword(password) }));
}

/** The member with this address and password; null where there is none, and nobody learns which of the two is wrong. */
export async function signIn(input: unknown): Promise<Member | null> {
  const result = credentials.safeParse(input);
  if (!result.success) return null;
  const { email: address, password } = result.data;
  await limit(`sign-in as ${address}`, ATTEMPTS);
  const account = await findAccount(address);
  const isRight = await isPassword(password, account?.passwordHash);
  return account && isRight ? toMember(account) : null;
}

function toMember({ id, email, name, role }: Omit<Member, 'role'> & { role: string }): Member {
  return { id, email, name, role: isRole(role) ? role : undefined };
}

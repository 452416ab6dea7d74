/** Where better-auth keeps users and sessions: models of its own, in the service's database. */
import { prismaAdapter } from 'better-auth/adapters/prisma';

import { database } from './client';

/** The connection that is open now, and better-auth's view of it. */
export async function authDatabase() {
  const prisma = await database();
  return {
    connection: prisma,
    adapter: prismaAdapter(prisma, {
      provider: 'postgresql',
      transaction: true,
    }),
  };
}

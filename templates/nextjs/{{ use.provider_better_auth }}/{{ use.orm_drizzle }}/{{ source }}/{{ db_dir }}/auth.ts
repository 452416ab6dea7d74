/** Where better-auth keeps users and sessions: tables of its own, in the service's database. */
import { drizzleAdapter } from 'better-auth/adapters/drizzle';

import { database } from './client';
import * as schema from './schema/auth';

/** The connection that is open now, and better-auth's view of it. */
export async function authDatabase() {
  const db = await database();
  return {
    connection: db,
    adapter: drizzleAdapter(db, {
      provider: 'pg',
      schema,
      transaction: true,
    }),
  };
}

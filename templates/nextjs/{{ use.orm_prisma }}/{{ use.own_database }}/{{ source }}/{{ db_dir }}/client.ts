/** One pool of connections for the process: PostgreSQL by DATABASE_URL, else the embedded PGlite. */
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';

import { PrismaClient } from '../generated/prisma/client';
import { setting } from '../lib/api/env';
import { openEmbedded } from './embedded';

type Connection = { db: PrismaClient; close: () => Promise<void> };

// A development server reloads this module; the connection outlives it.
const shared = globalThis as typeof globalThis & { apiDatabase?: Promise<Connection> | undefined };

/** The database, connected at the first call. A failure is not remembered: the next call tries again. */
export async function database(): Promise<PrismaClient> {
  shared.apiDatabase ??= connect().catch((error: unknown) => {
    shared.apiDatabase = undefined;
    throw error;
  });
  return (await shared.apiDatabase).db;
}

/** Asks the database for nothing in particular; fails where it does not answer. */
export async function ping(): Promise<void> {
  const db = await database();
  await db.$queryRaw`select 1`;
}

/** Ends all connections; the next call of `database` opens new ones. */
export async function closeDatabase(): Promise<void> {
  const connection = shared.apiDatabase;
  shared.apiDatabase = undefined;
  await (await connection)?.close();
}

async function connect(): Promise<Connection> {
  const url = setting('DATABASE_URL');
  const { pool, close } = url === undefined ? await openEmbedded() : openServer(url);
  const db = new PrismaClient({
    adapter: new PrismaPg(pool),
    // The log gets the errors from here; a message must not quote the code or its values.
    errorFormat: 'minimal',
    log: [],
    transactionOptions: { maxWait: 10_000, timeout: 20_000 },
  });
  return {
    db,
    close: async () => {
      await db.$disconnect();
      await close();
    },
  };
}

function openServer(url: string) {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5000 });
  // Without a listener the end of an idle connection would be the end of the process.
  pool.on('error', () => undefined);
  return { pool, close: () => pool.end() };
}

/** One connection pool for the process: PostgreSQL by DATABASE_URL, else the embedded PGlite. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { drizzle } from 'drizzle-orm/postgres-js';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import postgres from 'postgres';

import { setting } from '../lib/api/env';
import { dataFolder, makeDataFolder } from '../lib/api/local-issuer';
import { prepareLocalSupabase } from './local-supabase';

export type Database = PgDatabase<PgQueryResultHKT>;

type Connection = { db: Database; close: () => Promise<void> };

// A development server reloads this module; the connection outlives it.
const shared = globalThis as typeof globalThis & { apiDatabase?: Promise<Connection> | undefined };

/** The database, connected at the first call. A failure is not remembered: the next call tries again. */
export async function database(): Promise<Database> {
  shared.apiDatabase ??= connect().catch((error: unknown) => {
    shared.apiDatabase = undefined;
    throw error;
  });
  return (await shared.apiDatabase).db;
}

/** Ends all connections; the next call of `database` opens new ones. */
export async function closeDatabase(): Promise<void> {
  const connection = shared.apiDatabase;
  shared.apiDatabase = undefined;
  await (await connection)?.close();
}

async function connect(): Promise<Connection> {
  const url = setting('DATABASE_URL');
  if (url === undefined) return embedded();
  const client = postgres(url, {
    max: 10,
    prepare: false,
    connect_timeout: 5,
    onnotice: () => undefined,
  });
  return { db: drizzle(client, { casing: 'snake_case' }), close: () => client.end({ timeout: 5 }) };
}

async function embedded(): Promise<Connection> {
  // The bundler must leave these alone: they read their WebAssembly from beside themselves.
  const { PGlite } = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ '@electric-sql/pglite'
  );
  const pglite = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ 'drizzle-orm/pglite'
  );
  const { migrate } = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ 'drizzle-orm/pglite/migrator'
  );
  const folder = process.env['PGLITE_DIR'] ?? join(dataFolder(), 'pglite');
  if (!folder.startsWith('memory:')) {
    await makeDataFolder();
    await mkdir(folder, { recursive: true });
  }
  const client = await PGlite.create(folder);
  try {
    await prepareLocalSupabase((statements) => client.exec(statements));
    const db = pglite.drizzle(client, { casing: 'snake_case' });
    await migrate(db, { migrationsFolder: 'drizzle' });
    return { db: db as unknown as Database, close: () => client.close() };
  } catch (error) {
    await client.close();
    throw new Error('The embedded database has no migrations: run `npm run db:generate`', {
      cause: error,
    });
  }
}

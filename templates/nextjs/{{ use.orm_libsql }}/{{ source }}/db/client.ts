/** One database for the process: libSQL by DATABASE_URL (a Turso server, or a file), else a file of its own. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createClient, type Client } from '@libsql/client';

import { dataFolder, makeDataFolder } from '../lib/api/data-folder';
import { setting } from '../lib/api/env';
import { Database } from './database';
import { migrate } from './migrate';
import { retry, wasRefused } from './retry';

const TIMEOUT_MS = 10_000;
const MEMORY = ':memory:';

// A development server reloads this module; the connection outlives it.
const shared = globalThis as typeof globalThis & { apiDatabase?: Promise<Database> | undefined };

/** The database, connected at the first call. A failure is not remembered: the next call tries again. */
export async function database(): Promise<Database> {
  shared.apiDatabase ??= connect().catch((error: unknown) => {
    shared.apiDatabase = undefined;
    throw error;
  });
  return shared.apiDatabase;
}

/** Fails while the database does not answer. */
export async function ping(): Promise<void> {
  const db = await database();
  await db.read({ sql: 'select 1', args: [] });
}

/** Ends all connections; the next call of `database` opens new ones. */
export async function closeDatabase(): Promise<void> {
  const connection = shared.apiDatabase;
  shared.apiDatabase = undefined;
  await (await connection)?.close();
}

/** A client of this URL. Numbers come as bigint, because an integer of SQLite may not fit into a number. */
export function clientOf(url: string): Client {
  const authToken = process.env['DATABASE_AUTH_TOKEN'];
  return createClient({
    url,
    intMode: 'bigint',
    ...(authToken ? { authToken } : {}),
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });
}

async function connect(): Promise<Database> {
  const url = setting('DATABASE_URL') ?? (await ownFile());
  if (url.includes(MEMORY)) return new Database(await prepared(url), 'everything');
  // A server is migrated by `npm run db:migrate`, with a token that may do that.
  if (!url.startsWith('file:')) return new Database(clientOf(url), 'nothing');
  await mkdir(folderOf(url), { recursive: true });
  return new Database(await retry(() => prepared(url), wasRefused), 'writes');
}

async function prepared(url: string): Promise<Client> {
  const client = clientOf(url);
  try {
    // Readers need not wait for the writer.
    await client.execute('pragma journal_mode = wal');
    await migrate(client);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

async function ownFile(): Promise<string> {
  await makeDataFolder();
  return `file:${join(dataFolder(), 'service.db')}`;
}

/** The folder of a database that is a file. */
export function folderOf(url: string): string {
  const path = /^file:\/\//.test(url) ? fileURLToPath(url) : url.slice('file:'.length);
  return dirname(path);
}

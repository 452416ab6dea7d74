/** Brings a database to the newest migration: each file of `migrations/<table>/`, once, in one transaction. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Client } from '@libsql/client';

export const FOLDER = 'migrations';

const FILE = /^[a-z]\w*\/\d{4}_\w+\.sql$/;
const NEEDS = /^-- needs: (\S+)$/gm;

type Migration = { name: string; sql: string; checksum: string };

/** Applies what is missing; refuses files that were edited after they were applied. Returns the names of the new ones. */
export async function migrate(client: Client, folder = FOLDER): Promise<string[]> {
  await client.execute(
    `create table if not exists "_migrations" (
      "name" text primary key not null, "checksum" text not null, "applied_at" text not null
    ) strict`,
  );
  const migrations = await readMigrations(folder);
  const applied = await client.execute('select "name", "checksum" from "_migrations"');
  const checksums = new Map(applied.rows.map((row) => [row['name'], row['checksum']]));
  const added: string[] = [];
  for (const migration of migrations) {
    const checksum = checksums.get(migration.name);
    if (checksum === undefined) {
      if (await apply(client, migration)) added.push(migration.name);
    } else if (checksum !== migration.checksum) {
      throw new Error(
        `${folder}/${migration.name} was changed after it was applied: put it back, and add a new file instead`,
      );
    }
  }
  return added;
}

/** In order of their names, but the tables that one `needs` come first. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const found = await readdir(folder, { recursive: true });
  const names = found.map((path) => path.replaceAll('\\', '/')).filter((path) => FILE.test(path));
  const ordered = new Map<string, Migration>();
  const seen = new Set<string>();

  async function add(name: string): Promise<void> {
    if (seen.has(name)) return;
    seen.add(name);
    // Git may have changed the ends of lines.
    const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
    const tables = [...sql.matchAll(NEEDS)].map(([, table]) => `${table}/`);
    for (const other of names.toSorted()) {
      if (tables.some((table) => other.startsWith(table))) await add(other);
    }
    const checksum = createHash('sha256').update(sql).digest('hex');
    ordered.set(name, { name, sql, checksum });
  }

  for (const name of names.toSorted()) await add(name);
  return [...ordered.values()];
}

/** False where another process was faster. */
async function apply(client: Client, { name, sql, checksum }: Migration): Promise<boolean> {
  const tx = await client.transaction('write');
  try {
    const { rows } = await tx.execute({
      sql: 'select 1 from "_migrations" where "name" = ?',
      args: [name],
    });
    if (rows.length > 0) return false;
    await tx.executeMultiple(sql);
    await tx.execute({
      sql: 'insert into "_migrations" ("name", "checksum", "applied_at") values (?, ?, ?)',
      args: [name, checksum, new Date().toISOString()],
    });
    await tx.commit();
    return true;
  } catch (error) {
    throw new Error(`${name} cannot be applied`, { cause: error });
  } finally {
    // Rolls back what was not committed.
    tx.close();
  }
}

/** Brings a database to the newest migration: each file of `migrations/<table>/`, once, in one transaction. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Client } from '@libsql/client';

export const FOLDER = 'migrations';

const FILE = /^[a-z]\w*\/\d{4}_\w+\.sql$/;

type Migration = {
  name: string;
  table: string;
  sql: string;
  checksum: string;
  /** Tables that are made before, or files (`table/0002_name`) that come before. */
  needs: string[];
  /** Tables that this one's rows no longer refer to. */
  frees: string[];
};

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

/** In order of their names, but what one `needs` comes first, and a table goes after all that `frees` it. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const found = await readdir(folder, { recursive: true });
  const names = found.map((path) => path.replaceAll('\\', '/')).filter((path) => FILE.test(path));
  const migrations = await Promise.all(names.sort().map((name) => readOne(folder, name)));
  const ordered = new Set<Migration>();
  const seen = new Set<Migration>();

  function add(migration: Migration): void {
    if (seen.has(migration)) return;
    seen.add(migration);
    for (const other of migrations) {
      if (comesBefore(other, migration, migrations)) add(other);
    }
    ordered.add(migration);
  }

  migrations.forEach(add);
  return Array.from(ordered);
}

async function readOne(folder: string, name: string): Promise<Migration> {
  // Git may have changed the ends of lines.
  const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  const words = (pattern: RegExp) => Array.from(sql.matchAll(pattern), ([, word]) => word ?? '');
  return {
    name,
    table: tableOf(name),
    sql,
    checksum: createHash('sha256').update(sql).digest('hex'),
    needs: words(/^-- needs: (\S+)$/gm),
    frees: words(/^-- frees: (\S+)$/gm),
  };
}

function comesBefore(other: Migration, one: Migration, all: Migration[]): boolean {
  if (other.table === one.table) return other.name < one.name;
  if (one.name.endsWith('_drop_table.sql') && other.frees.includes(one.table)) return true;
  return one.needs.some((need) =>
    need.includes('/')
      ? other.name === `${need}.sql`
      : other === all.find(({ table }) => table === need),
  );
}

function tableOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
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

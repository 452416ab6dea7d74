/** Prisma's schema engine as WebAssembly: migrations with no binary that would have to be downloaded. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import type { Pool, QueryConfig, QueryResult } from 'pg';

export const MIGRATIONS = join('prisma', 'migrations');
const SCHEMA = join('prisma', 'schema');
const NO_FILTERS = { externalTables: [], externalEnums: [] };

/** Applies the migrations that the database lacks, as `prisma migrate deploy` does; returns their names. */
export async function migrate(pool: Pool): Promise<string[]> {
  const engine = await engineOn(pool);
  const { appliedMigrationNames } = await engine.applyMigrations({
    migrationsList: await migrationList(),
    filters: NO_FILTERS,
  });
  return appliedMigrationNames;
}

/** The SQL that leads from the migrations to the schema files; '' where they say the same. `scratch` is an empty database. */
export async function missingMigration(scratch: Pool): Promise<string> {
  const engine = await engineOn(scratch);
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'migrations', ...(await migrationList()) },
    to: { tag: 'schemaDatamodel', files: await schemaFiles() },
    script: true,
    exitCode: true,
    filters: NO_FILTERS,
  });
  return exitCode === 0 ? '' : (stdout ?? '');
}

async function engineOn(pool: Pool): Promise<SchemaEngine> {
  const { SchemaEngine: Engine } = await load();
  const files = await schemaFiles();
  return Engine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new MigrationAdapter(pool)),
  );
}

/** The driver's adapter, with what the engine needs more than the client. */
class MigrationAdapter extends PrismaPg {
  private readonly pool: Pool;

  constructor(pool: Pool) {
    super(pool);
    this.pool = pool;
  }

  override async connect() {
    const adapter = await super.connect();
    // The adapter would cut at every semicolon, those in texts too.
    adapter.executeScript = async (script) => {
      await this.pool.query(script);
    };
    // The catalogs of PostgreSQL have columns of one character, for which the adapter has no type.
    let types: number[] = [];
    const query = this.pool.query.bind(this.pool) as (config: QueryConfig) => Promise<QueryResult>;
    const pool = Object.create(this.pool, {
      query: {
        value: async (config: QueryConfig) => {
          const result = await query(config);
          types = result.fields.map(({ dataTypeID }) => dataTypeID);
          for (const field of result.fields) {
            if (field.dataTypeID === CHARACTER) field.dataTypeID = TEXT;
          }
          return result;
        },
      },
    }) as Pool;
    const inner = await new PrismaPg(pool).connect();
    adapter.queryRaw = async (statement) => {
      const result = await inner.queryRaw(statement);
      const columnTypes = result.columnTypes.map((type, index) =>
        types[index] === CHARACTER ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }

  /** Where the engine tries the migrations: the database is empty anyway. */
  override connectToShadowDb() {
    return this.connect();
  }
}

// Ids of types, from pg_type.
const CHARACTER = 18;
const TEXT = 25;

type Module = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

let loaded: Promise<Module> | undefined;

/** The package's own entry needs a bundler; this is what that would do. */
function load(): Promise<Module> {
  loaded ??= (async () => {
    // The bundler must leave it alone: it reads its WebAssembly from beside itself.
    const engine = await import(
      /* turbopackIgnore: true */ /* webpackIgnore: true */ '@prisma/schema-engine-wasm/schema_engine_bg'
    );
    const here = createRequire(resolve('package.json'));
    const folder = dirname(here.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
    const { instance } = await WebAssembly.instantiate(
      await readFile(join(folder, 'schema_engine_bg.wasm')),
      { './schema_engine_bg.js': engine as unknown as WebAssembly.ModuleImports },
    );
    engine.__wbg_set_wasm(instance.exports);
    const start = instance.exports['__wbindgen_start'];
    if (typeof start === 'function') start();
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: console.error } });
    return engine;
  })();
  return loaded;
}

async function schemaFiles() {
  const names = (await readdir(SCHEMA)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(SCHEMA, name);
      return { path, content: await readFile(path, 'utf8') };
    }),
  );
}

/** Names of the migrations, oldest first. */
export async function migrationNames(): Promise<string[]> {
  try {
    const entries = await readdir(MIGRATIONS, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function migrationList(): Promise<MigrationList> {
  const names = await migrationNames();
  return {
    baseDir: resolve(MIGRATIONS),
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(MIGRATIONS, path, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

#!/usr/bin/env node
/**
 * Prisma's schema engine for Prisma's own commands: what their binary does, by the WebAssembly of the same version.
 *
 * The binary is downloaded, and not every network lets it be. `PRISMA_SCHEMA_ENGINE_BINARY` names this file in its place.
 * It speaks JSON-RPC on standard input and output, and takes its packages from the project that it is called in.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const here = createRequire(resolve('package.json'));
const load = (name) => import(pathToFileURL(here.resolve(name)).href);

const [{ PrismaPg }, { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum }, { default: pg }] =
  await Promise.all(['@prisma/adapter-pg', '@prisma/driver-adapter-utils', 'pg'].map(load));

// Ids of types, from pg_type.
const CHARACTER = 18;
const NAME = 19;
const TEXT = 25;

/** The catalogs of PostgreSQL have columns of one character, and names, for which not each adapter has a type. */
class Adapter extends PrismaPg {
  constructor(connectionString) {
    super({ connectionString });
    this.connectionString = connectionString;
  }

  async connect() {
    return this.on(this.connectionString);
  }

  async on(connectionString) {
    const pool = new pg.Pool({ connectionString });
    const adapter = await new PrismaPg(pool).connect();
    let types = [];
    const query = pool.query.bind(pool);
    const seeing = Object.create(pool, {
      query: {
        value: async (config) => {
          const result = await query(config);
          types = result.fields.map(({ dataTypeID }) => dataTypeID);
          for (const field of result.fields) {
            if ([CHARACTER, NAME].includes(field.dataTypeID)) field.dataTypeID = TEXT;
          }
          return result;
        },
      },
    });
    const inner = await new PrismaPg(seeing).connect();
    adapter.executeScript = async (script) => {
      await query(script);
    };
    adapter.queryRaw = async (statement) => {
      const result = await inner.queryRaw(statement);
      const columnTypes = result.columnTypes.map((type, index) =>
        types[index] === CHARACTER ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }

  /** A database of its own, where the engine tries all migrations. */
  async connectToShadowDb() {
    const name = `shadow_${process.pid}_${Math.random().toString(36).slice(2)}`;
    const pool = new pg.Pool({ connectionString: this.connectionString, max: 1 });
    await pool.query(`create database "${name}"`);
    await pool.end();
    const url = new URL(this.connectionString);
    url.pathname = `/${name}`;
    return this.on(url.href);
  }
}

async function engine() {
  const module = await load('@prisma/schema-engine-wasm/schema_engine_bg');
  const folder = dirname(here.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const { instance } = await WebAssembly.instantiate(
    await readFile(join(folder, 'schema_engine_bg.wasm')),
    { './schema_engine_bg.js': module },
  );
  module.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start?.();
  return module.SchemaEngine;
}

async function schemaFiles() {
  const names = await readdir('prisma', { recursive: true });
  return names.filter((name) => name.endsWith('.prisma')).map((name) => join('prisma', name));
}

const words = process.argv.slice(2);
if (words.includes('cli')) process.exit(0);
// Prisma 6 names no datasource, as that of its schema reads the variable, and is called in the folder of the schema.
const datasource = words.indexOf('--datasource');
const url = datasource < 0 ? process.env.DATABASE_URL : JSON.parse(words[datasource + 1]).url;
const SchemaEngine = await engine();
const named = words.filter((word, at) => words[at - 1] === '--datamodels');
const found = named.length > 0 ? named : await schemaFiles();
const datamodels = await Promise.all(
  found.map(async (path) => [path, await readFile(path, 'utf8')]),
);
const on = await SchemaEngine.new(
  { datamodels },
  () => undefined,
  bindMigrationAwareSqlAdapterFactory(new Adapter(url)),
);
/** The SQL that leads from the migrations to the schema. */
async function missing({ migrationsList, schema, filters }) {
  const { stdout, exitCode } = await on.diff({
    from: { tag: 'migrations', ...migrationsList },
    to: { tag: 'schemaDatamodel', files: schema.files },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters,
  });
  return exitCode === 0 ? '' : stdout;
}

// These two have no database to try migrations in, if the engine is WebAssembly; `diff` has one, and says the same.
const OWN = {
  async evaluateDataLoss(params) {
    return {
      migrationSteps: Number((await missing(params)) !== ''),
      warnings: [],
      unexecutableSteps: [],
    };
  },
  async createMigration(params) {
    const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    return {
      connectorType: 'postgresql',
      generatedMigrationName: `${now}_${params.migrationName}`,
      migrationScript: (await missing(params)) || null,
      extension: 'sql',
    };
  },
};

const say = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (method === undefined) continue;
  try {
    const call = OWN[method] ?? on[method].bind(on);
    say({ id, result: (await call(params)) ?? null });
  } catch (error) {
    say({ id, error: { code: 4466, message: String(error), data: { message: String(error) } } });
  }
}
process.exit(0);

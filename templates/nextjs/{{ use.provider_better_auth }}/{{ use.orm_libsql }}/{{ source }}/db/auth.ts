/** Where better-auth keeps users and sessions: tables of its own, by statements like those of the repositories. */
import type { InValue } from '@libsql/client';
import {
  createAdapterFactory,
  type AdapterFactoryOptions,
  type CleanedWhere,
  type CustomAdapter,
} from 'better-auth/adapters';
import type { BetterAuthOptions } from 'better-auth/minimal';

import { database } from './client';
import type { Database, Statement, Stored } from './database';

/** The connection that is open now, and better-auth's view of it. */
export async function authDatabase() {
  const db = await database();
  return { connection: db, adapter: adapterOf(db) };
}

type Adapter = ReturnType<typeof createAdapterFactory>;
type Run = (statement: Statement) => Promise<Stored[]>;

const CONFIG = {
  adapterId: 'libsql',
  supportsNumericIds: false,
  supportsBooleans: false,
  supportsDates: false,
} satisfies AdapterFactoryOptions['config'];

function adapterOf(db: Database): Adapter {
  return (options: BetterAuthOptions) => {
    const read: Run = async (statement) => (await db.read(statement))[0] ?? [];
    const write: Run = (statement) => db.write(statement);
    return createAdapterFactory({
      config: {
        ...CONFIG,
        transaction: (work) =>
          db.transaction((tx) => {
            const run: Run = async (statement) => (await tx.execute(statement)).rows;
            return work(
              createAdapterFactory({ config: CONFIG, adapter: () => queries(run, run) })(options),
            );
          }),
      },
      adapter: () => queries(read, write),
    })(options);
  };
}

function queries(read: Run, write: Run): CustomAdapter {
  const change = ({ model, where, update }: Target & { update: object }) => {
    const set = columnsOf(update);
    const { sql, args } = matching(where);
    const names = set.map(([name]) => `${name} = ?`).join(', ');
    return write({
      sql: `update ${tableOf(model)} set ${names} where ${sql} returning *`,
      args: [...set.map(([, value]) => value), ...args],
    });
  };
  const remove = ({ model, where }: Target) => {
    const { sql, args } = matching(where);
    return write({ sql: `delete from ${tableOf(model)} where ${sql} returning "id"`, args });
  };
  return {
    create: async ({ model, data }) => {
      const columns = columnsOf(data);
      const names = columns.map(([name]) => name).join(', ');
      const places = columns.map(() => '?').join(', ');
      const [row] = await write({
        sql: `insert into ${tableOf(model)} (${names}) values (${places}) returning *`,
        args: columns.map(([, value]) => value),
      });
      return toObject(row);
    },
    update: async ({ model, where, update }) =>
      toObject((await change({ model, where, update: update as object }))[0]),
    updateMany: async (target) => (await change(target)).length,
    delete: async (target) => void (await remove(target)),
    deleteMany: async (target) => (await remove(target)).length,
    findOne: async ({ model, where }) => {
      const { sql, args } = matching(where);
      const rows = await read({
        sql: `select * from ${tableOf(model)} where ${sql} limit 1`,
        args,
      });
      return toObject(rows[0]);
    },
    findMany: async ({ model, where, limit, offset = 0, sortBy }) => {
      const { sql, args } = matching(where);
      const order = sortBy ? `${columnOf(sortBy.field)} ${sortBy.direction}` : '"id"';
      const rows = await read({
        sql: `select * from ${tableOf(model)} where ${sql} order by ${order} limit ? offset ?`,
        args: [...args, limit, offset],
      });
      return rows.map((row) => toObject(row));
    },
    count: async ({ model, where }) => {
      const { sql, args } = matching(where);
      const [row] = await read({
        sql: `select count(*) as "count" from ${tableOf(model)} where ${sql}`,
        args,
      });
      return Number(row?.['count']);
    },
  };
}

type Target = { model: string; where: CleanedWhere[] };

/** `authUser` is the table `auth_users`. */
function tableOf(model: string): string {
  return `"${snake(model)}s"`;
}

function columnOf(field: string): string {
  return `"${snake(field)}"`;
}

function snake(name: string): string {
  return name.replace(/\W/g, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function columnsOf(data: object): [name: string, value: InValue][] {
  return Object.entries(data).map(([field, value]) => [columnOf(field), value as InValue]);
}

function toObject<T>(row: Stored | undefined): T {
  if (!row) return null as T;
  const entries = Object.entries(row).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    typeof value === 'bigint' ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

type Operator = NonNullable<CleanedWhere['operator']>;

const CONDITIONS: Record<Operator, (column: string) => string> = {
  // Unlike `=`, these two know what to do with null.
  eq: (column) => `${column} is ?`,
  ne: (column) => `${column} is not ?`,
  lt: (column) => `${column} < ?`,
  lte: (column) => `${column} <= ?`,
  gt: (column) => `${column} > ?`,
  gte: (column) => `${column} >= ?`,
  in: (column) => `${column} in (select value from json_each(?))`,
  not_in: (column) => `${column} not in (select value from json_each(?))`,
  contains: (column) => `instr(${column}, ?) > 0`,
  starts_with: (column) => `instr(${column}, ?) = 1`,
  ends_with: (column) => `substr(${column}, -length(?)) = ?`,
};

function condition({ field, operator = 'eq', value, mode }: CleanedWhere): Statement {
  const isFolded = mode === 'insensitive';
  const sql = CONDITIONS[operator](isFolded ? `lower(${columnOf(field)})` : columnOf(field));
  const text = Array.isArray(value) ? JSON.stringify(value) : value;
  const arg = isFolded && typeof text === 'string' ? text.toLowerCase() : text;
  return { sql, args: Array<InValue>(sql.split('?').length - 1).fill(arg) };
}

/** All of those joined by AND, and one of those joined by OR. */
function matching(where: CleanedWhere[] = []): Statement {
  const all = where.filter(({ connector }) => connector !== 'OR').map(condition);
  const any = where.filter(({ connector }) => connector === 'OR').map(condition);
  const parts = all.map(({ sql }) => sql);
  if (any.length > 0) parts.push(`(${any.map(({ sql }) => sql).join(' or ')})`);
  return {
    sql: parts.join(' and ') || 'true',
    args: [...all, ...any].flatMap(({ args }) => args),
  };
}

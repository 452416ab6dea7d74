// Changes columns of a database with rows, by what db:generate puts into migrations, and tells what the rows are then.
import { readFileSync } from 'node:fs';

import { PGlite } from '@electric-sql/pglite';

const { rows, steps, first, whole } = JSON.parse(readFileSync('given.json', 'utf8'));
const result = [];

async function open() {
  const db = new PGlite();
  await db.exec(`create role authenticated; create role anon; create role service_role;
    create schema if not exists auth; create function auth.uid() returns uuid language sql as 'select null::uuid';
    create function auth.jwt() returns jsonb language sql as 'select null::jsonb';`);
  await db.exec(readFileSync(first, 'utf8'));
  return db;
}

async function insert(db, table, row) {
  const names = Object.keys(row);
  const marks = names.map((_, index) => `$${index + 1}`).join(', ');
  await db.query(`insert into "${table}" ("${names.join('", "')}") values (${marks})`, Object.values(row));
}

async function state(db) {
  const { rows: found } = await db.query('select * from "lessons" order by "title"');
  return JSON.stringify([found, await shapeOf(db)], big);
}

async function shapeOf(db) {
  const { rows: columns } = await db.query(
    `select column_name, data_type, character_maximum_length, is_nullable, column_default, numeric_precision
     from information_schema.columns where table_name = 'lessons' order by 1`,
  );
  const { rows: rules } = await db.query(
    `select conname, pg_get_constraintdef(oid) as rule from pg_constraint where conrelid = '"lessons"'::regclass order by 1`,
  );
  const { rows: indexes } = await db.query(`select indexdef from pg_indexes where tablename = 'lessons' order by 1`);
  return [columns, rules, indexes];
}

const big = (_, value) => (typeof value === 'bigint' ? String(value) : value instanceof Date ? value.toISOString() : value);
const id = (kind, title) => `${kind}0000000-0000-4000-8000-${String(title).padStart(12, '0')}`;
const std = { owner_id: id(9, 0), created_at: '2024-01-01T00:00:00Z', updated_at: '2024-01-01T00:00:00Z' };
const db = await open();
await db.exec('create table "kids" ("lesson" uuid not null references "lessons" ("id") on delete cascade)');
for (const row of rows) {
  await insert(db, 'lessons', { ...std, id: id(1, row.title), ...row });
  await insert(db, 'marks', { ...std, id: id(2, row.title), lesson_id: id(1, row.title) });
  await insert(db, 'kids', { lesson: id(1, row.title) });
}
for (const { file, column, unfit } of steps) {
  const text = file === null ? '' : readFileSync(`src/db/changes/${file}`, 'utf8');
  const said = [];
  const known = await state(db);
  for (const row of unfit) {
    await insert(db, 'lessons', { ...std, id: id(3, 0), ...row });
    said.push(await db.transaction((tx) => tx.exec(text)).then(() => 'applied', (error) => error.message));
    await db.query(`delete from "lessons" where "id" = '${id(3, 0)}'`);
  }
  const same = (await state(db)) === known;
  await db.transaction((tx) => tx.exec(text));
  const { rows: found } = await db.query(`select "title", "${column}"::text as "value" from "lessons"`);
  result.push({ said, same, values: Object.fromEntries(found.map(({ title, value }) => [title, value])) });
}
const counts = [];
for (const table of ['lessons', 'marks', 'kids']) {
  counts.push((await db.query(`select count(*)::int as n from "${table}"`)).rows[0].n);
}
// The migration that db:generate made of all of them does the same to a database with rows.
const other = await open();
for (const row of rows) await insert(other, 'lessons', { ...std, id: id(1, row.title), ...row });
await other.exec(readFileSync(whole, 'utf8'));
const columns = steps.map(({ column }) => `"${column}"`).join(', ');
const all = (one) => one.query(`select ${columns} from "lessons" order by "title"`).then((r) => JSON.stringify(r.rows, big));
console.log(JSON.stringify({ steps: result, counts, alike: (await all(db)) === (await all(other)), shape: await shapeOf(other) }));

// Changes columns of a database with rows, one migration after the other, and tells what the rows are then.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createClient } from '@libsql/client';

const { migrate } = await import(join(process.cwd(), 'src/db/migrate.ts'));
const { rows, steps } = JSON.parse(readFileSync('given.json', 'utf8'));
const client = createClient({ url: 'file:rows.db' });
const result = [];

function add(file) {
  mkdirSync(join('partial', file, '..'), { recursive: true });
  copyFileSync(join('migrations', file), join('partial', file));
}

async function insert(table, row) {
  const names = Object.keys(row);
  const marks = names.map(() => '?').join(', ');
  const sql = `insert into "${table}" ("${names.join('", "')}") values (${marks})`;
  await client.execute({ sql, args: Object.values(row).map(stored) });
}

const stored = (value) => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value);

async function state() {
  const { rows: found } = await client.execute('select * from "lessons" order by "title"');
  const { rows: made } = await client.execute('select "sql" from "sqlite_schema" order by "name"');
  return JSON.stringify([found, made]);
}

for (const file of ['lessons/0001_create.sql', 'marks/0001_create.sql']) add(file);
await migrate(client, 'partial');
await client.execute(
  'create table "kids" ("lesson" text not null references "lessons" ("id") on delete cascade) strict',
);
const std = { owner_id: 'o', created_at: 'x', updated_at: 'x' };
for (const row of rows) {
  await insert('lessons', { ...std, id: `l${row.title}`, ...row });
  await insert('marks', { ...std, id: `m${row.title}`, lesson_id: `l${row.title}` });
  await insert('kids', { lesson: `l${row.title}` });
}
for (const { file, column, unfit } of steps) {
  const said = [];
  const known = await state();
  add(file);
  for (const row of unfit) {
    await insert('lessons', { ...std, id: 'unfit', ...row });
    said.push(await migrate(client, 'partial').then(() => 'applied', (error) => error.message));
    await client.execute(`delete from "lessons" where "id" = 'unfit'`);
  }
  const same = (await state()) === known;
  await migrate(client, 'partial');
  const { rows: found } = await client.execute(`select "title", "${column}" as "value" from "lessons"`);
  result.push({ said, same, values: Object.fromEntries(found.map(({ title, value }) => [title, value])) });
}
const counts = [];
for (const table of ['lessons', 'marks', 'kids']) {
  const { rows: found } = await client.execute(`select count(*) as "n" from "${table}"`);
  counts.push(Number(found[0].n));
}
const { rows: shape } = await client.execute(
  `select "sql" from "sqlite_schema" where "tbl_name" = 'lessons' and "sql" is not null order by "name"`,
);
const { rows: keys } = await client.execute('pragma foreign_key_check');
console.log(JSON.stringify({ steps: result, counts, shape: shape.map(({ sql }) => sql), lost: keys.length }));

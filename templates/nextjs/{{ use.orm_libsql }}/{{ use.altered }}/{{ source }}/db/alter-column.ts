/** Another definition of a column: SQLite has no statement for it, so the table is made anew, with its rows. */
import type { Client } from '@libsql/client';

/** The column as the table has it, as it becomes, and what each row gets in it. */
export type Alteration = { column: string; becomes: string; from: string };

/** What a migration says in `-- column:`, `-- becomes:` and `-- from:`. */
export function alterationIn(sql: string): Alteration | undefined {
  const [column, becomes, from] = ['column', 'becomes', 'from'].map((word) => line(sql, word));
  if (column === undefined || becomes === undefined) return undefined;
  return { column, becomes, from: from ?? nameIn(column) };
}

/** Fails, before anything changes, where rows fulfil what a migration `refuses`. */
export async function requireFit(client: Client, table: string, sql: string): Promise<void> {
  for (const [, condition = ''] of sql.matchAll(/^-- refuses: (.+)$/gm)) {
    const { rows } = await client.execute(
      `select count(*) as "count" from "${table}" where ${condition}`,
    );
    const count = Number(rows[0]?.['count']);
    if (count > 0) {
      throw new Error(`${count} rows of ${table} do not fit, nothing was changed: ${condition}`);
    }
  }
}

/** The statements that do it. Foreign keys have to be off: a table that goes takes the rows along that refer to its own. */
export async function alterColumn(
  client: Client,
  table: string,
  { column, becomes, from }: Alteration,
): Promise<string[]> {
  const { rows: made } = await client.execute({
    sql: 'select "type", "sql" from "sqlite_schema" where "tbl_name" = ? and "sql" is not null',
    args: [table],
  });
  const texts = (isTable: boolean) =>
    made.filter(({ type }) => (type === 'table') === isTable).map(({ sql }) => String(sql));
  const [definition = ''] = texts(true);
  const [head = '', tail, ...more] = definition.split(column);
  if (tail === undefined || more.length > 0 || !/^\s*[,)]/.test(tail)) {
    throw new Error(`The table ${table} has no column as the migration knows it: ${column}`);
  }
  const { rows } = await client.execute(`pragma table_info("${table}")`);
  const names = rows.map(({ name }) => `"${String(name)}"`);
  const values = names.map((name) => (name === nameIn(column) ? from : name));
  const copy = `"${table}_altered"`;
  return [
    head.replace(`"${table}"`, () => copy) + becomes + tail,
    `insert into ${copy} (${names.join(', ')}) select ${values.join(', ')} from "${table}"`,
    `drop table "${table}"`,
    `alter table ${copy} rename to "${table}"`,
    ...texts(false),
  ];
}

function line(sql: string, word: string): string | undefined {
  return new RegExp(`^-- ${word}: (.+)$`, 'm').exec(sql)?.[1];
}

/** The name that a definition begins with, in its quotes. */
function nameIn(column: string): string {
  return /^"\w+"/.exec(column)?.[0] ?? column;
}

/**
 * `npm run db:generate [-- --name NAME] [-- --drop]`: a migration from what changed in the schema files.
 *
 * drizzle-kit asks on a terminal whether a column was renamed, and drops what is gone; a script can answer neither, so
 * this one stops and takes the new files back instead.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

// In a monorepo it may lie above this project.
const DRIZZLE_KIT = dirname(createRequire(import.meta.url).resolve('drizzle-kit'));
const FOLDER = 'drizzle';
const META = join(FOLDER, 'meta');
const DROPS = /\bDROP (?:TABLE|COLUMN)\b/i;

function files(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of [FOLDER, META]) {
    let names: string[] = [];
    try {
      names = readdirSync(folder).filter((name) => /\.(?:sql|json)$/.test(name));
    } catch {
      continue;
    }
    for (const name of names)
      found.set(join(folder, name), readFileSync(join(folder, name), 'utf8'));
  }
  return found;
}

function restore(before: Map<string, string>): void {
  for (const path of files().keys()) if (!before.has(path)) rmSync(path);
  for (const [path, text] of before) writeFileSync(path, text);
}

function main(): void {
  const { values } = parseArgs({
    options: { name: { type: 'string' }, drop: { type: 'boolean', default: false } },
  });
  const before = files();
  const run = spawnSync(
    process.execPath,
    [
      join(DRIZZLE_KIT, 'bin.cjs'),
      'generate',
      ...(values.name === undefined ? [] : ['--name', values.name]),
    ],
    // Without a terminal drizzle-kit fails where it would ask.
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output = `${run.stdout}${run.stderr}`;
  const made = [...files()].filter(([path]) => path.endsWith('.sql') && !before.has(path));
  const isUnchanged = output.includes('No schema changes');
  if (run.status !== 0 || (made.length === 0 && !isUnchanged)) {
    restore(before);
    console.error(output);
    console.error(
      'drizzle-kit made no migration. Where it has to ask (a rename?), run: npx drizzle-kit generate',
    );
    process.exitCode = 1;
    return;
  }
  const dropping = made.filter(([, text]) => DROPS.test(text));
  if (dropping.length > 0 && !values.drop) {
    restore(before);
    console.error('This migration would drop a table or a column, with its rows:\n');
    for (const [, text] of dropping) console.error(text);
    console.error('\nIf that is meant: npm run db:generate -- --drop');
    process.exitCode = 1;
    return;
  }
  console.log(
    made.length === 0
      ? 'The migrations already say what the schema says.'
      : `Made ${made.map(([path]) => path).join(', ')}`,
  );
}

main();

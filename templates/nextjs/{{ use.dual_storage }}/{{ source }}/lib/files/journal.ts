/** What is being written: an entry says so on the disk before a file changes, and goes when the database agrees. */
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { read, remove, write } from './disk';
import { filesRoot } from './path';

export const JOURNAL = '.journal';

const content = z.object({
  resource: z.string(),
  id: z.union([z.string(), z.number()]),
  /** Where the row's file was, and where it will be. */
  paths: z.array(z.string()),
});

export type Entry = z.output<typeof content> & { file: string };

/** Every entry has a file of its own: the next write of a row may begin before this one has tidied up. */
export async function record(
  resource: string,
  id: string | number,
  paths: string[],
): Promise<Entry> {
  const file = `${JOURNAL}/${resource}.${id}.${randomUUID()}.json`;
  const entry = { resource, id, paths };
  await write(file, JSON.stringify(entry));
  return { ...entry, file };
}

/** The entries that are left, of all rows or of one. */
export async function entries(resource?: string, id?: string | number): Promise<Entry[]> {
  const prefix = resource === undefined ? '' : `${resource}.${id}.`;
  const found: Entry[] = [];
  for (const name of await names()) {
    if (!name.startsWith(prefix) || !name.endsWith('.json')) continue;
    const file = `${JOURNAL}/${name}`;
    const bytes = await read(file);
    if (bytes) found.push({ ...content.parse(JSON.parse(bytes.toString())), file });
  }
  return found;
}

export async function forget(entry: Entry): Promise<void> {
  await remove(entry.file);
}

async function names(): Promise<string[]> {
  try {
    return await readdir(join(filesRoot(), JOURNAL));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Secrets that only this machine has. */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dataFolder, makeDataFolder } from './data-folder';

/** The text of a file in the data folder; the first call makes it, and all others get the same. */
export async function keptSecret(
  file: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const path = join(dataFolder(), file);
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await makeDataFolder();
  // A link appears with all its bytes or not at all, and never replaces the secret of another process.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, await make(), { mode: 0o600 });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(path, 'utf8');
}

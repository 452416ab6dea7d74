/** Secrets of the developer's machine, made when they are first needed and then kept. */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { dataFolder, makeDataFolder } from './data-folder';

/** The secret of this name in the data folder; whoever comes first makes it. */
export async function localSecret(name: string): Promise<string> {
  const path = join(dataFolder(), name);
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (kept !== undefined) return kept;
  await makeDataFolder();
  // A link appears with all its bytes or not at all, and never replaces the secret of another process.
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
  return readFile(path, 'utf8');
}

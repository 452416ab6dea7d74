/** Files that are there with all their bytes or not at all, also after a crash. Paths are below the root. */
import { mkdir, open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { filesRoot } from './path';

/** The bytes of a file; undefined where there is none. */
export async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(filesRoot(), path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function write(path: string, bytes: string | Uint8Array): Promise<void> {
  const target = join(filesRoot(), path);
  const folder = dirname(target);
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = draftOf(target);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, target);
  await syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade));
}

export async function remove(path: string): Promise<void> {
  const target = join(filesRoot(), path);
  await rm(draftOf(target), { force: true });
  await rm(target, { force: true });
  await syncFolders(dirname(target));
}

/** Takes away the folders of a path that are empty. */
export async function prune(path: string): Promise<void> {
  try {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      await rmdir(join(filesRoot(), folder));
    }
  } catch {
    // Something else is in it.
  }
}

function draftOf(target: string): string {
  return `${target}.tmp`;
}

/** A new name is on the disk when its folder is. */
async function syncFolders(from: string, upTo = from): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === upTo || folder === dirname(folder)) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    // Windows has no such thing, and what is gone needs none.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'EPERM', 'EISDIR', 'EINVAL'].includes(code)) throw error;
  }
}

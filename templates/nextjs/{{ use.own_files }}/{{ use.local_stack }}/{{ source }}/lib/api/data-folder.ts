/** The folder of everything that only this machine has; git ignores it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export function dataFolder(): string {
  const { DATA_DIR = '.data' } = process.env;
  return DATA_DIR;
}

/** Makes that folder, for this user alone; it hides itself from git, so that no key is ever committed. */
export async function makeDataFolder(): Promise<void> {
  await mkdir(dataFolder(), { recursive: true, mode: 0o700 });
  await writeFile(join(dataFolder(), '.gitignore'), '*\n');
}

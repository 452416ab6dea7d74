/** What a service that keeps files does before it takes requests. */
import { mirrored } from '../../resources/mirrored';
import { describeError, log } from '../api/log';
import { read, remove, write } from './disk';
import { entries } from './journal';
import type { Mirror } from './mirror';
import { filesRoot } from './path';

/** Hosts whose disk does not outlive a request. */
const DISKLESS = ['VERCEL', 'NETLIFY', 'AWS_LAMBDA_FUNCTION_NAME'];

/** Ends the process where files cannot be kept; then repairs what a crash, or an earlier version, left. */
export async function startFiles(mirrors: Mirror[] = mirrored): Promise<void> {
  if (mirrors.length === 0) return;
  const problem = await filesProblem();
  if (problem !== undefined) {
    console.error(`The service cannot start: rows are also files, and ${problem}`);
    process.exit(1);
  }
  await repairFiles(mirrors);
  await refreshFiles(mirrors);
}

/** Why files cannot be kept here; undefined where they can. */
export async function filesProblem(): Promise<string | undefined> {
  const host = DISKLESS.find((name) => process.env[name]);
  if (host !== undefined) return `this host keeps none (${host} is set)`;
  const probe = `.probe-${process.pid}`;
  try {
    await write(probe, '');
    await remove(probe);
    // What people wrote is not for git, unless somebody decides that it is.
    if ((await read('.gitignore')) === undefined) await write('.gitignore', '*\n');
    return undefined;
  } catch (error) {
    return `the folder \`${filesRoot()}\` (DATA_ROOT) is not writable: ${String(error)}`;
  }
}

/** Makes each file that a crash left between two states what the database says of its row. */
export async function repairFiles(mirrors: Mirror[]): Promise<void> {
  for (const entry of await entries()) {
    try {
      const mirror = mirrors.find(({ name }) => name === entry.resource);
      if (!mirror) throw new Error(`There is no resource ${entry.resource}`);
      await mirror.repair(entry);
      log.warn('repaired a file', { resource: entry.resource, id: entry.id });
    } catch (error) {
      // The entry stays: the next start tries again, or the next write of this row.
      log.error('cannot repair a file', { file: entry.file, error: describeError(error) });
    }
  }
}

/** Writes the files of rows again that an earlier version of the service wrote with other properties. */
export async function refreshFiles(mirrors: Mirror[]): Promise<void> {
  for (const { name, refresh } of mirrors) {
    try {
      if (await refresh()) log.info('wrote the files again', { resource: name });
    } catch (error) {
      // The next start tries again.
      log.error('cannot write the files again', { resource: name, error: describeError(error) });
    }
  }
}

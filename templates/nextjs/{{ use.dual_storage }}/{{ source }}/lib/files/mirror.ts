/** Rows that are also JSON files: a write changes both or neither, and what a crash leaves half done is repaired. */
import type { Transaction } from '@libsql/client';

import { database } from '../../db/client';
import { APIError, apiError } from '../api/errors';
import { describeError, log } from '../api/log';
import * as disk from './disk';
import { entries, forget, record, type Entry } from './journal';
import { pathOf } from './path';

type Source<Row extends { id: string | number }> = {
  /** The resource. */
  name: string;
  /** Folders of a row's file, with properties of the row in braces. */
  pattern: string;
  toJson: (row: Row) => object;
  /** The names of a row's properties. */
  shape: string[];
  /** What the database says of a row; undefined where it is gone. */
  find: (tx: Transaction, id: Row['id']) => Promise<Row | undefined>;
  /** Some rows of anybody's, those behind an id first, in the order of ids. */
  page: (tx: Transaction, after?: Row['id']) => Promise<Row[]>;
};

/** Says how a row was and how it will be; to be called when its SQL is done. */
export type Keep<Row> = (before: Row | undefined, after: Row | undefined) => Promise<void>;

export type Mirror = {
  name: string;
  repair: (entry: Entry) => Promise<void>;
  refresh: () => Promise<boolean>;
};

/** A file for each resource: the shape that the files of its rows have. */
const SHAPES = '.shapes';

export function mirror<Row extends { id: string | number }>(source: Source<Row>) {
  const place = (row: Row) => pathOf(source.pattern, row);

  /** A row may be older than the rule that names its folder. */
  function oldPlace(row: Row | undefined): string | undefined {
    try {
      return row && place(row);
    } catch {
      return undefined;
    }
  }

  /** Makes the one file of a row right, and all others of these paths go. */
  async function settle(row: Row | undefined, path: string | undefined, paths: string[]) {
    if (row && path !== undefined) {
      const bytes = Buffer.from(`${JSON.stringify(source.toJson(row), null, 2)}\n`);
      const known = await disk.read(path);
      if (!known?.equals(bytes)) await disk.write(path, bytes);
    }
    for (const other of paths) {
      if (other === path) continue;
      await disk.remove(other);
      await disk.prune(other);
    }
  }

  /** Makes the file of a row what the database says, while nobody can write either. */
  async function repair(entry: Entry): Promise<void> {
    const db = await database();
    await db.transaction(async (tx) => {
      const row = await source.find(tx, entry.id);
      await settle(row, oldPlace(row), entry.paths);
    });
    await forget(entry);
  }

  /** Writes files again where rows have other properties than when that was done last. */
  async function refresh(): Promise<boolean> {
    const path = `${SHAPES}/${source.name}`;
    const shape = Buffer.from(source.shape.join('\n'));
    const known = await disk.read(path);
    if (known?.equals(shape)) return false;
    const db = await database();
    const some = (after?: Row['id']) =>
      db.transaction(async (tx) => {
        const rows = await source.page(tx, after);
        for (const row of rows) await settle(row, oldPlace(row), []);
        return rows.at(-1)?.id;
      });
    let last = await some();
    while (last !== undefined) last = await some(last);
    await disk.write(path, shape);
    return true;
  }

  /** One change of files: first the journal tells of it, then they change; `undo` has the old bytes. */
  function change() {
    const old = new Map<string, Buffer | undefined>();
    let entry: Entry | undefined;

    async function keep(before: Row | undefined, after: Row | undefined): Promise<void> {
      const id = (after ?? before)?.id;
      if (id === undefined) return;
      const [from, to] = [oldPlace(before), after && place(after)];
      for (const left of await entries(source.name, id)) {
        await settle(before, from, left.paths);
        await forget(left);
      }
      const paths = [from, to].filter((path) => path !== undefined);
      for (const path of paths) old.set(path, await disk.read(path));
      entry = await record(source.name, id, paths);
      await settle(after, to, paths);
    }

    async function undo(): Promise<void> {
      if (!entry) return;
      for (const [path, bytes] of old) {
        if (bytes) await disk.write(path, bytes);
        else await disk.remove(path).then(() => disk.prune(path));
      }
      await forget(entry);
    }

    return { keep: orUnavailable(keep), undo, entry: () => entry };
  }

  /** As `transaction` of the database; `work` has to call `keep` for the row that it changes. */
  async function transaction<T>(
    work: (tx: Transaction, keep: Keep<Row>) => Promise<T>,
  ): Promise<T> {
    const db = await database();
    let entry: Entry | undefined;
    let result: T;
    try {
      result = await db.transaction(async (tx) => {
        const { keep, undo, entry: entryOf } = change();
        entry = undefined;
        try {
          const value = await work(tx, keep);
          entry = entryOf();
          return value;
        } catch (error) {
          // What cannot be put back now is repaired later: then the entry is still there.
          await undo().catch(warn);
          throw error;
        }
      });
    } catch (error) {
      // Whether COMMIT was kept is not known, but the database knows.
      if (entry) await repair(entry).catch(warn);
      throw error;
    }
    if (entry) await forget(entry).catch(warn);
    return result;
  }

  return { name: source.name, transaction, repair, refresh };
}

/** Trouble with the disk is ours, not the caller's. */
function orUnavailable<Arguments extends unknown[]>(
  work: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    try {
      await work(...given);
    } catch (cause) {
      if (cause instanceof APIError) throw cause;
      const error = apiError('unavailable', 'The file of this row cannot be written');
      throw Object.assign(error, { cause });
    }
  };
}

function warn(error: unknown): void {
  log.warn('a file is to be repaired', { error: describeError(error) });
}

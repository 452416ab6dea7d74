/** PostgreSQL inside this process: PGlite, behind the driver that also speaks to real servers. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Duplex } from 'node:stream';

import type { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';

import { dataFolder, makeDataFolder } from '../lib/api/data-folder';
import { migrate } from './schema-engine';

type Embedded = { pool: Pool; close: () => Promise<void> };

/** The database of this machine, with all migrations. */
export async function openEmbedded(): Promise<Embedded> {
  const folder = process.env['PGLITE_DIR'] ?? join(dataFolder(), 'pglite');
  if (!folder.startsWith('memory:')) {
    await makeDataFolder();
    await mkdir(folder, { recursive: true });
  }
  const embedded = await openPGlite(folder);
  try {
    await migrate(embedded.pool);
    return embedded;
  } catch (error) {
    await embedded.close();
    throw new Error('The embedded database takes no migrations: run `npm run db:generate`', {
      cause: error,
    });
  }
}

/** An empty database, or what the folder holds. */
export async function openPGlite(folder = 'memory://'): Promise<Embedded> {
  // The bundler must leave it alone: it reads its WebAssembly from beside itself.
  const { PGlite: Database } = await import(
    /* turbopackIgnore: true */ /* webpackIgnore: true */ '@electric-sql/pglite'
  );
  const db = await Database.create(folder);
  const pool = new Pool({
    user: 'postgres',
    database: 'postgres',
    // PGlite has one session; whoever comes meanwhile waits in the pool.
    max: 1,
    stream: () => new InProcessSocket(db),
  });
  return {
    pool,
    close: async () => {
      await pool.end();
      await db.close();
    },
  };
}

const TERMINATE = 'X'.charCodeAt(0);

/** What the driver takes for a socket: its messages go to PGlite, and the answers come back. */
class InProcessSocket extends Duplex {
  private readonly db: PGlite;

  constructor(db: PGlite) {
    super();
    this.db = db;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed as they come.
  }

  override _write(message: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.send(message).then(() => done(), done);
  }

  override _writev(parts: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.send(Buffer.concat(parts.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  private async send(message: Buffer): Promise<void> {
    // The session outlives its connections, so one that ends leaves no transaction behind.
    if (message[0] === TERMINATE) {
      // Nor does it where the database is closed meanwhile.
      await this.db.exec('rollback').catch(() => undefined);
      return;
    }
    // PGlite uses the memory of an answer again, so each is copied.
    const onRawData = (data: Uint8Array) => this.push(Buffer.from(data));
    await this.db.execProtocolRawStream(message, { onRawData });
  }
}

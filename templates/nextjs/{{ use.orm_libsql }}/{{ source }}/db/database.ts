/** Statements against libSQL: one writer at a time where that is all it can do, and again where it helps. */
import type { Client, InValue, Row, Transaction } from '@libsql/client';

import { retry, wasLost, wasRefused } from './retry';

/** SQL with a `?` for each value. */
export type Statement = { sql: string; args: InValue[] };

/** A row as libSQL gives it. */
export type Stored = Row;

/** How many may use the database at a time: a file has one writer, memory has one connection. */
export type Turns = 'everything' | 'writes' | 'nothing';

export class Database {
  private readonly client: Client;
  private readonly turns: Turns;
  private last: Promise<unknown> = Promise.resolve();

  constructor(client: Client, turns: Turns) {
    this.client = client;
    this.turns = turns;
  }

  /** Statements that change nothing, on one state of the database and in one round trip. */
  async read(...statements: [Statement, ...Statement[]]): Promise<Stored[][]> {
    const run = () => this.client.batch(statements, 'read');
    const results = await retry(
      this.turns === 'everything' ? () => this.inTurn(run) : run,
      // Reading twice does no harm.
      (error) => wasRefused(error) || wasLost(error),
    );
    return results.map(({ rows }) => rows);
  }

  /** One statement that changes something, and what it returns. `isRepeatable`: twice does the same as once. */
  async write(
    statement: Statement,
    { isRepeatable = false }: { isRepeatable?: boolean } = {},
  ): Promise<Stored[]> {
    const run = () => this.client.execute(statement);
    const { rows } = await retry(
      () => this.writing(run),
      // Where the connection was lost the change may have been made: a second row would be one too many.
      (error) => wasRefused(error) || (isRepeatable && wasLost(error)),
    );
    return rows;
  }

  /**
   * Several statements, all or none. `work` may run more than once, and must not use the database but by `tx`:
   * it would wait for itself.
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let isCommitting = false;
    const run = async () => {
      isCommitting = false;
      const tx = await this.client.transaction('write');
      try {
        const result = await work(tx);
        isCommitting = true;
        await tx.commit();
        return result;
      } catch (error) {
        // What cannot be rolled back is rolled back by the server; the first error is the one that tells.
        await tx.rollback().catch(() => undefined);
        throw error;
      } finally {
        tx.close();
      }
    };
    return retry(
      () => this.writing(run),
      // Nothing is kept before COMMIT is sent. After that nobody knows, so it is not sent again.
      (error) => !isCommitting && (wasRefused(error) || wasLost(error)),
    );
  }

  /** Ends the connections when all who wait have had their turn. */
  async close(): Promise<void> {
    await this.inTurn(async () => this.client.close());
  }

  private async writing<T>(run: () => Promise<T>): Promise<T> {
    if (this.turns === 'nothing') return run();
    return this.inTurn(async () => {
      try {
        return await run();
      } catch (error) {
        // The statement that met a lock stays open, and a connection that has one cannot commit any more.
        if (wasRefused(error) && this.turns === 'writes') await this.client.reconnect();
        throw error;
      }
    });
  }

  /** A second writer would fail at once, so it waits for the first one here. */
  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.last.then(run, run);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

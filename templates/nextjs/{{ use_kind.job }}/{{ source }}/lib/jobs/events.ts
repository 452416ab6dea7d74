import { setTimeout as sleep } from 'node:timers/promises';

import type { Row } from './row';

const POLL_MS = 1000;
const SILENCE_MS = 15_000;
/** Clients come back by themselves, and say where they were. */
const LONGEST_MS = 5 * 60_000;

/**
 * Server-sent events (WHATWG HTML, 9.2): the row at each change, from the table, until the job has ended.
 * `Last-Event-ID` says what the client has seen.
 */
export function eventStream(
  request: Request,
  load: () => Promise<Row>,
  toJson: (row: Row) => object,
  pollMs = POLL_MS,
): Response {
  const encoder = new TextEncoder();
  const { signal } = request;
  const last = Number(request.headers.get('last-event-id') ?? -1);
  let seen = Number.isInteger(last) ? last : -1;
  async function* events(): AsyncGenerator<string> {
    const started = Date.now();
    let told = started;
    while (!signal.aborted && Date.now() - started < LONGEST_MS) {
      const row = await load();
      if (row.changes > seen) {
        seen = row.changes;
        told = Date.now();
        yield `id: ${seen}\nevent: job\ndata: ${JSON.stringify(toJson(row))}\n\n`;
      } else if (Date.now() - told >= SILENCE_MS) {
        told = Date.now();
        yield ':\n\n';
      }
      if (row.status === 'completed' || row.status === 'failed') return;
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
  }
  const iterator = events();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return(undefined);
    },
  });
  return new Response(body, {
    headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' },
  });
}

/** What every job promises, as tests; the job's own test says what is special about it. */
import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';

import { transaction, type Executor } from '@/db/background-jobs';
import type { Id } from '@/lib/api/id';
import { memory } from '@/lib/api/limiter';
import type { Job } from '@/lib/jobs/definition';
import type { Row } from '@/lib/jobs/row';
import { Runner } from '@/lib/jobs/runner';
import { almostSpent } from './allowance';
import { call, dataOf, expectError, slot } from './api';
import type { Answer, Handler, Json, Options } from './api';
import { ERRORS } from './conventions';
import { unknownId } from './ids';
import { removeRows } from './rows';
import { newUser, type TestUser } from './users';

type Routes = Record<'collection' | 'item' | 'cancel' | 'events', Partial<Record<string, Handler>>>;

type Contract<Payload> = {
  path: string;
  roles: string[];
  /** Requests in a window. */
  limit: number;
  /** Whether only one with the same values may wait or run. */
  isUnique: boolean;
  required: string[];
  routes: Routes;
  job: Job<Payload>;
  enqueue: (tx: Executor, ownerId: string, payload: Payload) => Promise<Row>;
  payload: z.ZodType<Payload>;
  /** A valid body of POST. */
  body: (ownerId: string) => Promise<Json>;
  /** Takes away what bodies refer to. */
  clear: (ownerIds: string[]) => Promise<void>;
};

/** Runs everything that is due until nothing is. */
export async function runAll(jobs: Job[], timing?: ConstructorParameters<typeof Runner>[2]) {
  const runner = new Runner(jobs, 10, timing);
  do await runner.idle();
  while (await runner.turn());
}

/** The events of a stream: their ids, and the jobs as they were. */
export async function watch(
  handler: Handler | undefined,
  { id, token, lastEventId }: { id: string; token?: string | undefined; lastEventId?: string },
) {
  const headers = {
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
  };
  const request = new Request('http://localhost:3000/events', { headers });
  const response = await handler?.(request, { params: Promise.resolve({ id }) });
  const text = (await response?.text()) ?? '';
  const events = text
    .split('\n\n')
    .flatMap((block) => /^id: (\d+)\nevent: job\ndata: (.*)$/.exec(block) ?? [])
    .filter((_, index) => index % 3 !== 0);
  const found = [];
  for (let index = 0; index < events.length; index += 2) {
    found.push({ id: String(events[index]), job: JSON.parse(String(events[index + 1])) as Json });
  }
  return { response, events: found };
}

export function jobContract<Payload>(contract: Contract<Payload>): void {
  const { path, routes, job, body } = contract;
  const known: string[] = [];

  afterEach(async () => {
    const owners = known.splice(0);
    if (owners.length === 0) return;
    await removeRows('background_jobs', owners);
    await contract.clear(owners);
  });

  async function user(roles = contract.roles.slice(0, 1)): Promise<TestUser> {
    const made = await newUser(...roles);
    known.push(made.id);
    return made;
  }

  function send(route: keyof Routes, method: string, options: Options = {}): Promise<Answer> {
    memory.clear();
    return request(route, method, options);
  }

  function request(route: keyof Routes, method: string, options: Options): Promise<Answer> {
    const handler = routes[route][method];
    if (!handler) throw new Error(`There is no ${method} in the route ${route}`);
    return call(handler, method, route === 'collection' ? path : `${path}/${options.id}`, options);
  }

  async function start(caller: TestUser): Promise<Json & { id: Id }> {
    const options = { token: caller.token, body: await body(caller.id) };
    const answer = await send('collection', 'POST', options);
    const made = dataOf(answer, 202) as Json & { id: Id };
    expect(answer.headers.get('location')).toBe(`${path}/${made.id}`);
    return made;
  }

  const ALL = [
    ['collection', 'GET'],
    ['collection', 'POST'],
    ['item', 'GET'],
    ['cancel', 'POST'],
    ['events', 'GET'],
  ] as const;

  describe(path, () => {
    for (const [route, method] of ALL) {
      it(`needs a token: ${method} of the ${route}`, async () => {
        expectError(await send(route, method, { id: String(unknownId()) }), 'unauthorized');
      });

      if (contract.roles.length > 0) {
        it(`needs a role: ${method} of the ${route}`, async () => {
          const { token } = await user([]);
          expectError(await send(route, method, { id: String(unknownId()), token }), 'forbidden');
        });
      }
    }

    it('stops at the limit of requests', async () => {
      const { token } = await user();
      await send('collection', 'POST', { token, body: {} });
      memory.forEach((_, key) => {
        memory.set(key, almostSpent(contract.limit));
      });
      const options = { token, body: { nobodyKnowsThis: 1 } };
      expectError(await request('collection', 'POST', options), 'validation');
      expectError(await request('collection', 'POST', options), 'rate_limited');
    });

    it('refuses unknown properties, and needs the others', async () => {
      const caller = await user();
      const whole = await body(caller.id);
      const more = { token: caller.token, body: { ...whole, nobodyKnowsThis: 1 } };
      expectError(await send('collection', 'POST', more), 'validation', 'nobodyKnowsThis');
      for (const property of contract.required) {
        const less = Object.fromEntries(
          Object.entries(whole).filter(([name]) => name !== property),
        );
        const answer = await send('collection', 'POST', { token: caller.token, body: less });
        expectError(answer, 'validation', property);
      }
    });

    it('is queued, found and listed', async () => {
      const caller = await user();
      const { token } = caller;
      const made = await start(caller);
      expect(made).toMatchObject({ status: 'pending', progress: 0, attempts: 0, error: null });
      expect(dataOf(await send('item', 'GET', { id: String(made.id), token }))).toEqual(made);
      const rows = await send('collection', 'GET', { token, query: { status: 'pending' } });
      expect(slot(rows, 'items')).toEqual([made]);
      const others = await send('collection', 'GET', { token, query: { status: 'failed' } });
      expect(slot(others, 'items')).toEqual([]);
    });

    it('does not exist for others', async () => {
      const made = await start(await user());
      const { token } = await user();
      for (const id of [String(made.id), String(unknownId()), 'no-id']) {
        expectError(await send('item', 'GET', { id, token }), 'not_found');
        expectError(await send('cancel', 'POST', { id, token }), 'not_found');
        expectError(await send('events', 'GET', { id, token }), 'not_found');
      }
    });

    it('is cancelled while it has not ended', async () => {
      const caller = await user();
      const { id } = await start(caller);
      const options = { id: String(id), token: caller.token };
      const cancelled = dataOf(await send('cancel', 'POST', options));
      expect(cancelled).toMatchObject({ status: 'failed', error: 'Cancelled' });
      expectError(await send('cancel', 'POST', options), 'conflict');
    });

    it('runs, and tells whoever watches', async () => {
      const caller = await user();
      const { id } = await start(caller);
      const { token } = caller;
      const work: typeof job.work = async (payload, { progress, attempt }) => {
        contract.payload.parse(await body(caller.id));
        expect(payload).toBeDefined();
        await progress(40);
        return { attempt };
      };
      await runAll([{ ...job, work } as Job]);
      const { events, response } = await watch(routes.events['GET'], { id: String(id), token });
      expect(response?.headers.get('content-type')).toBe('text/event-stream');
      expect(events).toHaveLength(1);
      const [last] = events;
      expect(last?.job).toMatchObject({
        status: 'completed',
        progress: 100,
        result: { attempt: 1 },
      });
      const seen = { id: String(id), token, lastEventId: last?.id ?? '' };
      expect((await watch(routes.events['GET'], seen)).events).toEqual([]);
      expectError(await send('cancel', 'POST', { id: String(id), token }), 'conflict');
    });

    if (contract.isUnique) {
      it('waits or runs once only', async () => {
        const caller = await user();
        const { token } = caller;
        const options = { token, body: await body(caller.id) };
        const first = dataOf(await send('collection', 'POST', options), 202);
        expectError(await send('collection', 'POST', options), 'conflict');
        await send('cancel', 'POST', { id: String(first['id']), token });
        expect((await send('collection', 'POST', options)).status).toBe(202);
      });
    }

    it('is queued by the code with its transaction, or not at all', async () => {
      const caller = await user();
      const payload = contract.payload.parse(await body(caller.id));
      const failing = transaction(async (tx) => {
        await contract.enqueue(tx, caller.id, payload);
        throw new Error('Something else went wrong');
      });
      await expect(failing).rejects.toThrow('Something else');
      const rows = await send('collection', 'GET', { token: caller.token });
      expect(rows.status).not.toBe(ERRORS.not_found.status);
      expect(slot(rows, 'items')).toEqual([]);
    });
  });
}

/** So many requests in a window, counted for each user (or address) and route. In memory, or in Redis by REDIS_URL. */
import type { Redis } from 'ioredis';

import { ApiError } from './errors';
import { log } from './log';
import type { Context, Handler } from './with-auth';

type Window = `${number}${'s' | 'm' | 'h' | 'd'}`;
type Count = { used: number; resetMs: number };

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

export function rateLimit({ window, max }: { window: Window; max: number }) {
  const windowMs = parseFloat(window) * UNITS[window.slice(-1) as keyof typeof UNITS];
  return <Params>(handler: Handler<Params>): Handler<Params> =>
    async (request, context) => {
      const key = keyOf(request, context);
      const { used, resetMs } = await count(key, windowMs);
      if (used > max) {
        throw new ApiError('rate_limited', `At most ${max} requests in ${window}`, {
          'Retry-After': String(Math.max(1, Math.ceil(resetMs / 1000))),
        });
      }
      return handler(request, context);
    };
}

function keyOf(request: Request, { user }: Context<unknown>): string {
  const route = new URL(request.url).pathname.replace(UUID, ':id');
  const address = request.headers.get('x-forwarded-for')?.split(',')[0]?.trim() ?? 'unknown';
  return `${request.method} ${route} ${user.anonymous ? address : user.id}`;
}

async function count(key: string, windowMs: number): Promise<Count> {
  const url = process.env['REDIS_URL'];
  if (!url) return countInMemory(key, windowMs);
  try {
    return await countInRedis(url, key, windowMs);
  } catch (error) {
    log.warn('rate limit counts in memory: Redis is out of reach', { error: String(error) });
    return countInMemory(key, windowMs);
  }
}

/** The counts of this process; tests fill and clear them. */
export const memory = new Map<string, { used: number; endsAt: number }>();
const MANY = 10_000;

function countInMemory(key: string, windowMs: number): Count {
  const now = Date.now();
  if (memory.size > MANY) {
    for (const [name, { endsAt }] of memory) if (endsAt <= now) memory.delete(name);
  }
  let current = memory.get(key);
  if (!current || current.endsAt <= now) {
    current = { used: 0, endsAt: now + windowMs };
    memory.set(key, current);
  }
  current.used += 1;
  return { used: current.used, resetMs: current.endsAt - now };
}

const INCREMENT = `
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
`;

let client: Promise<Redis> | undefined;

async function countInRedis(url: string, key: string, windowMs: number): Promise<Count> {
  client ??= connect(url);
  const redis = await client.catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  const [used, resetMs] = (await redis.eval(INCREMENT, 1, `rate:${key}`, windowMs)) as [
    number,
    number,
  ];
  return { used, resetMs };
}

async function connect(url: string): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const redis = new Client(url, {
    lazyConnect: true,
    connectTimeout: 1000,
    commandTimeout: 1000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  });
  // Without a listener a lost connection would end the process; each command reports its own failure.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
  } catch (error) {
    // Or it would go on trying for ever, besides the client of the next request.
    redis.disconnect();
    throw error;
  }
  return redis;
}

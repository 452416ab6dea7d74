/** Counts in Redis, so that all instances of the service count together. */
import type { Redis } from 'ioredis';

import type { Allowance } from './counter';
import { SCRIPT } from './counter-script';

let client: Promise<Redis> | undefined;

/** How long the caller has to wait, in milliseconds; 0 where the request may pass. */
export async function takeInRedis(
  url: string,
  key: string,
  { max, windowMs }: Allowance,
): Promise<number> {
  client ??= connect(url);
  const redis = await client.catch((error: unknown) => {
    client = undefined;
    throw error;
  });
  return Number(await redis.eval(SCRIPT, 1, `rate:${key}`, max, windowMs));
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

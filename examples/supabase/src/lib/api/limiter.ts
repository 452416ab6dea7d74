/** How often a caller may ask, counted for each user (or address) and route. In memory, or in Redis by REDIS_URL. */
import { isOver, take, type Allowance, type Count } from './counter';
import { apiError, APIError, ERRORS } from './errors';
import { log } from './log';
import { takeInRedis } from './redis-counter';
import type { User } from './user';

export type Limit = { window: `${number}${'s' | 'm' | 'h' | 'd'}`; max: number };

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** 429 where the caller has asked too often. */
export async function limitRequests(request: Request, user: User, allowed: Limit): Promise<void> {
  const caller = user.anonymous ? `address ${addressOf(request)}` : `user ${user.id}`;
  await limit(`${request.method} ${routeOf(request)} ${caller}`, allowed);
}

/** Refusals of one address. */
const REFUSALS: Limit = { window: '1m', max: 300 };

/** The error, or 429 where an address was refused too often: nobody guesses tokens for long. */
export async function countRefusal(error: unknown, request: Request): Promise<unknown> {
  const kinds = [ERRORS.unauthorized, ERRORS.forbidden, ERRORS.method_not_allowed];
  if (!(error instanceof APIError) || !kinds.some(({ code }) => code === error.code)) return error;
  const allowed = limit(`refused address ${addressOf(request)}`, REFUSALS);
  return allowed.then(() => error).catch((tooMany: unknown) => tooMany);
}

/** 429 where this has happened too often; Retry-After says when to come back. */
export async function limit(what: string, { window, max }: Limit): Promise<void> {
  const windowMs = parseFloat(window) * UNITS[window.slice(-1) as keyof typeof UNITS];
  const waitMs = await wait(what, { max, windowMs });
  if (waitMs === 0) return;
  throw apiError('rate_limited', `At most ${max} requests in ${window}`, {
    headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}

/** All rows of a resource are one route: what stands behind its path is an id. */
function routeOf(request: Request): string {
  const { pathname } = new URL(request.url);
  const parts = pathname.split('/');
  const depth = parts[2] === 'jobs' ? 4 : 3;
  return parts.length > depth ? `${parts.slice(0, depth).join('/')}/:id` : pathname;
}

/** The client's address: that of the socket, which comes last, or the one that the first of TRUSTED_PROXIES saw. */
export function addressOf(request: Request): string {
  const addresses = request.headers.get('x-forwarded-for')?.split(',') ?? [];
  const { TRUSTED_PROXIES: proxies } = process.env;
  return addresses[addresses.length - (Number(proxies) || 0) - 1]?.trim() ?? 'unknown';
}

async function wait(key: string, allowance: Allowance): Promise<number> {
  const { REDIS_URL: url } = process.env;
  if (!url) return waitInMemory(key, allowance);
  try {
    return await takeInRedis(url, key, allowance);
  } catch (error) {
    log.warn('rate limit counts in memory: Redis is out of reach', { error: String(error) });
    return waitInMemory(key, allowance);
  }
}

/** The counts of this process; tests fill and clear them. */
export const memory = new Map<string, Count>();
const MANY = 10_000;
let sweepAt = MANY;

function waitInMemory(key: string, allowance: Allowance): number {
  const now = Date.now();
  if (memory.size > sweepAt) {
    memory.forEach((count, name) => {
      if (isOver(count, now)) memory.delete(name);
    });
    sweepAt = Math.max(MANY, 2 * memory.size);
  }
  const { count, waitMs } = take(memory.get(key), allowance, now);
  memory.set(key, count);
  return waitMs;
}

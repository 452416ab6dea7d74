/** Tries again what failed for a moment: a few times, after a pause that doubles and varies. */
import { setTimeout as pause } from 'node:timers/promises';

import { APIError } from '../lib/api/errors';

const ATTEMPTS = 6;
const FIRST_PAUSE_MS = 25;

/** A connection that is gone, a server that answers with 5xx. What was asked of it may have been done. */
const LOST = /^(?:HTTP_5|HRANA_|CLIENT_CLOSED|ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|EHOST|UND_ERR)/;

/** A database that another writer holds. It has done nothing. */
const BUSY = /^(?:SQLITE_BUSY|SQLITE_LOCKED)/;

/** The codes of an error and of what is beneath it. */
export function codesOf(error: unknown): string[] {
  // What the service itself says has a code of its own making.
  if (error instanceof APIError) return [];
  const codes: string[] = [];
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    if ('status' in current) codes.push(`HTTP_${String(current.status)}`);
    // What `AbortSignal.timeout` throws.
    if (current.name === 'TimeoutError') codes.push('ETIMEDOUT');
  }
  return codes;
}

/** Nothing was done, so any statement may be tried again. */
export function wasRefused(error: unknown): boolean {
  return codesOf(error).some((code) => BUSY.test(code));
}

/** Nobody knows what was done, so only what does no harm twice may be tried again. */
export function wasLost(error: unknown): boolean {
  return codesOf(error).some((code) => LOST.test(code));
}

export async function retry<T>(
  work: () => Promise<T>,
  mayTryAgain: (error: unknown) => boolean,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !mayTryAgain(error)) throw error;
    }
    // Between half and all of the pause, so that those who collided do not meet again.
    await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
  }
}

/** What PostgreSQL and its drivers say, as answers. Codes: PostgreSQL manual, appendix A. */
import { ApiError } from '../lib/api/errors';

type DriverError = { code: string; detail?: string };

const OUT_OF_RANGE = /^(?:22|54)/;
const UNREACHABLE = /^(?:08|53|57P|40)/;
const NETWORK = /^(?:ECONN|ENOTFOUND|EAI_|EPIPE|ETIMEDOUT|ENOENT|CONNECT_|CONNECTION_)/;

export function translateDatabaseError(error: unknown): ApiError | undefined {
  const found = driverError(error);
  if (!found) return undefined;
  const { code, detail = '' } = found;
  if (code === '23505') return new ApiError('conflict', `${property(detail)}: already taken`);
  // PostgreSQL 18 has a code of its own for what RESTRICT refuses.
  if (code === '23503' || code === '23001') return new ApiError('conflict', foreignKey(detail));
  if (OUT_OF_RANGE.test(code)) return new ApiError('validation', 'A value is out of range');
  if (UNREACHABLE.test(code) || NETWORK.test(code)) {
    return new ApiError('unavailable', 'The database is out of reach', { 'Retry-After': '5' });
  }
  return undefined;
}

function driverError(error: unknown): DriverError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string')
      return current as DriverError & Error;
  }
  return undefined;
}

function foreignKey(detail: string): string {
  const child = /referenced from table "(\w+)"/.exec(detail)?.[1];
  return child === undefined ? `${property(detail)}: does not exist` : `Still used by ${child}`;
}

/** The detail reads `Key (due_date)=(…) …`; the value stays in the log. */
function property(detail: string): string {
  const column = /^Key \("?(\w+)"?\)/.exec(detail)?.[1] ?? 'value';
  return column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

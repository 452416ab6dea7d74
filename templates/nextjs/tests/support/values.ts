/** Valid values for factories. Each call gives another value, so that unique fields stay unique. */
import { randomInt, randomUUID } from 'node:crypto';

const series = new Map<string, number>();

/** Counts up; a `name` has a count of its own, so that few values serve many rows. */
function next(name = ''): number {
  const value = (series.get(name) ?? randomInt(1_000_000_000)) + 1;
  series.set(name, value);
  return value;
}

/** Small letters, the last ones counted up. */
export function text(length: number, name?: string): string {
  let rest = next(name);
  let result = '';
  while (result.length < length) {
    result = String.fromCharCode(97 + (rest % 26)) + result;
    rest = Math.floor(rest / 26);
  }
  return result;
}

export function integer(min: number, max: number, name?: string): number {
  return min + (next(name) % (max - min + 1));
}

/** Digits, because JSON numbers lose some above 2^53. */
export function bigint(min: string, max: string, name?: string): string {
  const low = BigInt(min);
  const size = BigInt(max) - low + BigInt(1);
  return String(low + (BigInt(next(name)) % size));
}

export function number(min: number, max: number, name?: string): number {
  return min + ((max - min) * (next(name) % 1000)) / 1000;
}

export function date(): string {
  return new Date((next() % 20_000) * 86_400_000).toISOString().slice(0, 10);
}

export function datetime(): string {
  return new Date(next() * 1000).toISOString();
}

export function time(): string {
  return new Date((next() % 86_400) * 1000).toISOString().slice(11, 19);
}

export function uuid(): string {
  return randomUUID();
}

/** The id of a user; one that all providers of identities could give. */
export function user(): string {
  return randomUUID();
}

export function email(): string {
  return `${text(12)}@example.com`;
}

export function url(): string {
  return `https://example.com/${text(12)}`;
}

export function oneOf<T>(values: readonly [T, ...T[]], name?: string): T {
  return values[next(name) % values.length] ?? values[0];
}

export async function idOf<T>(row: Promise<{ id: T }>): Promise<T> {
  return (await row).id;
}

/** The kinds of values that resources are made of. Ranges are inclusive. */
import { z } from 'zod';

type Range<T> = { min?: T; max?: T };

// PostgreSQL stores no NUL in text.
const NUL = String.fromCharCode(0);
const INT64_MIN = BigInt('-9223372036854775808');
const INT64_MAX = BigInt('9223372036854775807');

export function text({ min = 0, max }: { min?: number; max: number }) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes(NUL), 'Must not contain NUL');
}

export function int({ min = -2147483648, max = 2147483647 }: Range<number> = {}) {
  return z.int32().min(min).max(max);
}

/** JSON numbers lose digits above 2^53, so the API answers with a string, as protobuf's JSON mapping does. */
export function bigint({ min, max }: Range<string> = {}) {
  const low = min === undefined ? INT64_MIN : BigInt(min);
  const high = max === undefined ? INT64_MAX : BigInt(max);
  return z
    .union(
      [z.int(), z.string().regex(/^-?\d{1,19}$/)],
      'Expected a whole number or a string of digits',
    )
    .transform((value) => BigInt(value))
    .refine((value) => value >= low && value <= high, `Must be in ${low}..${high}`);
}

export function number({ min, max }: Range<number> = {}) {
  let schema = z.number();
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max);
  return schema;
}

export function date() {
  return z.iso.date();
}

/** RFC 3339 with an offset, in years that have four digits also in UTC. */
export function datetime() {
  // zod 4.0 would go on to `refine` with the text.
  return z.iso
    .datetime({ offset: true, abort: true })
    .transform((value) => new Date(value))
    .refine((value) => /^[0-9]{4}-/.test(value.toISOString()), 'Out of range');
}

export function time() {
  return z.iso.time();
}

export function uuid() {
  return z.uuid().toLowerCase();
}

export function email() {
  return z.email().max(254);
}

/** Only schemes that are safe in a link. */
export function url() {
  return z.url({ protocol: /^https?$/ }).max(2048);
}

const MAX_DEPTH = 100;

/** An object or a list, as JSON.parse gives them; text in it must not contain NUL, which jsonb cannot store. */
export function json() {
  return z
    .union(
      [z.record(z.string(), z.unknown()), z.array(z.unknown())],
      'Expected an object or a list',
    )
    .refine(
      (value) => isStorable(value, 0),
      `Must not contain NUL, nor more than ${MAX_DEPTH} levels`,
    );
}

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes(NUL);
  if (typeof value !== 'object' || value === null) return true;
  if (depth === MAX_DEPTH) return false;
  return Object.entries(value).every(
    ([key, inner]) => !key.includes(NUL) && isStorable(inner, depth + 1),
  );
}

/** A change has to change something. */
export function changesSomething(value: object): boolean {
  return Object.keys(value).length > 0;
}

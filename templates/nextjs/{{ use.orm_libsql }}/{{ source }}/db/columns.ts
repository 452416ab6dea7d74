/** How columns hold the values of rows: SQLite has text, integer, real, and no other kinds. */
import type { InValue, Value } from '@libsql/client';

export type Column<T> = { name: string; read(value: Value): T; write(value: T): InValue };

/** The column of each property. */
export type Columns<Row> = { [Property in keyof Row]: Column<Row[Property]> };

export function text<T extends string = string>(name: string): Column<T> {
  return { name, read: (value) => value as T, write: (value) => value };
}

export function integer(name: string): Column<number> {
  return { name, read: Number, write: BigInt };
}

/** Up to 2^63. */
export function bigint(name: string): Column<bigint> {
  return { name, read: (value) => value as bigint, write: (value) => value };
}

export function real(name: string): Column<number> {
  return { name, read: Number, write: (value) => value };
}

/** 0 or 1. */
export function bool(name: string): Column<boolean> {
  return { name, read: (value) => Number(value) === 1, write: (value) => (value ? 1 : 0) };
}

/** RFC 3339 with milliseconds, in UTC: in the order of its letters it is in the order of time. */
export function datetime(name: string): Column<Date> {
  return {
    name,
    read: (value) => new Date(value as string),
    write: (value) => value.toISOString(),
  };
}

export function json(name: string): Column<unknown> {
  return { name, read: (value) => JSON.parse(value as string) as unknown, write: JSON.stringify };
}

/** The same kinds where there may be no value. */
export const optional = {
  text: <T extends string = string>(name: string) => nullable(text<T>(name)),
  integer: (name: string) => nullable(integer(name)),
  bigint: (name: string) => nullable(bigint(name)),
  real: (name: string) => nullable(real(name)),
  bool: (name: string) => nullable(bool(name)),
  datetime: (name: string) => nullable(datetime(name)),
  json: (name: string) => nullable(json(name)),
};

function nullable<T>({ name, read, write }: Column<T>): Column<T | null> {
  return {
    name,
    read: (value) => (value === null ? null : read(value)),
    write: (value) => (value === null ? null : write(value)),
  };
}

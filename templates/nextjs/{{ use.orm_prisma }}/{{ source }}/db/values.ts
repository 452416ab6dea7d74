/** Values as the service holds them, and as Prisma does: it has a Date for a day and for a time of day, too. */
import { Prisma } from '../generated/prisma/client';

type None = null | undefined;

/** `To` in the place of `From`; what may be missing still may. */
type Changed<Value, From, To> = Value extends From ? To : Value;

/** Midnight UTC of a day such as 2026-01-31. */
export function toDay<Day extends string | None>(day: Day): Changed<Day, string, Date> {
  const date = typeof day === 'string' ? new Date(`${day}T00:00:00Z`) : day;
  return date as Changed<Day, string, Date>;
}

export function fromDay<Stored extends Date | null>(date: Stored): Changed<Stored, Date, string> {
  const day = date?.toISOString().slice(0, 10) ?? null;
  return day as Changed<Stored, Date, string>;
}

/** A time of day such as 10:00:00, on the first day of 1970. */
export function toTime<Time extends string | None>(time: Time): Changed<Time, string, Date> {
  const date = typeof time === 'string' ? new Date(`1970-01-01T${time}Z`) : time;
  return date as Changed<Time, string, Date>;
}

export function fromTime<Stored extends Date | null>(date: Stored): Changed<Stored, Date, string> {
  const time = date?.toISOString().slice(11, -1).replace('.000', '') ?? null;
  return time as Changed<Stored, Date, string>;
}

export function fromDecimal<Stored extends Prisma.Decimal | null>(
  stored: Stored,
): Changed<Stored, Prisma.Decimal, number> {
  const value = stored?.toNumber() ?? null;
  return value as Changed<Stored, Prisma.Decimal, number>;
}

/** An object or a list, which came from JSON. */
export function toJsonb<Value extends object | undefined>(
  value: Value,
): Changed<Value, object, Prisma.InputJsonValue> {
  return value as Changed<Value, object, Prisma.InputJsonValue>;
}

/** The same, or no value in the column: JSON has a null of its own. */
export function toNullableJsonb<Value extends object | None>(value: Value) {
  const stored = value === null ? Prisma.DbNull : value;
  return stored as Changed<
    Changed<Value, object, Prisma.InputJsonValue>,
    null,
    typeof Prisma.DbNull
  >;
}

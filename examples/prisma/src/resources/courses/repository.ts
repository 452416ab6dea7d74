import { database } from '@/db/client';
import { given, ordering } from '@/db/query';
import { fromDay, toDay } from '@/db/values';
import type { Course as Stored, Prisma } from '@/generated/prisma/client';
import { found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import type { Row } from './model';
import type { Create, Query, Replace, Update } from './schema';

type Column = Prisma.CourseScalarFieldEnum;

/** Rows of other people do not exist for the caller. */
function owned(ownerId: string) {
  return { ownerId };
}

/** What Prisma read, as the service holds it. */
function toRow(stored: Stored): Row {
  return {
    ...stored,
    startsOn: fromDay(stored.startsOn),
  } as Row;
}

export async function list(ownerId: string, { page, limit, sort, ...filters }: Query) {
  const db = await database();
  const where = {
    ...owned(ownerId),
    ...given({
      ...filters,
      startsOn: toDay(filters.startsOn),
    }),
  };
  const stored = await db.course.findMany({
    where,
    orderBy: ordering<Column>(sort),
    skip: (page - 1) * limit,
    take: limit,
  });
  const items: Row[] = stored.map(toRow);
  return { items, total: await db.course.count({ where }) };
}

export async function create(ownerId: string, input: Create): Promise<Row> {
  const db = await database();
  const stored = await db.course.create({
    data: {
      ...input,
      startsOn: toDay(input.startsOn),
      ownerId,
    },
  });
  return toRow(stored);
}

export async function get(ownerId: string, id: Id): Promise<Row> {
  const db = await database();
  const stored = await db.course.findFirst({
    where: { ...owned(ownerId), id },
  });
  return toRow(found(stored ?? undefined));
}

export async function change(ownerId: string, id: Id, input: Replace | Update): Promise<Row> {
  const db = await database();
  const [stored] = await db.course.updateManyAndReturn({
    where: { ...owned(ownerId), id },
    data: given({
      ...input,
      startsOn: toDay(input.startsOn),
    }),
  });
  return toRow(found(stored));
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  const db = await database();
  const { count } = await db.course.deleteMany({
    where: { ...owned(ownerId), id },
  });
  found(count > 0 ? count : undefined);
}

import { database } from '@/db/client';
import { after, given, ordering, requireParent } from '@/db/query';
import type { Prisma } from '@/generated/prisma/client';
import { found } from '@/lib/api/errors';
import type { Id } from '@/lib/api/id';
import { encodeCursor } from '@/lib/api/query';
import type { Row } from './model';
import type { Create, Query, Replace, Update } from './schema';

type Column = Prisma.LessonScalarFieldEnum;

/** Rows of other people do not exist for the caller. */
function owned(ownerId: string) {
  return { ownerId };
}

export async function list(ownerId: string, { cursor, limit, ...filters }: Query) {
  const db = await database();
  const stored = await db.lesson.findMany({
    where: {
      ...owned(ownerId),
      ...after(cursor),
      ...given(filters),
    },
    orderBy: ordering<Column>(),
    // One more than asked for tells whether there is a next page.
    take: limit + 1,
  });
  const items: Row[] = stored.slice(0, limit);
  const last = stored.length > limit ? items[limit - 1] : undefined;
  return {
    items,
    next: last ? encodeCursor({ created: last.createdAt, id: last.id }) : null,
  };
}

export async function create(ownerId: string, input: Create): Promise<Row> {
  const db = await database();
  return db.$transaction(async (tx) => {
    await requireParent(tx, {
      table: 'courses',
      id: input.courseId,
      ownerId,
      property: 'courseId',
    });
    const stored = await tx.lesson.create({
      data: {
        ...input,
        ownerId,
      },
    });
    return stored;
  });
}

export async function get(ownerId: string, id: Id): Promise<Row> {
  const db = await database();
  const stored = await db.lesson.findFirst({
    where: { ...owned(ownerId), id },
  });
  return found(stored ?? undefined);
}

export async function change(ownerId: string, id: Id, input: Replace | Update): Promise<Row> {
  const db = await database();
  return db.$transaction(async (tx) => {
    const [stored] = await tx.lesson.updateManyAndReturn({
      where: { ...owned(ownerId), id },
      data: given(input),
    });
    const row = found(stored);
    await requireParent(tx, {
      table: 'courses',
      id: input.courseId,
      ownerId,
      property: 'courseId',
    });
    return row;
  });
}

export async function remove(ownerId: string, id: Id): Promise<void> {
  const db = await database();
  const { count } = await db.lesson.deleteMany({
    where: { ...owned(ownerId), id },
  });
  found(count > 0 ? count : undefined);
}

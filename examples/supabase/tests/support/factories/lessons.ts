import type { Row } from '@/resources/lessons/model';
import * as repository from '@/resources/lessons/repository';
import * as schema from '@/resources/lessons/schema';
import { removeRows } from '../rows';
import { idOf, integer, text } from '../values';
import * as coursesFactory from './courses';

/** Where the rows are. */
export const table = 'lessons';

/** A valid body of POST. */
export async function body(ownerId: string) {
  return {
    courseId: await idOf(coursesFactory.insert(ownerId)),
    title: text(12),
    position: integer(1, 1000001),
    body: text(12),
  };
}

/** A row, stored as the service does. */
export async function insert(ownerId: string, changes: object = {}): Promise<Row> {
  const input = schema.create.parse({ ...(await body(ownerId)), ...changes });
  return repository.create(ownerId, input);
}

/** Takes away all rows of these owners, and those of the parents. */
export async function clear(ownerIds: string[]): Promise<void> {
  await removeRows(table, ownerIds);
  await coursesFactory.clear(ownerIds);
}

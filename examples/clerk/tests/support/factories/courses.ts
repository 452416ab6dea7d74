import type { Row } from '@/resources/courses/model';
import * as repository from '@/resources/courses/repository';
import * as schema from '@/resources/courses/schema';
import { removeRows } from '../rows';
import { date, text } from '../values';

/** Where the rows are. */
export const table = 'courses';

/** A valid body of POST. */
export async function body() {
  return {
    title: text(12),
    code: text(12, 'courses.code'),
    status: 'draft',
    startsOn: date(),
  };
}

/** A row, stored as the service does. */
export async function insert(ownerId: string, changes: object = {}): Promise<Row> {
  const input = schema.create.parse({ ...(await body()), ...changes });
  return repository.create(ownerId, input);
}

/** Takes away all rows of these owners, and those of the parents. */
export async function clear(ownerIds: string[]): Promise<void> {
  await removeRows(table, ownerIds);
}

import { z } from 'zod';

import { ApiError } from './errors';

/** The id of the path; what cannot be an id belongs to no row. */
export function itemId({ id }: { id: string }): string {
  if (!z.uuid().safeParse(id).success) throw new ApiError('not_found', 'Not found');
  return id.toLowerCase();
}

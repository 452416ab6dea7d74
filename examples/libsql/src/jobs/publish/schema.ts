import { z } from 'zod';

import { id } from '@/lib/api/id';
import type { Row } from '@/lib/jobs/row';
import * as jobs from '@/lib/jobs/schema';

export const audienceValues = ['students', 'everyone'] as const;

const fields = {
  courseId: id(),
  audience: z.enum(audienceValues),
};

/** The body of POST, which the work gets. */
export const payload = z.strictObject({
  ...fields,
  audience: fields.audience.default('everyone'),
});

export type Payload = z.output<typeof payload>;

export const { query } = jobs;

export const representation = jobs.representation(payload);

export function toJson(row: Row) {
  return jobs.toJson(row, 'publish');
}

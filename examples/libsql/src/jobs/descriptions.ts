import type { JobDescription } from '../lib/jobs/openapi';
import * as publish from './publish/schema';

/** How the OpenAPI document describes the jobs. */
export const descriptions: JobDescription[] = [
  {
    name: 'publish',
    path: '/api/jobs/publish',
    roles: [],
    schemas: publish,
    example: {
      courseId: '7d9f1c52-3a44-4b0e-8f57-1c2b6d0e9a31',
      audience: 'everyone',
    },
  },
];

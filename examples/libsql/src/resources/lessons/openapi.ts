import type { ResourceDescription } from '@/lib/api/openapi';
import * as schemas from './schema';

/** How the OpenAPI document describes this resource. */
export const description: ResourceDescription = {
  name: 'lessons',
  singular: 'lesson',
  path: '/api/lessons',
  operations: ['list', 'get', 'create', 'update', 'replace', 'delete'],
  paginate: 'cursor',
  public: false,
  roles: {
    list: [],
    get: [],
    create: [],
    update: [],
    replace: [],
    delete: [],
  },
  schemas,
  example: {
    courseId: '7d9f1c52-3a44-4b0e-8f57-1c2b6d0e9a31',
    title: 'Title',
    position: 1,
    body: 'Body',
  },
};

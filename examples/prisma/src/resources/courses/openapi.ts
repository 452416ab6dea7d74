import type { ResourceDescription } from '@/lib/api/openapi';
import * as schemas from './schema';

/** How the OpenAPI document describes this resource. */
export const description: ResourceDescription = {
  name: 'courses',
  singular: 'course',
  path: '/api/courses',
  operations: ['list', 'get', 'create', 'update', 'replace', 'delete'],
  paginate: 'page',
  public: false,
  roles: {
    list: [],
    get: [],
    create: [],
    update: [],
    replace: [],
    delete: ['editor'],
  },
  schemas,
  example: {
    title: 'Title',
    code: 'Code',
    status: 'draft',
    startsOn: '2026-03-14',
  },
};

import type { ResourceDescription } from '@/lib/api/openapi';
import * as schemas from './schema';

/** How the OpenAPI document describes this resource. */
export const description: ResourceDescription = {
  name: 'courses',
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
};

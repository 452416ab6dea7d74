import type { ResourceDescription } from '@/lib/api/openapi';
import * as schemas from './schema';

/** How the OpenAPI document describes this resource. */
export const description: ResourceDescription = {
  name: 'lessons',
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
};

/** Which rules a request comes under, by the description of the API. */
import type { Policy } from '../api/access';
import type { Operation, ResourceDescription } from '../api/openapi';

const COLLECTION: Record<string, Operation> = { GET: 'list', HEAD: 'list', POST: 'create' };
const ITEM: Record<string, Operation> = {
  GET: 'get',
  HEAD: 'get',
  PATCH: 'update',
  PUT: 'replace',
  DELETE: 'delete',
};

/** The rules of the operation; undefined where anybody may ask, or where no resource is. */
export function policyOf(
  resources: Pick<ResourceDescription, 'path' | 'operations' | 'public' | 'roles'>[],
  method: string,
  path: string,
): Policy | undefined {
  const resource = resources.find((known) => `${path}/`.startsWith(`${known.path}/`));
  const operation = resource && (path === resource.path ? COLLECTION : ITEM)[method];
  if (!operation || !resource.operations.includes(operation)) return undefined;
  if (resource.public && (operation === 'list' || operation === 'get')) return undefined;
  return { roles: resource.roles[operation] ?? [] };
}

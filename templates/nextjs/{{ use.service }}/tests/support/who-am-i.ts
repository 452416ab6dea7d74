/** Asks the service who the caller is. */
import { call, type Answer, type Options } from './api';
import { handler } from './handler';

type Policy = Parameters<typeof handler>[0];

export function whoAmI(options: Options = {}, policy: Policy = {}, method = 'GET') {
  const route = handler(policy, async (_, user) => Response.json(user));
  return call(route, method, '/example', options);
}

/** The caller's roles, sorted. */
export function rolesOf({ body }: Answer): string[] {
  return (body as { roles: string[] }).roles.toSorted();
}

/** Who calls, and whether they may. */
import { serviceSession } from './api-keys';
import { refuseForgery } from './csrf';
import { apiError } from './errors';
import { authenticate } from './session';
import { unauthorized } from './unauthorized';
import type { User } from './user';

export type Policy = {
  /** Anybody may call, with or without a token. */
  public?: boolean;
  /** The caller needs one of these roles. */
  roles?: string[];
};

/** Whose jobs are those that a schedule queues. */
export const NOBODY: User = {
  id: '00000000-0000-0000-0000-000000000000',
  roles: [],
  anonymous: true,
};

/** The caller, if the policy lets them in; nobody in particular where anybody may call. */
export async function authorize(
  request: Request,
  { public: open = false, roles = [] }: Policy = {},
): Promise<User> {
  const session = serviceSession(request) ?? (await authenticate(request));
  if (!session && request.headers.has('x-api-key')) throw unauthorized('The API key is not valid');
  if (!session && !open) throw unauthorized('A token is required');
  if (session?.byCookie) await refuseForgery(request, session.user);
  const user = session?.user ?? NOBODY;
  if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
    throw apiError('forbidden', `Needs the role ${roles.join(' or ')}`);
  }
  return user;
}

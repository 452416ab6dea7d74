/** Who calls, and whether they may. The outermost wrapper of every handler. */
import { isAllowedOrigin } from './cors';
import { ApiError } from './errors';
import { respond } from './respond';
import { authenticate, type User } from './session';
import { unauthorized } from './unauthorized';

export type Context<Params = object> = { params: Params; user: User; requestId: string };
export type ItemContext = Context<{ id: string }>;
export type Handler<Params> = (request: Request, context: Context<Params>) => Promise<Response>;

type Policy = {
  /** Anybody may call, with or without a token. */
  public?: boolean;
  /** The caller needs one of these roles. */
  roles?: string[];
};

const NOBODY: User = { id: '00000000-0000-0000-0000-000000000000', roles: [], anonymous: true };

export function withAuth({ public: open = false, roles = [] }: Policy = {}) {
  return <Params>(handler: Handler<Params>) =>
    (request: Request, context: { params: Promise<Params> }): Promise<Response> =>
      respond(request, async (trace) => {
        const session = await authenticate(request);
        if (!session && !open) throw unauthorized('A token is required');
        if (session?.byCookie) refuseForgery(request);
        const user = session?.user ?? NOBODY;
        if (!user.anonymous) trace.userId = user.id;
        if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
          throw new ApiError('forbidden', `Needs the role ${roles.join(' or ')}`);
        }
        return handler(request, { params: await context.params, user, requestId: trace.requestId });
      });
}

/** Cookies travel by themselves, so a write must not come from a page of somebody else. */
function refuseForgery(request: Request): void {
  const origin = request.headers.get('origin');
  if (['GET', 'HEAD'].includes(request.method) || origin === null) return;
  if (!isAllowedOrigin(request, origin)) {
    throw new ApiError('forbidden', 'This origin may not write with a cookie');
  }
}

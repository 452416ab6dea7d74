/** The outermost wrapper of every handler: the frame of answers, who calls, and whether they may. */
import { authorize, type Policy } from './access';
import { respond } from './respond';
import type { User } from './user';

export type Context<Params = object> = { params: Params; user: User; requestId: string };
export type ItemContext = Context<{ id: string }>;
export type Handler<Params> = (request: Request, context: Context<Params>) => Promise<Response>;

export function withAuth(policy: Policy = {}) {
  return <Params>(handler: Handler<Params>) =>
    (request: Request, context: { params: Promise<Params> }): Promise<Response> =>
      respond(request, async (trace) => {
        const user = await authorize(request, policy);
        trace.user = user;
        const params = await context.params;
        return handler(request, { params, user, requestId: trace.requestId });
      });
}

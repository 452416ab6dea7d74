import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { success } from '@/lib/api/envelope';
import { itemId } from '@/lib/api/id';
import { idempotent } from '@/lib/api/idempotency';
import { rateLimit } from '@/lib/api/rate-limit';
import { methodNotAllowed, noContent, preflight } from '@/lib/api/respond';
import { withAuth, type ItemContext } from '@/lib/api/with-auth';
import * as repository from '@/resources/courses/repository';
import * as schema from '@/resources/courses/schema';

const ALLOWED = 'GET, PUT, PATCH, DELETE, OPTIONS';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { params, user }: ItemContext) => {
    const row = await repository.get(user.id, itemId(params));
    return cached(request, success(schema.toJson(row)));
  }),
);

export const PUT = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { params, user }: ItemContext) => {
    return idempotent(request, user, async () => {
      const input = await readJson(request, schema.replace);
      const row = await repository.change(user.id, itemId(params), input);
      return Response.json(success(schema.toJson(row)));
    });
  }),
);

export const PATCH = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { params, user }: ItemContext) => {
    const input = await readJson(request, schema.update);
    const row = await repository.change(user.id, itemId(params), input);
    return Response.json(success(schema.toJson(row)));
  }),
);

export const DELETE = withAuth({ roles: ['editor'] })(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (_request: Request, { params, user }: ItemContext) => {
    await repository.remove(user.id, itemId(params));
    return noContent();
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const POST = methodNotAllowed(ALLOWED);

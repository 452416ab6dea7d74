import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { page, success } from '@/lib/api/envelope';
import { idempotent } from '@/lib/api/idempotency';
import { parseQuery } from '@/lib/api/query';
import { rateLimit } from '@/lib/api/rate-limit';
import { created, methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type Context } from '@/lib/api/with-auth';
import * as repository from '@/resources/courses/repository';
import * as schema from '@/resources/courses/schema';

const PATH = '/api/courses';
const ALLOWED = 'GET, POST, OPTIONS';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { user }: Context) => {
    const query = parseQuery(request, schema.query);
    const { items: rows, total } = await repository.list(user.id, query);
    const items = rows.map(schema.toJson);
    const body = page(items, { ...query, total });
    return cached(request, body);
  }),
);

export const POST = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { user }: Context) => {
    return idempotent(request, user, async () => {
      const input = await readJson(request, schema.create);
      const row = await repository.create(user.id, input);
      return created(success(schema.toJson(row)), `${PATH}/${row.id}`);
    });
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

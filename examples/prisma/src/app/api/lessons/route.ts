import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { cursorPage, success } from '@/lib/api/envelope';
import { parseQuery } from '@/lib/api/query';
import { rateLimit } from '@/lib/api/rate-limit';
import { created, methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type Context } from '@/lib/api/with-auth';
import * as repository from '@/resources/lessons/repository';
import * as schema from '@/resources/lessons/schema';

const PATH = '/api/lessons';
const ALLOWED = 'GET, POST, OPTIONS';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { user }: Context) => {
    const query = parseQuery(request, schema.query);
    const { items: rows, next } = await repository.list(user.id, query);
    const items = rows.map(schema.toJson);
    const body = cursorPage(items, { ...query, next });
    return cached(request, body);
  }),
);

export const POST = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { user }: Context) => {
    const input = await readJson(request, schema.create);
    const row = await repository.create(user.id, input);
    return created(success(schema.toJson(row)), `${PATH}/${row.id}`);
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

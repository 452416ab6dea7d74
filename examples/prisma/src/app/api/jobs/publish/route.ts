import * as repository from '@/db/background-jobs';
import { enqueue, job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { page, success } from '@/lib/api/envelope';
import { parseQuery } from '@/lib/api/query';
import { rateLimit } from '@/lib/api/rate-limit';
import { accepted, methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type Context } from '@/lib/api/with-auth';
import { wakeRunner } from '@/lib/jobs/startup';

const ALLOWED = 'GET, POST, OPTIONS';
const PATH = '/api/jobs/publish';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { user }: Context) => {
    const query = { ...parseQuery(request, schema.query), type: job.type };
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
    const payload = await readJson(request, schema.payload);
    const row = await repository.transaction((tx) => enqueue(tx, user.id, payload));
    wakeRunner();
    return accepted(success(schema.toJson(row)), `${PATH}/${row.id}`);
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

import * as repository from '@/db/background-jobs';
import { job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { cached } from '@/lib/api/cache';
import { success } from '@/lib/api/envelope';
import { itemId } from '@/lib/api/id';
import { rateLimit } from '@/lib/api/rate-limit';
import { methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type ItemContext } from '@/lib/api/with-auth';

const ALLOWED = 'GET, OPTIONS';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { params, user }: ItemContext) => {
    const row = await repository.get(user.id, job.type, itemId(params));
    return cached(request, success(schema.toJson(row)));
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const POST = methodNotAllowed(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

import * as repository from '@/db/background-jobs';
import { job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { success } from '@/lib/api/envelope';
import { itemId } from '@/lib/api/id';
import { rateLimit } from '@/lib/api/rate-limit';
import { methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type ItemContext } from '@/lib/api/with-auth';

const ALLOWED = 'POST, OPTIONS';

export const POST = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (_request: Request, { params, user }: ItemContext) => {
    const row = await repository.cancel(user.id, job.type, itemId(params));
    return Response.json(success(schema.toJson(row)));
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const GET = methodNotAllowed(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

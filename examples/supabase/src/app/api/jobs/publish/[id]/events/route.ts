import * as repository from '@/db/background-jobs';
import { job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { itemId } from '@/lib/api/id';
import { rateLimit } from '@/lib/api/rate-limit';
import { methodNotAllowed, preflight } from '@/lib/api/respond';
import { withAuth, type ItemContext } from '@/lib/api/with-auth';
import { eventStream } from '@/lib/jobs/events';

const ALLOWED = 'GET, OPTIONS';

export const GET = withAuth()(
  rateLimit({
    window: '1m',
    max: 60,
  })(async (request: Request, { params, user }: ItemContext) => {
    const id = itemId(params);
    const load = () => repository.get(user.id, job.type, id);
    // 404 before the stream begins.
    await load();
    return eventStream(request, load, schema.toJson);
  }),
);

export const OPTIONS = preflight(ALLOWED);
export const POST = methodNotAllowed(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

import * as repository from '@/db/background-jobs';
import { job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { admit, type ItemContext } from '@/lib/api/handle';
import { itemId } from '@/lib/api/id';
import { begin, finish, handleError, methodNotAllowed, preflight } from '@/lib/api/respond';
import { eventStream } from '@/lib/jobs/events';

const ALLOWED = 'GET, OPTIONS';

export async function GET(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    const id = itemId(params);
    const load = () => repository.get(user.id, job.type, id);
    // 404 before the stream begins.
    await load();
    return finish(trace, eventStream(request, load, schema.toJson));
  } catch (error) {
    return handleError(error, trace);
  }
}

export const OPTIONS = preflight(ALLOWED);
export const POST = methodNotAllowed(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

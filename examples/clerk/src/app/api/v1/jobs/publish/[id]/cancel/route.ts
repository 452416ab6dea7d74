import * as repository from '@/db/background-jobs';
import { job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { success } from '@/lib/api/envelope';
import { admit, type ItemContext } from '@/lib/api/handle';
import { itemId } from '@/lib/api/id';
import { begin, finish, handleError, methodNotAllowed, preflight } from '@/lib/api/respond';

const ALLOWED = 'POST, OPTIONS';

export async function POST(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    const row = await repository.cancel(user.id, job.type, itemId(params));
    return finish(trace, Response.json(success(schema.toJson(row))));
  } catch (error) {
    return handleError(error, trace);
  }
}

export const OPTIONS = preflight(ALLOWED);
export const GET = methodNotAllowed(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

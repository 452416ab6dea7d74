import * as repository from '@/db/background-jobs';
import { enqueue, job } from '@/jobs/publish/job';
import * as schema from '@/jobs/publish/schema';
import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { cursorPage, success } from '@/lib/api/envelope';
import { admit } from '@/lib/api/handle';
import { parseQuery } from '@/lib/api/query';
import {
  accepted,
  begin,
  finish,
  handleError,
  methodNotAllowed,
  preflight,
} from '@/lib/api/respond';
import { wakeRunner } from '@/lib/jobs/startup';

const ALLOWED = 'GET, POST, OPTIONS';
const PATH = '/api/v1/jobs/publish';

export async function GET(request: Request): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const query = { ...parseQuery(request, schema.query), type: job.type };
    const { items: rows, next } = await repository.list(user.id, query);
    const items = rows.map(schema.toJson);
    const body = cursorPage(items, { ...query, next });
    return finish(trace, cached(request, body));
  } catch (error) {
    return handleError(error, trace);
  }
}

export async function POST(request: Request): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const payload = await readJson(request, schema.payload);
    const row = await repository.transaction((tx) => enqueue(tx, user.id, payload));
    wakeRunner();
    return finish(trace, accepted(success(schema.toJson(row)), `${PATH}/${row.id}`));
  } catch (error) {
    return handleError(error, trace);
  }
}

export const OPTIONS = preflight(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

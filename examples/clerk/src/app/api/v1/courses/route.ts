import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { cursorPage, success } from '@/lib/api/envelope';
import { admit } from '@/lib/api/handle';
import { parseQuery } from '@/lib/api/query';
import {
  begin,
  created,
  finish,
  handleError,
  methodNotAllowed,
  preflight,
} from '@/lib/api/respond';
import * as repository from '@/resources/courses/repository';
import * as schema from '@/resources/courses/schema';

const PATH = '/api/v1/courses';
const ALLOWED = 'GET, POST, OPTIONS';

export async function GET(request: Request): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const query = parseQuery(request, schema.query);
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
    const input = await readJson(request, schema.create);
    const row = await repository.create(user.id, input);
    return finish(trace, created(success(schema.toJson(row)), `${PATH}/${row.id}`));
  } catch (error) {
    return handleError(error, trace);
  }
}

export const OPTIONS = preflight(ALLOWED);
export const PUT = methodNotAllowed(ALLOWED);
export const PATCH = methodNotAllowed(ALLOWED);
export const DELETE = methodNotAllowed(ALLOWED);

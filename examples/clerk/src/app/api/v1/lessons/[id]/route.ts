import { readJson } from '@/lib/api/body';
import { cached } from '@/lib/api/cache';
import { success } from '@/lib/api/envelope';
import { admit, type ItemContext } from '@/lib/api/handle';
import { itemId } from '@/lib/api/id';
import {
  begin,
  finish,
  handleError,
  methodNotAllowed,
  noContent,
  preflight,
} from '@/lib/api/respond';
import * as repository from '@/resources/lessons/repository';
import * as schema from '@/resources/lessons/schema';

const ALLOWED = 'GET, PUT, PATCH, DELETE, OPTIONS';

export async function GET(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    const row = await repository.get(user.id, itemId(params));
    return finish(trace, cached(request, success(schema.toJson(row))));
  } catch (error) {
    return handleError(error, trace);
  }
}

export async function PUT(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    const input = await readJson(request, schema.replace);
    const row = await repository.change(user.id, itemId(params), input);
    return finish(trace, Response.json(success(schema.toJson(row))));
  } catch (error) {
    return handleError(error, trace);
  }
}

export async function PATCH(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    const input = await readJson(request, schema.update);
    const row = await repository.change(user.id, itemId(params), input);
    return finish(trace, Response.json(success(schema.toJson(row))));
  } catch (error) {
    return handleError(error, trace);
  }
}

export async function DELETE(request: Request, context: ItemContext): Promise<Response> {
  const trace = begin(request);
  try {
    const user = await admit(trace, {
      window: '1m',
      max: 60,
    });
    const params = await context.params;
    await repository.remove(user.id, itemId(params));
    return finish(trace, noContent());
  } catch (error) {
    return handleError(error, trace);
  }
}

export const OPTIONS = preflight(ALLOWED);
export const POST = methodNotAllowed(ALLOWED);

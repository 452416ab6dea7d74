/** The frame around every handler: request id, error answers, CORS, and one log line. */
import { randomUUID } from 'node:crypto';

import { translateDatabaseError } from '../../db/errors';
import { corsHeaders } from './cors';
import { failure } from './envelope';
import { ApiError, ERRORS } from './errors';
import { describeError, log } from './log';

/** What is known of a request while it is handled; it ends up in the log line. */
export type Trace = { requestId: string; userId?: string };

const REQUEST_ID = /^[\w.:-]{1,128}$/;

export async function respond(
  request: Request,
  handle: (trace: Trace) => Promise<Response>,
): Promise<Response> {
  const started = performance.now();
  const given = request.headers.get('x-request-id') ?? '';
  const trace: Trace = { requestId: REQUEST_ID.test(given) ? given : randomUUID() };
  let response: Response;
  try {
    response = await handle(trace);
  } catch (error) {
    response = errorResponse(error, trace);
  }
  response.headers.set('X-Request-Id', trace.requestId);
  for (const [name, value] of Object.entries(corsHeaders(request))) {
    response.headers.append(name, value);
  }
  log.info('request', {
    method: request.method,
    path: new URL(request.url).pathname,
    status: response.status,
    durationMs: Math.round(performance.now() - started),
    ...trace,
  });
  return response;
}

function errorResponse(error: unknown, trace: Trace): Response {
  const known = error instanceof ApiError ? error : translateDatabaseError(error);
  const kind = known?.kind ?? 'internal';
  const { code, status } = ERRORS[kind];
  if (status >= 500) log.error(code, { ...trace, error: describeError(error) });
  const message = known?.message ?? `Internal error (request ${trace.requestId})`;
  return Response.json(failure(code, message), {
    status,
    headers: { 'Cache-Control': 'no-store', ...known?.headers },
  });
}

/** The handler of a method that the resource does not have. */
export function methodNotAllowed(allowed: string) {
  return (request: Request): Promise<Response> =>
    respond(request, async () => {
      throw new ApiError('method_not_allowed', `Use one of ${allowed}`, { Allow: allowed });
    });
}

/** The handler of OPTIONS. */
export function preflight(allowed: string) {
  return (request: Request): Promise<Response> =>
    respond(
      request,
      async () =>
        new Response(null, {
          status: 204,
          headers: { Allow: allowed, 'Access-Control-Allow-Methods': allowed },
        }),
    );
}

/** 201 with the place of what was made. */
export function created(body: object, location: string): Response {
  return Response.json(body, { status: 201, headers: { Location: location } });
}

/** 204. */
export function noContent(): Response {
  return new Response(null, { status: 204 });
}

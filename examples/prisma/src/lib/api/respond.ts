/** The frame around every handler: request id, error answers, CORS, and one log line. */
import { randomUUID } from 'node:crypto';

import { translateDatabaseError } from '../../db/errors';
import { corsHeaders } from './cors';
import { failure } from './envelope';
import { apiError, APIError } from './errors';
import { countRefusal } from './limiter';
import { describeError, log } from './log';
import type { User } from './user';

/** What is known of a request while it is handled; it ends up in the log line. */
export type Trace = {
  readonly request: Request;
  readonly requestId: string;
  readonly started: number;
  user?: User;
};

const REQUEST_ID = /^[\w.:-]{1,128}$/;

const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

export function begin(request: Request): Trace {
  const given = request.headers.get('x-request-id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : randomUUID();
  return { request, requestId, started: performance.now() };
}

/** The answer with the headers that all have, and its line in the log. */
export function finish({ request, requestId, started, user }: Trace, response: Response): Response {
  response.headers.set('X-Request-Id', requestId);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  for (const [name, value] of Object.entries(corsHeaders(request))) {
    response.headers.append(name, value);
  }
  const level = response.status < 400 ? 'info' : response.status < 500 ? 'warn' : 'error';
  log[level]('request', {
    method: request.method,
    path: new URL(request.url).pathname,
    status: response.status,
    durationMs: Math.round(performance.now() - started),
    requestId,
    userId: user?.anonymous ? undefined : user?.id,
  });
  return response;
}

/** What was thrown, as an answer. What nobody expected stays in the log. */
export function handleError(error: unknown, trace: Trace): Response {
  const { requestId } = trace;
  const known = error instanceof APIError ? error : translateDatabaseError(error);
  const { statusCode, code, message, details, headers } =
    known ?? apiError('internal', `Internal error (request ${requestId})`);
  if (statusCode >= 500) log.error(code, { requestId, error: describeError(error) });
  const body = failure({ code, message, details, status: statusCode, requestId });
  const all = {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  };
  return finish(trace, Response.json(body, { status: statusCode, headers: all }));
}

/** Runs the handler inside the frame. */
export async function respond(
  request: Request,
  handle: (trace: Trace) => Promise<Response>,
): Promise<Response> {
  const trace = begin(request);
  try {
    return finish(trace, await handle(trace));
  } catch (error) {
    return handleError(await countRefusal(error, request), trace);
  }
}

/** The handler of a method that the resource does not have. */
export function methodNotAllowed(allowed: string) {
  const headers = { Allow: allowed };
  return (request: Request): Promise<Response> =>
    respond(request, async () => {
      throw apiError('method_not_allowed', `Use one of ${allowed}`, { headers });
    });
}

/** The handler of OPTIONS. */
export function preflight(allowed: string) {
  const headers = { Allow: allowed, 'Access-Control-Allow-Methods': allowed };
  const refuse = methodNotAllowed(allowed);
  return (request: Request): Promise<Response> =>
    // lib/api/incoming.ts sets it.
    request.headers.has('x-refused-method')
      ? refuse(request)
      : respond(request, async () => new Response(null, { status: 204, headers }));
}

/** 201 with the place of what was made. */
export function created(body: unknown, location: string): Response {
  return Response.json(body, { status: 201, headers: { Location: location } });
}

/** 202 with the place where the work can be watched. */
export function accepted(body: unknown, location: string): Response {
  return Response.json(body, { status: 202, headers: { Location: location } });
}

/** 204. */
export function noContent(): Response {
  return new Response(null, { status: 204 });
}

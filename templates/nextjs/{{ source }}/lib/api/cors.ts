/** Browsers of the origins in CORS_ORIGINS may call the API; of others they may not. */
import { listSetting } from './env';

export function isAllowedOrigin(request: Request, origin: string): boolean {
  return origin === ownOrigin(request) || listSetting('CORS_ORIGINS').includes(origin);
}

export function corsHeaders(request: Request): Record<string, string> {
  const origin = request.headers.get('origin');
  if (origin === null || !listSetting('CORS_ORIGINS').includes(origin)) return { Vary: 'Origin' };
  return {
    Vary: 'Origin',
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, X-Request-Id',
    'Access-Control-Expose-Headers': 'ETag, Location, Retry-After, X-Request-Id',
    'Access-Control-Max-Age': '600',
  };
}

/** Behind a proxy the request's own URL has the inner host; the Host header has the one that the browser used. */
function ownOrigin(request: Request): string {
  const url = new URL(request.url);
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host') ?? url.host;
  const scheme = request.headers.get('x-forwarded-proto') ?? url.protocol.slice(0, -1);
  return `${scheme}://${host}`;
}

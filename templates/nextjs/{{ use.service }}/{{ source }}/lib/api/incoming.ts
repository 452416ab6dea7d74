/** What Next.js would get wrong of a request is put right before it comes there. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** What Next.js takes; it answers TRACE with 500, and others with an empty 400. */
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** Tells the handler of OPTIONS that the caller asked for something else. */
const REFUSED = 'x-refused-method';

export function mendRequests(): void {
  subscribe('http.server.request.start', (message) => {
    const { request } = message as { request: IncomingMessage };
    addAddress(request);
    turnToOptions(request);
    const { url = '/' } = request;
    // A path that cannot be decoded is one that nobody has, and no failure of the server.
    if (!isDecodable(url.replace(/\?.*$/, ''))) request.url = url.replaceAll('%', '%25');
  });
}

/** Next.js believes what a caller says of its address; the socket's own comes after it, as from a proxy. */
function addAddress({ headers, socket }: IncomingMessage): void {
  const said = headers['x-forwarded-for'] ?? [];
  headers['x-forwarded-for'] = [said, socket.remoteAddress ?? 'unknown'].flat().join(', ');
}

/** A method that no route has comes to its OPTIONS, which knows what there is and answers 405. */
function turnToOptions(request: IncomingMessage): void {
  const { method = 'GET', headers } = request;
  delete headers[REFUSED];
  if (METHODS.includes(method)) return;
  headers[REFUSED] = method;
  request.method = 'OPTIONS';
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

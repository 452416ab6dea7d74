/** Next.js believes what a caller says of its address; the socket's own comes after it, as from a proxy. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

export function addSocketAddresses(): void {
  subscribe('http.server.request.start', (message) => {
    const { headers, socket } = (message as { request: IncomingMessage }).request;
    const said = headers['x-forwarded-for'] ?? [];
    headers['x-forwarded-for'] = [said, socket.remoteAddress ?? 'unknown'].flat().join(', ');
  });
}

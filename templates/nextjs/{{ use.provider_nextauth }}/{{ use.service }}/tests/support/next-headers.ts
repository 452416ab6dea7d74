/** NextAuth asks `next/headers` what came with the request, which only Next.js itself can tell: here it is told. */
import { createRequire } from 'node:module';

import { NextRequest } from 'next/server';

const load = createRequire(import.meta.url);

/** Gives the request to a route of NextAuth. */
export async function callNextAuth(
  route: (
    request: NextRequest,
    context: { params: Promise<{ nextauth: string[] }> },
  ) => Promise<Response>,
  request: Request,
): Promise<Response> {
  load('next/headers');
  const loaded = load.cache[load.resolve('next/headers')];
  if (!loaded) throw new Error('next/headers is not where NextAuth looks for it');
  const given = new NextRequest(request);
  loaded.exports = {
    headers: async () => given.headers,
    cookies: async () => given.cookies,
  };
  const nextauth = given.nextUrl.pathname.split('/').slice(3);
  return route(given, { params: Promise.resolve({ nextauth }) });
}

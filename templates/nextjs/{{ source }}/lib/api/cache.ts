/** Answers to reads: private, always revalidated, and empty where the client already has them. */
import { createHash } from 'node:crypto';

/** `tagged` is what the tag stands for, where the body also holds what differs from answer to answer. */
export function cached(
  request: Request,
  body: unknown,
  more: Record<string, string> = {},
  tagged: unknown = body,
): Response {
  const text = JSON.stringify(body);
  const content = tagged === body ? text : JSON.stringify(tagged);
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}"`;
  const headers = {
    ETag: etag,
    'Cache-Control': 'private, no-cache',
    Vary: 'Authorization, Cookie',
    ...more,
  };
  if (matches(request.headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(text, { headers: { ...headers, 'Content-Type': 'application/json' } });
}

function matches(given: string | null, etag: string): boolean {
  if (given === null) return false;
  const tags = given.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

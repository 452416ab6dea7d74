/** What a request carries to say who sends it. */
import { unauthorized } from './unauthorized';

/** The token of `Authorization: Bearer …`; undefined where there is no such header. */
export function bearerToken(request: Request): string | undefined {
  const header = request.headers.get('authorization');
  if (header === null) return undefined;
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) throw unauthorized('Send the token as `Authorization: Bearer …`');
  return token;
}

/** The cookies by name. Of two with one name the first counts: browsers send the closer path first. */
export function cookiesOf(request: Request): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*"?([^"]*?)"?\s*$/.exec(pair) ?? [];
    if (name !== undefined && value && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}

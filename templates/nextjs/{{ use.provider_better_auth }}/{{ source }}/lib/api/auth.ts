/** Sign-up, sign-in and sessions by better-auth, kept in the service's own database. */
import { randomBytes } from 'node:crypto';

import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal';
import { nextCookies } from 'better-auth/next-js';
import { bearer } from 'better-auth/plugins/bearer';

import { authDatabase } from '../../db/auth';
import { ping } from '../../db/client';
import { readText } from './body';
import { isAllowedOrigin } from './cors';
import { isLocalAllowed, listSetting, setting } from './env';
import { apiError } from './errors';
import { keptSecret } from './kept-secret';
import { addressOf, limit, type Limit } from './limiter';
import { describeError, log } from './log';
import { respond } from './respond';

export const AUTH_PATH = '/api/auth';

/** Sign-ins and sign-ups of one address. */
const ATTEMPTS: Limit = { window: '1m', max: 10 };
const COUNTED = /^\/api\/auth\/sign-(?:in|up)\b/;

const CLIENT_ADDRESS = 'x-client-address';

type Auth = ReturnType<typeof create>;

const known = new WeakMap<object, { settings: string; auth: Auth }>();

/** better-auth on the database that is open now. Nothing connects before the first request, the build never does. */
export async function auth(): Promise<Auth> {
  const { connection, adapter } = await authDatabase();
  const secret = await authSecret();
  const url = setting('BETTER_AUTH_URL');
  const settings = `${secret} ${url}`;
  let current = known.get(connection);
  if (current?.settings !== settings) {
    current = { settings, auth: create(adapter, secret, url) };
    known.set(connection, current);
  }
  return current.auth;
}

/** Signs cookies. On a developer's machine it makes itself. */
export async function authSecret(): Promise<string> {
  const secret =
    setting('BETTER_AUTH_SECRET') ??
    (await keptSecret('better-auth-secret', () => randomBytes(32).toString('base64url')));
  if (secret.length >= 32) return secret;
  console.error('BETTER_AUTH_SECRET is too short: it needs 32 characters');
  throw apiError('unavailable', 'The service is not configured');
}

function create(
  database: NonNullable<BetterAuthOptions['database']>,
  secret: string,
  url: string | undefined,
) {
  return betterAuth({
    database,
    secret,
    basePath: AUTH_PATH,
    ...(url === undefined ? {} : { baseURL: new URL(url).origin }),
    trustedOrigins,
    emailAndPassword: { enabled: true },
    user: {
      modelName: 'authUser',
      additionalFields: {
        // Nobody gives himself a role: no request can set it.
        role: { type: 'string', required: false, input: false },
      },
    },
    session: { modelName: 'authSession' },
    account: { modelName: 'authAccount' },
    verification: { modelName: 'authVerification' },
    rateLimit: {
      enabled: true,
      window: 60,
      max: 100,
      // Counted below, with the requests of the service.
      customRules: { '/sign-in/*': false, '/sign-up/*': false },
    },
    advanced: {
      useSecureCookies: url?.startsWith('https:') ?? false,
      // better-auth would leave these checks out of tests.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS] },
    },
    plugins: [bearer(), nextCookies()],
    telemetry: { enabled: false },
    logger: {
      // Without details that are no errors: they may be of people.
      level: 'error',
      log: (_, message, ...details) => {
        const errors = details.filter((detail) => detail instanceof Error);
        log.error(`better-auth: ${message}`, {
          error: errors.map(describeError).join('\n') || undefined,
        });
      },
    },
    onAPIError: {
      // What is not an answer of better-auth's is answered, and logged, as any other error of the service.
      onError: (error) => {
        throw error;
      },
    },
  });
}

function trustedOrigins(request?: Request): string[] {
  const origin = request?.headers.get('origin');
  const isOwn = isLocalAllowed() && request && origin && isAllowedOrigin(request, origin);
  return [...listSetting('CORS_ORIGINS'), ...(isOwn ? [origin] : [])];
}

/** Handles a request to better-auth, within the limits of every other request. */
export function handleAuth(request: Request): Promise<Response> {
  return respond(request, async () => {
    const address = addressOf(request);
    if (COUNTED.test(new URL(request.url).pathname)) await limit(`sign-in ${address}`, ATTEMPTS);
    const headers = new Headers(request.headers);
    headers.set(CLIENT_ADDRESS, address);
    const body = request.method === 'GET' ? '' : await readText(request);
    const { handler } = await auth();
    const response = await handler(
      new Request(request.url, { method: request.method, headers, body: body || null }),
    );
    // better-auth hides what went wrong inside; mostly the database is out of reach, and says so itself.
    if (response.status >= 500) {
      await ping();
      throw new Error(`better-auth answered ${response.status}`);
    }
    const retryAfter = response.headers.get('x-retry-after');
    if (retryAfter !== null) response.headers.set('Retry-After', retryAfter);
    return response;
  });
}

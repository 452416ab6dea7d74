/** What the environment has to hold. Nothing here has a default that would be wrong in production. */
import { ApiError } from './errors';

const HOSTS = [
  'VERCEL',
  'NETLIFY',
  'AWS_LAMBDA_FUNCTION_NAME',
  'K_SERVICE',
  'FLY_APP_NAME',
  'RENDER',
  'DYNO',
];

const REQUIRED = {
  DATABASE_URL: 'connection string of the PostgreSQL database',
  SUPABASE_URL: 'URL of the Supabase project, for example https://abc.supabase.co',
};

/** The embedded database and the local token issuer are for development; LOCAL_STACK=1 asks for them by name. */
export function isLocalAllowed(): boolean {
  if (process.env.NODE_ENV !== 'production') return true;
  return process.env['LOCAL_STACK'] === '1' && !HOSTS.some((name) => process.env[name]);
}

/** One line for each setting that this process cannot run without. */
export function missingSettings(): string[] {
  if (isLocalAllowed()) return [];
  return Object.entries(REQUIRED)
    .filter(([name]) => !process.env[name])
    .map(([name, meaning]) => `${name} is not set: ${meaning}`);
}

/** A setting, or undefined where the local stand-in may take its place. Otherwise the service is unavailable. */
export function setting(name: keyof typeof REQUIRED): string | undefined {
  const value = process.env[name];
  if (value) return value;
  if (isLocalAllowed()) return undefined;
  console.error(`${name} is not set: ${REQUIRED[name]}`);
  throw new ApiError('unavailable', 'The service is not configured');
}

/** A comma separated list. */
export function listSetting(name: string): string[] {
  return (process.env[name] ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

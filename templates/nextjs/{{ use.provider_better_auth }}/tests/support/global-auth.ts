/** Runs once before all tests: a secret for the sessions of this run. */
import { randomBytes } from 'node:crypto';

export default function setup(): void {
  process.env['BETTER_AUTH_SECRET'] = randomBytes(32).toString('base64url');
}

/** Runs before every test file. */
import { inject } from 'vitest';

process.env['SUPABASE_URL'] = inject('issuer').url;
process.env['PGLITE_DIR'] = 'memory://';
process.env['LOG_LEVEL'] = 'silent';
// Tests run jobs themselves.
process.env['JOBS_SLOTS'] = '0';

// Requests are counted in memory, where each test can look; only the tests of Redis itself use it.
process.env['TEST_REDIS_URL'] ??= process.env['REDIS_URL'] ?? '';
delete process.env['REDIS_URL'];
delete process.env['CORS_ORIGINS'];
delete process.env['TRUSTED_PROXIES'];

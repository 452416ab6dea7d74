import { defineConfig } from 'prisma/config';

// Commands that only read the schema start no engine, but look for one, and not every network lets it be downloaded.
const READING = ['format', 'generate', 'validate'];
if (READING.some((command) => process.argv.includes(command))) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

const url = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema',
  migrations: {
    path: 'prisma/migrations',
  },
  ...(url ? { datasource: { url } } : {}),
});

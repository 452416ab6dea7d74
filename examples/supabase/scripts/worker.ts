/** `npm run worker`: runs jobs until it is told to stop. Any number of workers may run at a time. */
import { closeDatabase } from '../src/db/client';
import { jobs } from '../src/jobs';
import { isEmbedded, slots } from '../src/lib/jobs/place';
import { Runner } from '../src/lib/jobs/runner';

async function main(): Promise<void> {
  if (isEmbedded()) {
    console.error('The embedded database belongs to the server, which runs the jobs itself.');
    console.error('A worker needs a database server: set DATABASE_URL.');
    process.exitCode = 2;
    return;
  }
  const runner = new Runner(jobs, slots());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      runner.stop();
    });
  }
  await runner.run();
  await closeDatabase();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

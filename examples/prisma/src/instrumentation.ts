/** Runs once before the server takes requests: a service that lacks its settings does not start. */
export async function register(): Promise<void> {
  if (process.env['NEXT_RUNTIME'] !== 'nodejs') return;
  const { refuseIncompleteSettings } = await import('./lib/api/startup');
  refuseIncompleteSettings();
  const { mendRequests } = await import('./lib/api/incoming');
  mendRequests();
  const { wakeRunner } = await import('./lib/jobs/startup');
  wakeRunner();
}

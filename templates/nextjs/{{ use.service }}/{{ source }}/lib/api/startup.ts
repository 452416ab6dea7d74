import { missingSettings } from './env';

/** Ends the process with one line for each missing setting; does nothing where all are there. */
export function refuseIncompleteSettings(): void {
  const missing = missingSettings();
  if (missing.length === 0) return;
  console.error(['The service cannot start in production:', ...missing].join('\n  '));
  console.error('To try it with the embedded database and local tokens: LOCAL_STACK=1 npm start');
  process.exit(1);
}

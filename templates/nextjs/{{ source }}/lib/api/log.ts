/** One JSON object a line, so that any collector can read it. Never log bodies, tokens or cookies. */
type Entry = Record<string, string | number | undefined>;

function write(level: 'info' | 'warn' | 'error', message: string, entry: Entry): void {
  const { LOG_LEVEL } = process.env;
  if (LOG_LEVEL === 'silent') return;
  console[level](JSON.stringify({ level, time: new Date().toISOString(), message, ...entry }));
}

export const log = {
  info: (message: string, entry: Entry = {}) => write('info', message, entry),
  warn: (message: string, entry: Entry = {}) => write('warn', message, entry),
  error: (message: string, entry: Entry = {}) => write('error', message, entry),
};

/** An error with its causes and stack, for the log only. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${describeError(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** Runs `work` with these environment variables, and puts the old ones back. */
export async function withEnv<T>(
  variables: Record<string, string | undefined>,
  work: () => T | Promise<T>,
): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  assign(variables);
  try {
    return await work();
  } finally {
    assign(Object.fromEntries(before));
  }
}

function assign(variables: Record<string, string | undefined>): void {
  const environment: Record<string, string | undefined> = process.env;
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete environment[name];
    else environment[name] = value;
  }
}

/** Runs once before all tests: makes up the secret that seals their sessions. */
import { randomBytes } from 'node:crypto';

import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    secret: string;
  }
}

export default function setup(project: TestProject): void {
  project.provide('secret', randomBytes(32).toString('base64url'));
}

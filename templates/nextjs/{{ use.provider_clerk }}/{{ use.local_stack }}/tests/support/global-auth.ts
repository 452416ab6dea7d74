/** Runs once before all tests: makes the keys of an application at Clerk. */
import { exportJWK, exportSPKI, generateKeyPair, type JWK } from 'jose';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    clerk: { publicKey: string; privateKey: JWK };
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  project.provide('clerk', {
    publicKey: await exportSPKI(pair.publicKey),
    privateKey: await exportJWK(pair.privateKey),
  });
}

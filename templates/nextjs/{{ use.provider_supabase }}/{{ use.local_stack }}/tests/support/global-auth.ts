/** Runs once before all tests: starts an issuer of tokens. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    issuer: { url: string; key: JWK };
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const kid = 'test';
  const server = await serveKeys([{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }]);
  const { port } = server.address() as AddressInfo;
  project.provide('issuer', {
    url: `http://127.0.0.1:${port}`,
    key: { ...(await exportJWK(privateKey)), kid },
  });
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

/** Supabase's address of public keys. */
async function serveKeys(keys: object[]): Promise<Server> {
  const server = createServer((request, response) => {
    const isFound = request.url === '/auth/v1/.well-known/jwks.json';
    response.writeHead(isFound ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

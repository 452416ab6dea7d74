import { randomUUID } from 'node:crypto';

import { generateKeyPair } from 'jose';
import { describe, expect, inject, it } from 'vitest';

import { call, expectError } from '../support/api';
import { withEnv } from '../support/env';
import { handler } from '../support/handler';
import { token } from '../support/issuer';
import { closedPort } from '../support/port';

const whoAmI = handler({}, async (_, user) => Response.json(user));
const roles = ['admin', 'owner'];
const admin = handler({ roles }, async (_, user) => Response.json(user));
const open = handler({ public: true }, async (_, user) => Response.json(user));

const PATH = '/example';

function get(options: { token?: string; headers?: Record<string, string> } = {}) {
  return call(whoAmI, 'GET', PATH, options);
}

describe('a bearer token', () => {
  it('tells who calls, with the roles that only the server can set', async () => {
    const sub = randomUUID();
    const claims = {
      app_metadata: { role: 'admin', roles: ['editor'] },
      user_metadata: { role: 'owner' },
    };
    const answer = await get({ token: await token(sub, claims) });
    expect(answer.body).toEqual({ id: sub, roles: ['editor', 'admin'] });
  });

  it('is needed', async () => {
    const answer = await get();
    expectError(answer, 'unauthorized');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is not needed where anybody may call', async () => {
    expect((await call(open, 'GET', PATH)).body).toMatchObject({ anonymous: true });
    const sub = randomUUID();
    const answer = await call(open, 'GET', PATH, { token: await token(sub) });
    expect(answer.body).toEqual({ id: sub, roles: [] });
  });

  it('needs one of the roles', async () => {
    const sub = randomUUID();
    const owner = await token(sub, { app_metadata: { role: 'owner' } });
    expect((await call(admin, 'GET', PATH, { token: owner })).status).toBe(200);
    expectError(await call(admin, 'GET', PATH, { token: await token(sub) }), 'forbidden');
  });

  const now = Math.floor(Date.now() / 1000);
  const wrong = {
    'has expired': { exp: now - 60 },
    'is not valid yet': { nbf: now + 600 },
    'is of another issuer': { iss: 'https://other.example/auth/v1' },
    'is for another audience': { aud: 'anon' },
    'has a subject that is no id of a user': { sub: 'alice' },
    'has no subject': { sub: undefined },
    'never expires': { exp: undefined },
  };
  for (const [what, claims] of Object.entries(wrong)) {
    it(`is refused when it ${what}`, async () => {
      const answer = await get({ token: await token(randomUUID(), claims) });
      expectError(answer, 'unauthorized');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    });
  }

  it('is refused when somebody else signed it', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    expectError(
      await get({ token: await token(randomUUID(), {}, { key: privateKey }) }),
      'unauthorized',
    );
  });

  it('is refused when its key is unknown', async () => {
    const header = { kid: 'unknown' };
    expectError(await get({ token: await token(randomUUID(), {}, { header }) }), 'unauthorized');
  });

  it('is refused when it is signed with a shared secret', async () => {
    const key = new TextEncoder().encode('a secret that is long enough for HS256');
    const signature = { header: { alg: 'HS256' }, key };
    expectError(await get({ token: await token(randomUUID(), {}, signature) }), 'unauthorized');
  });

  it('is refused when nobody signed it', async () => {
    const [, payload] = (await token(randomUUID())).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expectError(await get({ token: `${header}.${payload}.` }), 'unauthorized');
  });

  for (const header of ['Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic YTpi', 'x']) {
    it(`is refused when the header is \`${header}\``, async () => {
      expectError(await get({ headers: { Authorization: header } }), 'unauthorized');
    });
  }

  it('cannot be checked while the keys are out of reach', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const answer = await withEnv({ SUPABASE_URL: url }, async () =>
      get({ token: await token(randomUUID()) }),
    );
    expectError(answer, 'unavailable');
  });
});

describe('the session cookie', () => {
  const name = () => `sb-${new URL(inject('issuer').url).hostname.split('.')[0]}-auth-token`;

  async function session(sub: string): Promise<string> {
    const text = JSON.stringify({ access_token: await token(sub), refresh_token: 'x' });
    return `base64-${Buffer.from(text).toString('base64url')}`;
  }

  it('tells who calls', async () => {
    const sub = randomUUID();
    const answer = await get({ headers: { Cookie: `other=1; ${name()}=${await session(sub)}` } });
    expect(answer.body).toEqual({ id: sub, roles: [] });
  });

  it('may come in chunks', async () => {
    const sub = randomUUID();
    const value = await session(sub);
    const Cookie = `${name()}.0=${value.slice(0, 99)}; ${name()}.1=${value.slice(99)}`;
    expect((await get({ headers: { Cookie } })).body).toEqual({ id: sub, roles: [] });
  });

  for (const value of ['x', 'base64-x', 'base64-e30', '%7B%7D']) {
    it(`is refused when it is \`${value}\``, async () => {
      expectError(await get({ headers: { Cookie: `${name()}=${value}` } }), 'unauthorized');
    });
  }

  it('writes for pages of this service and of known origins only', async () => {
    const Cookie = `${name()}=${await session(randomUUID())}`;
    const post = (origin: Record<string, string>) =>
      call(whoAmI, 'POST', PATH, { headers: { Cookie, ...origin } });
    await withEnv({ CORS_ORIGINS: 'https://app.example.com' }, async () => {
      expect((await post({})).status).toBe(200);
      expect((await post({ Origin: 'http://localhost:3000' })).status).toBe(200);
      expect((await post({ Origin: 'https://app.example.com' })).status).toBe(200);
      expectError(await post({ Origin: 'https://evil.example' }), 'forbidden');
    });
    const read = await get({ headers: { Cookie, Origin: 'https://evil.example' } });
    expect(read.status).toBe(200);
  });
});

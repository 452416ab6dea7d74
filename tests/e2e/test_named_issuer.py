"""Tokens of an issuer that settings name, where somebody else's app gets no accounts: which of them are believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.host import host
from tests.e2e.shell import npm
from tests.e2e.shell import run as call
from tests.support import packages

pytestmark = pytest.mark.slow

PAGE = "export default function Page() {\n  return null;\n}\n"
ISSUER = """\
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

vi.unmock('@/lib/api/session');

const SETTINGS = { AUTH_ISSUER: 'https://issuer.test', AUTH_AUDIENCE: 'https://api.test' };
const pairs = {
  EdDSA: await generateKeyPair('EdDSA', { extractable: true }),
  ES256: await generateKeyPair('ES256', { extractable: true }),
};
const stranger = await generateKeyPair('ES256');
let isUp = true;
const server = createServer(async (_, answer) => {
  const keys = Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
    ...(await exportJWK(publicKey)),
    alg,
    kid: alg,
  }));
  answer.statusCode = isUp ? 200 : 500;
  answer.end(JSON.stringify({ keys: await Promise.all(keys) }));
});

beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)));
afterAll(() => void server.close());
beforeEach(() => {
  isUp = true;
  vi.resetModules();
  vi.stubEnv('AUTH_JWKS_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  for (const [name, value] of Object.entries(SETTINGS)) vi.stubEnv(name, value);
});

type Changes = { alg?: 'EdDSA' | 'ES256'; key?: CryptoKey; claims?: Record<string, unknown> };

async function token({ alg = 'EdDSA', key, claims = {} }: Changes = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const usual = { sub: 'ada', iss: SETTINGS.AUTH_ISSUER, aud: SETTINGS.AUTH_AUDIENCE, exp: now + 60 };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg, kid: alg })
    .sign(key ?? pairs[alg].privateKey);
}

async function asked(bearer: string | undefined): Promise<unknown> {
  const { authenticate } = await import('@/lib/api/session');
  const headers: Record<string, string> = bearer ? { authorization: `Bearer ${bearer}` } : {};
  return authenticate(new Request('http://api.test', { headers })).catch(
    (error: { statusCode: number }) => error.statusCode,
  );
}

describe('an issuer that settings name', () => {
  it.each(['EdDSA', 'ES256'] as const)('believes its own tokens, by %s', async (alg) => {
    const given = await token({ alg, claims: { role: 'editor', roles: ['admin'] } });
    const user = { id: 'ada', roles: ['admin', 'editor'] };
    expect(await asked(given)).toEqual({ user, byCookie: false });
  });

  it('asks for a token', async () => expect(await asked(undefined)).toBeUndefined());

  it.each([
    ['of another issuer', { claims: { iss: 'https://other.test' } }],
    ['for another service', { claims: { aud: 'https://other.test' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['of the past', { claims: { exp: 1 } }],
    ['for ever', { claims: { exp: undefined } }],
    ['of no user', { claims: { sub: undefined } }],
    ['of an empty user', { claims: { sub: '' } }],
    ['of another key', { alg: 'ES256', key: stranger.privateKey }],
  ] as [string, Changes][])('believes none %s', async (_, changes) => {
    expect(await asked(await token(changes))).toBe(401);
  });

  it.each(['nothing', `${btoa('{"alg":"none"}')}.${btoa('{"sub":"ada"}')}.`])(
    'believes no text %s',
    async (text) => expect(await asked(text)).toBe(401),
  );

  it('is unavailable without its keys, and back with them', async () => {
    isUp = false;
    expect(await asked(await token())).toBe(503);
    isUp = true;
    expect(await asked(await token())).toMatchObject({ user: { id: 'ada' } });
  });

  it.each(['AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_JWKS_URL'])('needs %s', async (name) => {
    vi.stubEnv(name, '');
    expect(await asked(await token())).toBe(503);
  });
});
"""


def test_tokens_of_a_named_issuer(run: Run, tmp_path: Path) -> None:
    app = host(tmp_path, {"src/app/page.tsx": PAGE})
    options = [
        "--style",
        "supabase",
        "--set",
        "auth.provider=better-auth",
        "--set",
        "data.rls=false",
    ]
    done = run(["endpoint", "notes", "title:string", *options], app)
    assert done.returncode == 0, done.stderr
    assert "no accounts come" in done.stdout
    (app / "tests/resources/issuer.contract.ts").write_text(ISSUER)
    npm(app, "test")


FASTAPI = """
import asyncio, os, time, uuid
import httpx2, jwt
from main import app

SECRET, ISSUER = "a secret of the tests that is long", "https://issuer.test"

def token(secret=SECRET, algorithm="HS256", **claims):
    usual = {"sub": str(uuid.uuid4()), "iss": ISSUER, "exp": int(time.time()) + 60, "roles": ["editor"]}
    said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(said, secret, algorithm=algorithm)

async def status(given, **settings):
    from rest.core.settings import get_settings
    get_settings.cache_clear()
    os.environ.update({"JWT_SECRET": SECRET, "JWT_ISSUER": ISSUER, **settings})
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        return (await client.get("/api/v1/notes", headers=headers)).status_code

async def main():
    # Who is known comes as far as the database, which no setting names here.
    assert await status(token()) == 503
    assert await status(None) == 401
    for odd in (
        {"iss": "https://other.test"}, {"iss": None}, {"exp": 1}, {"exp": None}, {"sub": None},
        {"sub": "ada"}, {"secret": "another secret that is long enough"}, {"algorithm": "HS512"},
        {"secret": "", "algorithm": "none"},
    ):
        assert await status(token(**odd)) == 401, odd
    assert await status("nothing") == 401
    # A secret that is too short would believe anybody who guesses it.
    assert await status(token(secret="short"), JWT_SECRET="short") == 503
    assert await status(token(iss=""), JWT_ISSUER="") == 503

asyncio.run(main())
"""


def test_tokens_of_a_named_issuer_in_fastapi(run: Run, tmp_path: Path) -> None:
    service = tmp_path / "service"
    assert run(["new", str(service), "--style", "fastapi"], tmp_path).returncode == 0
    python = packages.python(packages.requirements(service))
    project = tmp_path / "shop"
    project.mkdir()
    (project / "main.py").write_text("from fastapi import FastAPI\n\napp = FastAPI()\n")
    (project / "requirements.txt").write_text("fastapi\n")
    done = run(["endpoint", "notes", "title:string", "--style", "fastapi"], project)
    assert done.returncode == 0, done.stderr
    call([str(python), "-W", "ignore", "-c", FASTAPI], project)

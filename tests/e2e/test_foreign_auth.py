"""Projects with a sign-in of their own: the generated code asks theirs who calls, and brings none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from tests.conftest import Run
from tests.contract import check
from tests.contract.http import Answer
from tests.e2e.host import host
from tests.e2e.shell import Client
from tests.e2e.stacks import LOCAL, NextJs
from tests.support.days import of_day

pytestmark = pytest.mark.slow

SECRET = "a secret of the app"
# A sign-in as apps write it themselves: a signed cookie, or the same as a token.
OWN = {
    "src/lib/current-user.ts": """
import { createHmac } from 'node:crypto';
import { cookies, headers } from 'next/headers';

type Member = { id: string; email: string; role: string | null };

export async function currentUser(): Promise<Member | null> {
  const token = (await headers()).get('authorization')?.replace(/^Bearer /, '');
  const [body = '', mac] = (token ?? (await cookies()).get('member')?.value ?? '').split('.');
  const expected = createHmac('sha256', process.env['APP_SECRET'] ?? '').update(body).digest('hex');
  if (mac !== expected) return null;
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Member;
}
""",
}
NEXTAUTH = {
    "src/auth.ts": """
import NextAuth from 'next-auth';
import Credentials from 'next-auth/providers/credentials';

export const { handlers, auth, signIn, signOut } = NextAuth({
  providers: [
    Credentials({
      credentials: { name: {} },
      authorize: ({ name }) => ({ id: String(name), email: `${String(name)}@Example.org` }),
    }),
  ],
});
""",
    "src/app/api/auth/[...nextauth]/route.ts": """
import { handlers } from '@/auth';

export const { GET, POST } = handlers;
""",
}
NEXTAUTH_4 = {
    "src/lib/auth.ts": """
import type { NextAuthOptions } from 'next-auth';

export const authOptions: NextAuthOptions = { providers: [] };
""",
}
BETTER_AUTH = {
    "src/lib/auth.ts": """
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';

const shared = globalThis as typeof globalThis & { store?: Record<string, object[]> };
shared.store ??= { user: [], session: [], account: [], verification: [] };

export const auth = betterAuth({
  database: memoryAdapter(shared.store as never),
  secret: 'a secret of the app, long enough for it',
  emailAndPassword: { enabled: true },
  // The port of a test is not known before.
  trustedOrigins: (request) => [request?.headers.get('origin')],
});
""",
    "src/app/api/auth/[...all]/route.ts": """
import { toNextJsHandler } from 'better-auth/next-js';
import { auth } from '@/lib/auth';

export const { GET, POST } = toNextJsHandler(auth);
""",
}
CLERK = {
    "src/proxy.ts": """
import { clerkMiddleware } from '@clerk/nextjs/server';

export default clerkMiddleware();

export const config = { matcher: ['/(api|trpc)(.*)'] };
""",
}
# As the guides for @supabase/ssr had it: today, and up to 0.3.
SUPABASE = {
    "src/utils/supabase/server.ts": """
import { createServerClient } from '@supabase/ssr';
import { cookies } from 'next/headers';

export async function createClient() {
  const store = await cookies();
  return createServerClient(
    process.env.NEXT_PUBLIC_SUPABASE_URL!,
    process.env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY!,
    { cookies: { getAll: () => store.getAll(), setAll: () => undefined } },
  );
}
""",
}
SUPABASE_OLD = {
    "src/utils/supabase/server.ts": """
import { createServerClient } from '@supabase/ssr';
import { cookies } from 'next/headers';

export const createClient = (cookieStore: Awaited<ReturnType<typeof cookies>>) =>
  createServerClient(
    process.env.NEXT_PUBLIC_SUPABASE_URL!,
    process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!,
    { cookies: { get: (name: string) => cookieStore.get(name)?.value, set() {}, remove() {} } },
  );
""",
}

# Runs in the project, on its own packages: the adapter, whose helper is a stand-in.
ADAPTER = """
import { expect, it, vi } from 'vitest';

const told = vi.hoisted(() => vi.fn());

MOCKS

const user = { id: 'b7d1a6d4-3c5e-4c0b-9a53-6e2f0f1f8f11', roles: ['admin'] };

function tell(user: { id: string; roles: string[] } | null): void {
  told.mockResolvedValue(TOLD);
}

async function ask(authorization?: string) {
  const { authenticate } = await vi.importActual<typeof import('@/lib/api/session')>('@/lib/api/session');
  const headers = authorization === undefined ? {} : { authorization };
  return authenticate(new Request('http://localhost:3000/', { headers }));
}

it('tells who calls, with the roles that the app gave', async () => {
  tell(user);
  expect(await ask()).toEqual({ user, byCookie: true });
  tell({ ...user, roles: [] });
  expect(await ask()).toEqual({ user: { ...user, roles: [] }, byCookie: true });
});

it('tells that nobody has signed in', async () => {
  tell(null);
  expect(await ask()).toBeUndefined();
  expect(await ask('Basic YTpi')).toBeUndefined();
});

it('may know tokens, and knows who has none', async () => {
  tell(user);
  expect(await ask('Bearer x')).toEqual({ user, byCookie: false });
  tell(null);
  for (const header of ['Bearer', 'Bearer x', 'bearer a b']) {
    await expect(ask(header)).rejects.toMatchObject({ statusCode: 401 });
  }
});

it('takes what is no user for nobody', async () => {
  for (const odd of ODD) {
    told.mockResolvedValue(odd);
    expect(await ask()).toBeUndefined();
  }
});
MORE
"""


class Kind(NamedTuple):
    """A sign-in: the project's files and packages, the helper that scaffold finds, and how a test takes its place."""

    style: str
    files: Mapping[str, str]
    packages: Mapping[str, str]
    helper: str
    mocks: str
    told: str
    odd: str = "[null, {}, { user: null }, { user: {} }, { user: { id: '' } }, { userId: null }]"
    more: str = ""


BY_EMAIL = """
it('knows by the address who has no id', async () => {
  told.mockResolvedValue({ user: { name: 'Ada', email: 'Ada@Example.org', image: null } });
  expect((await ask())?.user).toEqual({ id: 'ada@example.org', roles: [] });
});
"""
OUT_OF_REACH = """
it('is unavailable while Supabase is', async () => {
  told.mockResolvedValue({ data: { user: null }, error: { name: 'AuthRetryableFetchError' } });
  await expect(ask()).rejects.toMatchObject({ statusCode: 503 });
});
"""
CLIENT = "vi.mock('@/utils/supabase/server', () => ({ createClient: () => ({ auth: { getUser: told } }) }));"
OF_SUPABASE = (
    "{ data: { user: user && { id: user.id, app_metadata: { roles: user.roles } } }, error: null }"
)
NOBODY = "[{ data: { user: null }, error: null }, { data: { user: {} }, error: null }]"
KINDS = {
    "function": Kind(
        "supabase",
        OWN,
        {},
        "@/lib/current-user#currentUser",
        "vi.mock('@/lib/current-user', () => ({ currentUser: told }));",
        "user",
        more="""
it('knows sessions that have a user, and numbers', async () => {
  told.mockResolvedValue({ user: { id: 7, role: 'admin' }, session: {} });
  expect((await ask())?.user).toEqual({ id: '7', roles: ['admin'] });
});
""",
    ),
    "next-auth": Kind(
        "supabase",
        NEXTAUTH,
        {"next-auth": "5.0.0-beta.25"},
        "@/auth#auth",
        "vi.mock('@/auth', () => ({ auth: told }));",
        "user && { user }",
        more=BY_EMAIL,
    ),
    "next-auth-4": Kind(
        "libsql",
        NEXTAUTH_4,
        {"next-auth": "4.24.15"},
        "@/lib/auth#authOptions",
        "vi.mock('next-auth', () => ({ getServerSession: told }));",
        "user && { user }",
        more=BY_EMAIL,
    ),
    "better-auth": Kind(
        "supabase",
        BETTER_AUTH,
        {"better-auth": "1.7.7"},
        "@/lib/auth#auth",
        "vi.mock('@/lib/auth', () => ({ auth: { api: { getSession: told } } }));",
        "user && { user: { id: user.id, role: user.roles.join() || null } }",
    ),
    "clerk": Kind(
        "clerk",
        CLERK,
        {"@clerk/nextjs": "7.9.7", "@clerk/shared": "4.36.0"},
        "@clerk/nextjs/server#auth",
        "vi.mock('@clerk/nextjs/server', () => ({ auth: told }));",
        "{ userId: user?.id ?? null, sessionClaims: user && { metadata: { roles: user.roles } } }",
    ),
    "supabase": Kind(
        "supabase",
        SUPABASE,
        {"@supabase/ssr": "0.12.7", "@supabase/supabase-js": "2.119.0"},
        "@/utils/supabase/server#createClient",
        CLIENT,
        OF_SUPABASE,
        NOBODY,
        OUT_OF_REACH,
    ),
    "supabase-store": Kind(
        "prisma",
        SUPABASE_OLD,
        {"@supabase/ssr": "0.1.0", "@supabase/supabase-js": "2.43.0"},
        "@/utils/supabase/server#createClient",
        CLIENT + "\nvi.mock('next/headers', () => ({ cookies: vi.fn() }));",
        OF_SUPABASE,
        NOBODY,
        OUT_OF_REACH,
    ),
}


def _with_notes(run: Run, folder: Path, name: str, *words: str) -> NextJs:
    """A project of that kind with an endpoint, whose types and tests are checked."""
    kind = KINDS[name]
    app = host(folder, kind.files, **kind.packages)
    more = ["title:string{1..200}", "score:decimal{0..100}?", "--style", kind.style]
    done = run(["endpoint", "notes", *more, "--local-stack", *words], app)
    assert done.returncode == 0, done.stderr
    assert f"as `{kind.helper}` tells" in done.stdout
    package = json.loads((app / "package.json").read_text())
    ours = {"jose", "better-auth", "bcryptjs"} - {*kind.packages}
    assert not ours & {*package["dependencies"]} and "token" not in package["scripts"]
    for brought in ("local-issuer", "token", "global-auth"):
        assert not [*(app / "src").rglob(f"{brought}.ts"), *(app / "tests").rglob(f"{brought}.ts")]
    test = ADAPTER.replace("MOCKS", kind.mocks).replace("TOLD", kind.told)
    test = test.replace("ODD", kind.odd).replace("MORE", kind.more)
    (app / "tests/resources/adapter.contract.ts").write_text(test)
    service = NextJs(app)
    service.make_migrations()
    for gate in ("types", "tests"):
        service.command(gate)
    return service


@pytest.mark.parametrize("name", of_day(["next-auth-4", "clerk", "supabase", "supabase-store"], 1))
def test_their_sign_in_tells_who_calls(name: str, run: Run, tmp_path: Path) -> None:
    _with_notes(run, tmp_path, name)


@pytest.mark.parametrize("name", of_day(["function", "next-auth", "better-auth"], 1))
def test_who_signs_in_there_may_call(name: str, run: Run, tmp_path: Path) -> None:
    own = ["--auth", KINDS[name].helper, "--role", "editor"] if name == "function" else []
    service = _with_notes(run, tmp_path, name, *own)
    service.command("build")
    settings = {"APP_SECRET": SECRET, "AUTH_SECRET": SECRET, "AUTH_TRUST_HOST": "1"}
    with service.serve(**LOCAL, **settings) as url:
        if name == "function":
            check(service.folder, url, _token, origin="https://app.example")
        _by_cookie(url, SIGNED_IN[name](url))


def _by_cookie(url: str, cookie: str) -> None:
    note = {"title": "One"}
    assert Client(url)("POST", "/api/notes", note).status == 401
    known = Client(url, extra={"Cookie": cookie})
    assert known("POST", "/api/notes", note).status == 201
    assert known("POST", "/api/notes", note, Origin=url).status == 201
    assert known("POST", "/api/notes", note, Origin="https://evil.example").status == 403
    assert b'"title":"One"' in known("GET", "/api/notes").body


def _signed_in_by_form(url: str) -> str:
    csrf = Client(url)("GET", "/api/auth/csrf")
    form = urlencode({"csrfToken": csrf.json["csrfToken"], "name": "Ada"}).encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": _cookies(csrf)}
    return _cookies(Client(url, extra=sent)("POST", "/api/auth/callback/credentials", raw=form))


def _signed_up(url: str) -> str:
    member = {"name": "Ada", "email": "ada@example.org", "password": "a long password"}
    answer = Client(url)("POST", "/api/auth/sign-up/email", member, Origin=url)
    assert answer.status == 200, answer
    return _cookies(answer)


def _with_a_cookie(url: str) -> str:
    return f"member={_token('ada', 'editor')}"


SIGNED_IN = {
    "function": _with_a_cookie,
    "next-auth": _signed_in_by_form,
    "better-auth": _signed_up,
}


def _cookies(answer: Answer) -> str:
    return "; ".join(line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or ())


def _signed(member: dict[str, object]) -> str:
    body = base64.urlsafe_b64encode(json.dumps(member).encode()).decode().rstrip("=")
    return f"{body}.{hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()}"


def _token(name: str, role: str | None = None, expires: str | None = None) -> str | None:
    return None if expires else _signed({"id": name, "email": f"{name}@example.org", "role": role})

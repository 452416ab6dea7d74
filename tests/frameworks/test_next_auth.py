import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.frameworks.next_auth import SignIn
from scaffold.support.errors import UserError

NEXTAUTH = "import NextAuth from 'next-auth';\n"
BETTER = "import { betterAuth } from 'better-auth';\n"
SSR = "import { createServerClient } from '@supabase/ssr';\n"
COOKIES = "import { cookies } from 'next/headers';\n"
CLERK = (
    "import { clerkMiddleware } from '@clerk/nextjs/server';\nexport default clerkMiddleware();\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder for a project."""
    return tmp_path


def _sign_in(app: Path, files: Mapping[str, str], *packages: str) -> SignIn:
    package = {"dependencies": dict.fromkeys(packages, "1.0.0")}
    paths = '{"compilerOptions": {"paths": {"@/*": ["./src/*"], "#lib/*": ["./lib/*"]}}}'
    more = {"package.json": json.dumps(package), "tsconfig.json": paths}
    for path, text in {**more, **files}.items():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        (app / path).write_text(text)
    return SignIn(app, "src", "@/")


def _refused(sign_in: SignIn, said: str | None = None) -> tuple[str, str]:
    with pytest.raises(UserError) as info:
        sign_in.resolve("/api", said)
    return info.value.message, info.value.hint or ""


@pytest.mark.parametrize(
    ("package", "path", "text", "auth", "kind"),
    [
        ("next-auth", "src/auth.ts", "export const { handlers, auth } = NextAuth({});", "@/auth#auth", "next-auth"),
        ("next-auth", "src/auth.ts", "export const { auth: who } = NextAuth({});", "@/auth#who", "next-auth"),
        ("next-auth", "src/auth.ts", "const { auth } = NextAuth({});\nexport { auth };", "@/auth#auth", "next-auth"),
        (
            "next-auth",
            "src/server/auth/index.ts",
            "const { auth: bare, handlers } = NextAuth(config);\nconst auth = cache(bare);\nexport { auth, handlers };",
            "@/server/auth#auth",
            "next-auth",
        ),
        ("next-auth", "auth.ts", "export const { auth } = NextAuth({});", "../../../auth#auth", "next-auth"),
        (
            "next-auth",
            "src/lib/auth.ts",
            "export const authOptions: NextAuthOptions = {};",
            "@/lib/auth#authOptions",
            "next-auth-4",
        ),
        (
            "next-auth",
            "src/app/api/auth/[...nextauth]/options.ts",
            "export const nextAuthOptions = { providers: [] };",
            "@/app/api/auth/[...nextauth]/options#nextAuthOptions",
            "next-auth-4",
        ),
        (
            "better-auth",
            "src/lib/auth.ts",
            f"{BETTER}export const auth = betterAuth({{}});",
            "@/lib/auth#auth",
            "better-auth",
        ),
        (
            "@supabase/ssr",
            "src/utils/supabase/server.ts",
            f"{SSR}export async function createClient() {{ return createServerClient(); }}",
            "@/utils/supabase/server#createClient",
            "supabase",
        ),
        (
            "@supabase/ssr",
            "src/utils/supabase/server.ts",
            f"{SSR}export const createClient = (cookieStore: Awaited<ReturnType<typeof cookies>>) =>\n"
            "  createServerClient();",
            "@/utils/supabase/server#createClient",
            "supabase-store",
        ),
        (
            "@supabase/ssr",
            "src/utils/supabase/server.ts",
            f"{SSR}export const createClient = (cookieStore: ReturnType<typeof cookies>) => createServerClient();",
            "@/utils/supabase/server#createClient",
            "supabase-cookies",
        ),
        ("@clerk/nextjs", "src/proxy.ts", CLERK, "@clerk/nextjs/server#auth", "clerk"),
        ("@clerk/nextjs", "middleware.ts", CLERK, "@clerk/nextjs/server#auth", "clerk"),
    ],
)  # fmt: skip
def test_what_is_certain(
    package: str, path: str, text: str, auth: str, kind: str, app: Path
) -> None:
    text = f"{NEXTAUTH}{text}" if package == "next-auth" else text
    sign_in = _sign_in(app, {path: text}, package)
    assert sign_in.resolve("/api", None) == {"auth": auth, "auth_kind": kind}
    assert sign_in.facts({})[0].what.startswith("sign-in: `")
    # What is said is found the same.
    assert sign_in.resolve("/api", auth) == {"auth": auth, "auth_kind": kind}
    assert sign_in.resolve("/api", "own") == {}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/auth.ts", "// export const { auth } = NextAuth({});"),
        ("src/auth.test.ts", "export const { auth } = NextAuth({});"),
        ("src/middleware.ts", "export const { auth } = NextAuth({});"),
        ("src/auth.ts", "const { auth } = NextAuth({});"),
        ("src/my auth/auth.ts", "export const { auth } = NextAuth({});"),
        ("src/shop.ts", "export const { auth } = NextAuth({});"),
        ("node_modules/x/auth.ts", "export const { auth } = NextAuth({});"),
    ],
)
def test_a_library_without_a_helper_is_asked_about(path: str, text: str, app: Path) -> None:
    message, hint = _refused(_sign_in(app, {path: f"{NEXTAUTH}{text}"}, "next-auth"))
    assert "`next-auth`" in message and "--auth '@/auth#auth'" in hint and "--auth own" in hint


def test_a_client_of_the_service_role_is_nobody(app: Path) -> None:
    files = {
        "src/lib/supabase/admin.ts": f"{SSR}export const createAdmin = () => createServerClient();",
        "src/lib/supabase/server.ts": f"{SSR}export function createClient() {{\n  return createServerClient();\n}}\n"
        "export function root() {\n  return createServerClient(process.env.SUPABASE_SERVICE_ROLE_KEY);\n}\n",
        "src/lib/supabase/proxy.ts": f"{SSR}export async function updateSession(request: NextRequest) {{\n"
        "  const client = createServerClient();\n}\n",
    }
    sign_in = _sign_in(app, files, "@supabase/ssr")
    assert sign_in.resolve("/api", None)["auth"] == "@/lib/supabase/server#createClient"


def test_of_several_one_is_asked_for(app: Path) -> None:
    files = {
        "src/auth.ts": f"{NEXTAUTH}export const {{ auth }} = NextAuth({{}});",
        "src/proxy.ts": CLERK,
    }
    sign_in = _sign_in(app, files, "next-auth", "@clerk/nextjs")
    message, hint = _refused(sign_in)
    assert "`auth` of src/auth.ts (NextAuth 5)" in message and "src/proxy.ts (Clerk)" in message
    assert "`--auth '@/auth#auth'` or `--auth '@clerk/nextjs/server#auth'`" in hint
    assert "one of" in sign_in.facts({})[0].what
    assert sign_in.resolve("/api", "@/auth#auth")["auth_kind"] == "next-auth"


def test_a_function_of_theirs_is_asked_about(app: Path) -> None:
    text = f"{COOKIES}export const getCurrentUser = cache(async (): Promise<User | null> => null);"
    sign_in = _sign_in(app, {"src/lib/session.ts": text})
    message, hint = _refused(sign_in)
    assert "a sign-in of its own" in message and "src/lib/session.ts" in message
    assert "`--auth '@/lib/session#getCurrentUser'`" in hint
    host = sign_in.resolve("/api", "@/lib/session#getCurrentUser")
    assert host == {"auth": "@/lib/session#getCurrentUser", "auth_kind": "function"}
    assert sign_in.facts(host)[0].what == (
        "sign-in: `@/lib/session#getCurrentUser` (src/lib/session.ts)"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{COOKIES}export async function getUser(id: string) {{}}",
        f"{COOKIES}export async function getUser() {{ redirect('/login'); }}",
        f"{COOKIES}export async function getUserSettings() {{}}",
        "export async function getUser() {}",
    ],
)
def test_what_does_not_tell_who_calls(text: str, app: Path) -> None:
    assert _sign_in(app, {"src/lib/user.ts": text}).resolve("/api", None) == {}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("@/lib/who#me", "src/lib/who.ts"),
        ("src/lib/who.ts#me", "src/lib/who.ts"),
        ("./src/lib/who#me", "src/lib/who.tsx"),
        ("#lib/who#me", "lib/who.ts"),
        ("@/lib/who#me", "src/lib/who/index.js"),
    ],
)
def test_where_a_name_leads(said: str, path: str, app: Path) -> None:
    host = _sign_in(app, {path: "export const me = async () => null;"}).resolve("/api", said)
    assert host["auth_kind"] == "function" and host["auth"].endswith("lib/who#me")


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("@/lib/other#me", "no module of the project is `@/lib/other`", "returns `{id, role}` or null"),
        ("@/../../x#me", "no module of the project", ""),
        ("next-auth#auth", "no module of the project", ""),
        ("@/who#you", "src/who.ts exports no `you`", "it exports `me`, `take`, `go`, `one`, `two`"),
        ("@/who#take", "takes (id: string)", "without parameters"),
        ("@/who#go", "redirects callers", "returns null where nobody has signed in"),
        ("@/none#me", "src/none.ts exports no `me`", "nothing that scaffold can read"),
        ("@clerk/nextjs/server#auth", "needs `clerkMiddleware`", "Clerk's quickstart"),
    ],
)  # fmt: skip
def test_what_cannot_tell_who_calls(said: str, message: str, hint: str, app: Path) -> None:
    text = """export async function me() {}
export async function take(id: string) {}
export async function go() {
  redirect('/login');
}
const a = 1;
export { a as one, two };
"""
    found = _refused(_sign_in(app, {"src/who.ts": text, "src/none.ts": "const me = 1;\n"}), said)
    assert message in found[0] and hint in found[1]


def test_what_has_defaults_and_lists_will_do(app: Path) -> None:
    text = "export async function me(fresh = false, more?: string) {}\nconst you = me;\nexport { you };"
    sign_in = _sign_in(app, {"src/who.ts": text})
    assert sign_in.resolve("/api", "@/who#me")["auth"] == "@/who#me"
    assert sign_in.resolve("/api", "@/who#you")["auth_kind"] == "function"


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        ("createAuth(env, db)", "better-auth"),
        ("await initAuth()", "better-auth"),
        ("cache(who)", "function"),
        ("async () => session()", "function"),
    ],
)
def test_better_auth_that_another_package_makes(made: str, kind: str, app: Path) -> None:
    files = {"src/services.ts": f"export const db = createDb();\nexport const auth = {made};\n"}
    found = _sign_in(app, files, "better-auth").resolve("/api", "@/services#auth")
    assert found == {"auth": "@/services#auth", "auth_kind": kind}


def test_a_service_that_lost_its_manifest_has_ours(app: Path) -> None:
    auth = f"{BETTER}export const auth = betterAuth({{}});"
    files = {"src/lib/api/auth.ts": auth, "src/lib/api/local-issuer.ts": ""}
    sign_in = _sign_in(app, files, "better-auth")
    assert sign_in.resolve("/api", None) == {} and sign_in.facts({}) == []


def test_clerk_has_to_run_for_our_routes(app: Path) -> None:
    matcher = "export const config = { matcher: ['/dashboard/:path*'] };\n"
    sign_in = _sign_in(app, {"src/proxy.ts": CLERK + matcher}, "@clerk/nextjs")
    message, hint = _refused(sign_in)
    assert "src/proxy.ts: its matcher leaves out /api" in message and "`'/api/(.*)'`" in hint
    assert "clerkMiddleware" in _refused(_sign_in(app, {"src/proxy.ts": ""}, "@clerk/nextjs"))[0]


@pytest.mark.parametrize(
    "text",
    [
        "export const auth = function" + " " * 199_000 + "x",
        '"' + '\\"' * 99_000,
        "`" + "\\`" * 99_000,
        "/*" * 99_000,
        "export function a() {} " * 8_000,
        "export const { " + "auth, " * 30_000,
        "export {" * 24_000,
    ],
)
def test_a_hostile_file_takes_no_time(text: str, app: Path) -> None:
    sign_in = _sign_in(app, {"src/auth.ts": f"{NEXTAUTH}{BETTER}{SSR}{COOKIES}{text}"}, "next-auth")
    start = time.perf_counter()
    _refused(sign_in)
    with pytest.raises(UserError):
        sign_in.resolve("/api", "@/auth#me")
    assert time.perf_counter() - start < 3


def test_nothing_outside_is_read(app: Path) -> None:
    project = app / "project"
    sign_in = _sign_in(project, {}, "next-auth")
    (app / "auth.ts").write_text(f"{NEXTAUTH}export const {{ auth }} = NextAuth({{}});")
    (project / "src").mkdir()
    (project / "src/auth.ts").symlink_to("../../auth.ts")
    (project / "src/session").symlink_to("../..")
    (project / "src/user.ts").write_bytes(b"\xff" * 300_000)
    _refused(sign_in)
    assert "no module" in _refused(sign_in, "@/auth#auth")[0]
    assert "no module" in _refused(sign_in, "@/session/auth#auth")[0]


@pytest.mark.parametrize(
    "package", ["", "[]", '{"dependencies": []}', '{"dependencies": {"next-auth": 1}}']
)
def test_odd_files_are_no_fault(package: str, app: Path) -> None:
    (app / "package.json").write_text(package)
    (app / "tsconfig.json").write_text(
        '{"compilerOptions": {"paths": {"@/*": [1], "x": 2}, "baseUrl": 3}}'
    )
    sign_in = SignIn(app, ".", "")
    assert sign_in.facts({}) == []
    assert "no module" in _refused(sign_in, "lib/x#y")[0]

import time
from pathlib import Path

import pytest

from scaffold.frameworks.next_proxy import covers, matchers, redirect_notes

CLERK = r"/((?!_next|[^?]*\.(?:html?|css|js(?!on)|jpe?g|webp)).*)"
URL = "/api/grades"


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        (CLERK, True),
        ("/(api|trpc)(.*)", True),
        ("/((?!api|_next/static|favicon.ico).*)", False),
        ("/:path*", True),
        ("/api/:path*", True),
        ("/api/grades/:id", True),
        ("/api/:kind", True),
        ("/api", False),
        ("/dashboard/:path*", False),
        ("/api/grades", True),
        ("/:path(api|x)/a", None),
        ("/((a+)+)+x", None),
        ("/(", None),
        ("/{a}", None),
        ("api", None),
    ],
)
def test_what_a_matcher_covers(pattern: str, runs: bool | None) -> None:
    assert covers(pattern, URL) is runs


def test_a_hostile_matcher_takes_no_time() -> None:
    start = time.perf_counter()
    covers("/(.*)(.*)(.*)(.*)x", "/api/" + "a" * 40)
    covers("/(" * 200 + "a" + ")" * 200, URL)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("export const config = { matcher: '/a' }", ["/a"]),
        ('config = { matcher: ["/a", "/b",] }', ["/a", "/b"]),
        ("config = { matcher: [{ source: '/a' }, '/b'] }", ["/a", "/b"]),
        (r"matcher: ['/a\\.b']", [r"/a\.b"]),
        ("matcher: [{ source: '/a', missing: [] }]", None),
        ("matcher: [...paths]", None),
        ("matcher: `/${x}`", None),
        ("matcher: paths", None),
        ("matcher: ['/a'", None),
        ("export default f", []),
    ],
)
def test_the_patterns_of_a_matcher(text: str, found: list[str] | None) -> None:
    assert matchers(text) == found


def notes(folder: Path, text: str, name: str = "middleware.ts") -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return "\n".join(redirect_notes(folder, [URL]))


def test_a_middleware_that_redirects(tmp_path: Path) -> None:
    text = (
        "// NextResponse.redirect\nexport function middleware(request) {\n"
        "  return NextResponse.redirect('/login');\n}\nexport const config = { matcher: '/api/:path*' };\n"
    )
    said = notes(tmp_path, text, "src/middleware.ts")
    assert "src/middleware.ts:3 (`NextResponse.redirect`) runs before /api/grades" in said
    line = 'if (request.nextUrl.pathname.startsWith("/api/grades")) return NextResponse.next();'
    assert line in said
    assert not notes(tmp_path, text.replace("  return", f"  {line}\n  return"), "src/middleware.ts")


def test_a_matcher_that_leaves_paths_out(tmp_path: Path) -> None:
    said = notes(
        tmp_path, "export { auth as middleware };\nconfig = { matcher: ['/((?!_next).*)'] }"
    )
    assert "write that pattern as `/((?!api/grades|_next).*)`" in said


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("export default clerkMiddleware()", False),
        ("export default clerkMiddleware(async (auth, req) => { await auth.protect() })", True),
        ("export default withAuth({})", True),
        ("export default (r) => NextResponse.next()", False),
        ("export default NextAuth(config).auth", True),
        ("NextResponse.redirect(x); export const config = { matcher: ['/dashboard'] }", False),
        ("NextResponse.redirect(x); export const config = { matcher: paths }", True),
        ("NextResponse.redirect(x); export const config = { matcher: ['/:a(b)'] }", True),
        ("/* NextResponse.redirect(x) */", False),
    ],
)
def test_which_files_are_told(tmp_path: Path, text: str, told: bool) -> None:
    assert bool(notes(tmp_path, text)) is told


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "proxy.ts").write_bytes(b"x" * 300_000)
    assert "cannot be read" in redirect_notes(tmp_path, [URL])[0]
    assert redirect_notes(tmp_path / "nowhere", [URL]) == ()

from pathlib import Path

import pytest

from scaffold.frameworks.next_routes import (
    Route,
    answered_before,
    meetings,
    route_of,
    routes_on_disk,
)


def route(url: str) -> Route:
    return Route(f"x{url}", tuple(part for part in url.split("/") if part))


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("app/route.ts", "/"),
        ("app/(shop)/@side/api/a/page.tsx", "/api/a"),
        ("src/app/api/[id]/route.js", "/api/[id]"),
        ("src/app/api/[[...all]]/route.tsx", "/api/[[...all]]"),
        ("app/%5Fx/page.jsx", "/_x"),
        ("app/_lib/route.ts", None),
        ("app/feed/(..)photo/page.tsx", None),
        ("app/api/a/route.test.ts", None),
        ("app/api/a/layout.tsx", None),
        ("pages/api/a.ts", "/api/a"),
        ("src/pages/api/a/index.js", "/api/a"),
        ("pages/index.tsx", "/"),
        ("pages/_app.tsx", None),
        ("pages/api/a.d.ts", None),
        ("pages/a.css", None),
        ("lib/app/route.ts", None),
    ],
)
def test_the_route_of_a_file(path: str, url: str | None) -> None:
    found = route_of(path)
    assert (found.url if found else None) == url


@pytest.mark.parametrize(
    ("ours", "theirs", "why"),
    [
        ("/api/a", "/api/a", "the same URL"),
        ("/api/a/[id]", "/api/a/[id]", "the same URL"),
        ("/api/a/[id]", "/api/a/[slug]", "`id` and `slug`"),
        ("/api/a/[id]", "/api/a/[slug]/more", "`id` and `slug`"),
        ("/api/auth/[...all]", "/api/auth/[...nextauth]", "`all` and `nextauth`"),
        ("/api/auth/[...all]", "/api/auth/[[...all]]", "an optional one"),
        ("/api/a", "/api/a/[[...x]]", "the URL above it"),
        ("/api/auth/[...all]", "/api/auth/[provider]", None),
        ("/api/a/[id]", "/api/b/[slug]", None),
        ("/api/a", "/api/[...x]", None),
        ("/api/a/[id]", "/api/a/export", None),
        ("/api/a", "/", None),
    ],
)
def test_what_cannot_stand_together(ours: str, theirs: str, why: str | None) -> None:
    found = [item.why for item in meetings([route(ours)], [route(theirs)])]
    assert (why in found[0]) if why else not found


@pytest.mark.parametrize(
    ("ours", "theirs", "answered"),
    [
        ("/api/a", "/api/[...x]", True),
        ("/api/a", "/[[...x]]", True),
        ("/api/a/[id]", "/api/[kind]/[id]", True),
        ("/api/a", "/api/[kind]", True),
        ("/api/a", "/api/[kind]/[id]", False),
        ("/api/a/[id]", "/api/[kind]/5", False),
        ("/api/a", "/api/a/[...x]", False),
        ("/api/a", "/", False),
        ("/api/a", "/api", False),
    ],
)
def test_what_theirs_answered_before(ours: str, theirs: str, answered: bool) -> None:
    mine = route(ours)
    assert answered_before([mine], [route(theirs)]) == ({f"x{theirs}": [mine]} if answered else {})


def test_the_routes_of_a_folder(tmp_path: Path) -> None:
    for path in (
        "app/api/a/route.ts",
        "app/node_modules/x/route.ts",
        "src/app/api/ignored/route.ts",
        "src/pages/b.tsx",
        "outside/route.ts",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (tmp_path / "app/api/linked").symlink_to(tmp_path / "outside")
    found = routes_on_disk(tmp_path)
    assert [route.file for route in found.routes] == ["app/api/a/route.ts", "src/pages/b.tsx"]
    assert found.complete


def test_no_more_files_than_it_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "app/a").mkdir(parents=True)
    for name in ("page.tsx", "x.ts", "a/page.tsx"):
        (tmp_path / "app" / name).touch()
    monkeypatch.setattr("scaffold.frameworks.next_routes.MOST_FILES", 2)
    found = routes_on_disk(tmp_path)
    assert not found.complete and [route.url for route in found.routes] == ["/"]

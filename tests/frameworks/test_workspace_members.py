"""Members of a workspace that an app uses, and how it imports their files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scaffold.frameworks.workspace_members import used_by


def _workspace(top: Path, packages: dict[str, dict[str, Any]]) -> Path:
    (top / ".git").mkdir(parents=True)
    _write(top, {"workspaces": ["apps/*", "packages/*"]})
    for place, package in packages.items():
        (top / place).mkdir(parents=True)
        _write(top / place, package)
    return top / "apps/web"


def _write(folder: Path, package: dict[str, Any]) -> None:
    (folder / "package.json").write_text(json.dumps(package), "utf-8")


def test_members_of_members_count(tmp_path: Path) -> None:
    app = _workspace(
        tmp_path,
        {
            "apps/web": {"dependencies": {"@a/api": "*", "next": "16"}},
            "packages/api": {"name": "@a/api", "devDependencies": {"@a/db": "workspace:^"}},
            "packages/db": {"name": "@a/db", "dependencies": {"@a/api": "*"}},
            "packages/mail": {"name": "@a/mail"},
        },
    )
    found = [(one.package, one.asked, one.is_direct) for one in used_by(app)]
    assert found == [("@a/api", "*", True), ("@a/db", "workspace:^", False)]


def test_outside_of_a_workspace_there_are_none(tmp_path: Path) -> None:
    _write(tmp_path, {"dependencies": {"@a/db": "*"}})
    assert used_by(tmp_path) == []


def test_a_member_that_is_a_link_out_of_the_workspace_is_none(tmp_path: Path) -> None:
    app = _workspace(tmp_path / "a", {"apps/web": {"dependencies": {"db": "*"}}})
    (tmp_path / "elsewhere").mkdir()
    _write(tmp_path / "elsewhere", {"name": "db"})
    (tmp_path / "a/packages").mkdir()
    (tmp_path / "a/packages/db").symlink_to(tmp_path / "elsewhere")
    assert used_by(app) == []


@pytest.mark.parametrize(
    ("exports", "path", "expected"),
    [
        ("./src/index.ts", "src/index.ts", "db"),
        ({".": "./src/index.ts"}, "src/client.ts", None),
        ({"./client": {"types": "./dist/client.d.ts"}}, "src/client.ts", "db/client"),
        ({"./client": {"types": "./dist/client.d.ts"}}, "client.ts", "db/client"),
        ({"./*": "./src/*.ts"}, "src/pg/client.ts", "db/pg/client"),
        ({".": "./src/index.ts", "./*": "./src/*.ts"}, "src/index.ts", "db"),
        ({"./*": None, "./a": ["./src/a.ts"]}, "src/a.ts", None),
        ({"import": "./src/client.ts"}, "src/client.ts", "db"),
        ({"./client": "./src/client/index.ts"}, "src/client/index.ts", "db/client"),
        (None, "index.ts", "db"),
        (None, "src/index.tsx", "db"),
        (None, "src/client.ts", None),
    ],
)
def test_what_package_json_exports(
    exports: Any, path: str, expected: str | None, tmp_path: Path
) -> None:
    package = {"name": "db"} if exports is None else {"name": "db", "exports": exports}
    app = _workspace(tmp_path, {"apps/web": {"dependencies": {"db": "*"}}, "packages/db": package})
    (member,) = used_by(app)
    assert member.imports(path, "db") == expected


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("export * from './client';", "db"),
        ("export { db } from './client';", "db"),
        ("export { other, db } from './client.js';", "db"),
        ("export { other } from './client';", None),
        ("export * from './all';", "db"),
        ("import { db } from './client';", None),
        ("export * from '../../client';", None),
    ],
)
def test_what_a_module_passes_on(index: str, expected: str | None, tmp_path: Path) -> None:
    package = {"name": "db", "exports": "./dist/index.js"}
    app = _workspace(tmp_path, {"apps/web": {"dependencies": {"db": "*"}}, "packages/db": package})
    folder = tmp_path / "packages/db/src"
    folder.mkdir()
    (folder / "index.ts").write_text(index)
    (folder / "all.ts").write_text("export * from './index';\nexport * from './client';\n")
    (folder / "client.ts").write_text("export const db = 1;\n")
    (member,) = used_by(app)
    assert member.imports("src/client.ts", "db") == expected

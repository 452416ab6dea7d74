"""What is on the disk: versions in node_modules and site-packages, whatever else lies there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffold.dependencies.version_ranges import Bounds
from scaffold.frameworks.installed import (
    Need,
    Seen,
    exactly,
    findings,
    folders_up,
    from_here,
    json_of,
    node_version,
    python_versions,
    refuse,
    refuse_mysql,
    unfit,
)
from scaffold.support.errors import UserError

OLD = Need("zod", "4", "schemas use it")


def _write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


def _zod(root: Path) -> tuple[str, str] | None:
    return node_version(folders_up(root), "zod")


def test_the_nearest_node_modules_decides_up_to_the_root_of_git(tmp_path: Path) -> None:
    zod = "node_modules/zod/package.json"
    _write(tmp_path, {zod: '{"version": "1.0.0"}'})
    repository = _write(tmp_path / "repository", {zod: '{"version": "3.24.1"}'})
    app = _write(repository / "apps/web", {"package.json": "{}"})
    assert _zod(app) is None, "without git a project is alone"
    (repository / ".git").mkdir()
    assert _zod(app) == ("3.24.1", "../../node_modules/zod/package.json")
    _write(app, {zod: '{"version": "4.1.0"}'})
    assert _zod(app) == ("4.1.0", zod)


def test_links_of_pnpm_are_followed_inside_of_the_repository(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    store = "node_modules/.pnpm/zod@3.24.1/node_modules/zod"
    _write(repository, {".git/HEAD": "", f"{store}/package.json": '{"version": "3.24.1"}'})
    modules = repository / "apps/web/node_modules"
    modules.mkdir(parents=True)
    (modules / "zod").symlink_to(repository / store)
    assert _zod(modules.parent) == ("3.24.1", "node_modules/zod/package.json")
    outside = _write(tmp_path / "outside", {"package.json": '{"version": "3.0.0"}'})
    (modules / "zod").unlink()
    (modules / "zod").symlink_to(outside)
    assert _zod(modules.parent) is None


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{", '{"version": 4}', '{"version": "latest"}', '{"version": []}'),
        *("[" * 100_000, '{"version": ' + "9" * 5000 + "}", '{"version": "' + "9" * 5000 + '"}'),
        '{"version": "4.0.0", "x": "' + "x" * 1_000_001 + '"}',
    ],
)
def test_a_file_that_says_no_version(text: str, tmp_path: Path) -> None:
    assert _zod(_write(tmp_path, {"node_modules/zod/package.json": text})) is None


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "node_modules/zod"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "package.json")
    assert _zod(tmp_path) is None
    (folder / "package.json").unlink()
    (folder / "package.json").symlink_to("package.json")
    assert _zod(tmp_path) is None
    (folder / "package.json").unlink()
    (folder / "package.json").write_bytes(b'\xef\xbb\xbf{"version": "4.0.0", "x": "\xff"}')
    assert _zod(tmp_path) == ("4.0.0", "node_modules/zod/package.json")
    assert json_of(f"{tmp_path}/\0", str(tmp_path)) == {}


SITE = "lib/python3.12/site-packages"


def _dist(root: Path, *names: str) -> None:
    for name in names:
        (root / f"{name}.dist-info").mkdir(parents=True)


def test_the_virtual_environment_says_what_python_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    repository = tmp_path / "repository"
    app = repository / "apps/api"
    app.mkdir(parents=True)
    (repository / ".git").mkdir()
    assert python_versions(folders_up(app)) == {}
    _dist(repository / ".venv" / SITE, "SQLAlchemy-1.4.3", "pydantic_settings-2.1.0", "bad", "-1")
    above = f"../../.venv/{SITE}"
    assert python_versions(folders_up(app)) == {
        "sqlalchemy": ("1.4.3", above),
        "pydantic-settings": ("2.1.0", above),
    }
    _dist(app / "venv" / SITE, "pydantic-2.6.0", "pydantic-2.14.0")
    assert python_versions(folders_up(app)) == {"pydantic": ("2.14.0", f"venv/{SITE}")}


def test_an_active_environment_counts_inside_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, other = tmp_path / "app", tmp_path / "other"
    _dist(app / "env312" / SITE, "fastapi-0.121.0")
    _dist(app / ".venv" / SITE, "fastapi-0.100.0")
    _dist(other / SITE, "fastapi-0.1")
    monkeypatch.setenv("VIRTUAL_ENV", str(app / "env312"))
    assert python_versions(folders_up(app))["fastapi"][0] == "0.121.0"
    monkeypatch.setenv("VIRTUAL_ENV", str(other))
    assert python_versions(folders_up(app))["fastapi"][0] == "0.100.0"
    (app / "linked").mkdir()
    (app / "linked/.venv").symlink_to(other)
    assert python_versions(folders_up(app / "linked")) == {}


def _seen(said: str, bounds: Bounds | None, **more: bool) -> Seen:
    return Seen("zod", said, bounds, "package.json", **more)


def test_only_what_cannot_be_new_enough_is_unfit() -> None:
    for bounds in (None, Bounds(), Bounds((3, 0, 0)), Bounds((3, 25, 0), (5, 0, 0))):
        assert unfit([OLD], [_seen("", bounds)], {}) == []
    assert unfit([OLD], [_seen("^3", Bounds((3, 0, 0), (4, 0, 0)))], {})
    assert unfit([OLD], [_seen("3.24.1", exactly((3, 24, 1)), installed=True)], {})
    below = Need("zod", "3", "why", below="4")
    assert unfit([below], [_seen("4.1", exactly((4, 1, 0)))], {})
    assert not unfit([below], [_seen("^3", Bounds((3, 0, 0), (4, 0, 0)))], {})


def test_conventions_and_names_decide_what_counts() -> None:
    need = OLD._replace(when=(("stack.orm", "drizzle"),))
    old = _seen("3", Bounds((3, 0, 0), (4, 0, 0)))
    assert unfit([need], [old], {"stack": {"orm": "drizzle"}})
    for values in (None, {}, {"stack": {"orm": "prisma"}}):
        assert not unfit([need], [old], values)
    hidden = old._replace(named=False)
    assert not unfit([OLD], [hidden], None)
    assert unfit([OLD._replace(unnamed=True)], [hidden], None)


def test_of_two_needs_the_higher_is_named(tmp_path: Path) -> None:
    old = _seen("3.1.0", exactly((3, 1, 0)), installed=True)
    [wrong] = unfit([OLD, OLD._replace(lowest="4.2"), OLD._replace(lowest="3.9")], [old], None)
    assert wrong.need.lowest == "4.2"
    with pytest.raises(
        UserError, match=r"`zod` is 3\.1\.0 \(package\.json\).* 4\.2 or newer"
    ) as error:
        refuse(tmp_path, [wrong], "do it")
    assert error.value.hint == "do it"
    refuse(tmp_path, [], "")
    with pytest.raises(UserError, match=r"cannot run the generated code:\n  `zod` .*\n  `zod`"):
        refuse(tmp_path, [wrong, wrong], "do it")


def test_doctor_lists_each_package_once_with_what_helps() -> None:
    there = _seen("4.1.0", exactly((4, 1, 0)), installed=True)
    asked = _seen("", Bounds())
    assert [str(one.what) for one in findings([there, asked], [], len_of)] == [
        "zod 4.1.0 (package.json)"
    ]
    old = [_seen("3", Bounds((3, 0, 0), (4, 0, 0)))]
    [found] = findings(old, unfit([OLD], old, None), len_of)
    assert (found.ok, found.hint) == (False, "needs 4 or newer: upgrade 1")
    assert findings([asked._replace(named=False)], [], len_of) == []


def len_of(wrong: object) -> str:
    return f"upgrade {len(list(wrong))}"  # type: ignore[call-overload]


def test_mysql_is_refused_with_what_shows_it(tmp_path: Path) -> None:
    refuse_mysql(tmp_path, None, "supabase")
    with pytest.raises(UserError, match=r"MySQL .`mysql2`.; the generated code needs PostgreSQL"):
        refuse_mysql(tmp_path, "`mysql2`", "supabase")


def test_a_command_works_where_the_user_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apps/my web").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path, "npm install") == "npm install"
    assert from_here(tmp_path / "apps/my web", "npm i") == "cd 'apps/my web' && npm i"

"""Versions in the lock files of npm, pnpm, Yarn and bun."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from scaffold.frameworks.node_locks import locked
from scaffold.frameworks.package_managers import node_project

NPM = '{"packages": {"": {}, "node_modules/zod": {\n "version": "3.25.76", "license": "MIT"}}}'
NPM_MEMBER = """{"packages": {
  "apps/web/node_modules/zod": {
    "version": "3.25.76"
  },
  "node_modules/zod": {
    "version": "3.22.0"
  }}}"""
PNPM = """lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      zod:
        specifier: ^3.1.0
        version: 3.20.0

  apps/web:
    dependencies:
      '@supabase/ssr':
        specifier: ^0.8.0
        version: 0.8.0(@supabase/supabase-js@2.1.0)
      zod:
        specifier: ^3.24.1
        version: 3.25.76

packages:

  zod@3.20.0: {}
"""
PNPM_6 = "lockfileVersion: '6.0'\n\ndependencies:\n  zod:\n    specifier: ^3.24.1\n    version: 3.25.76\n"
YARN = '# yarn lockfile v1\n\n\nzod@^3.22.4, zod@^3.24.1:\n  version "3.25.76"\n  resolved "x"\n'
BERRY = '__metadata:\n  version: 8\n\n"zod@npm:^3.22.4, zod@npm:^3.24.1":\n  version: 3.25.76\n'
BUN = '{\n  "packages": {\n    "zod": ["zod@3.22.0", "", {}, "x"],\n\n    "web/zod": ["zod@3.25.76", "", {}],\n  }\n}\n'


def _app(top: Path, lock: str, text: str, said: str, folder: str) -> Path:
    root = top / folder
    root.mkdir(parents=True, exist_ok=True)
    (top / "package.json").write_text('{"workspaces": ["apps/*"]}', "utf-8")
    (root / "package.json").write_text(
        json.dumps({"name": "web", "dependencies": {"zod": said}}), "utf-8"
    )
    (top / "pnpm-workspace.yaml").write_text("packages:\n  - apps/*\n", "utf-8")
    (top / lock).write_text(text, "utf-8")
    return root


def _found(root: Path, said: str) -> dict[str, tuple[str, str]]:
    return locked(node_project(root), {"zod": said})


@pytest.mark.parametrize(
    ("lock", "text", "folder"),
    [
        ("package-lock.json", NPM, "."),
        ("npm-shrinkwrap.json", NPM, "."),
        ("package-lock.json", NPM_MEMBER, "apps/web"),
        ("package-lock.json", NPM_MEMBER.replace("\n", "\r\n"), "apps/web"),
        ("pnpm-lock.yaml", PNPM, "apps/web"),
        ("pnpm-lock.yaml", PNPM_6, "."),
        ("yarn.lock", YARN, "."),
        ("yarn.lock", BERRY, "apps/web"),
        ("bun.lock", BUN, "apps/web"),
    ],
)
def test_what_a_lock_file_keeps(lock: str, text: str, folder: str, tmp_path: Path) -> None:
    root = _app(tmp_path, lock, text, "^3.24.1", folder)
    where = lock if folder == "." else f"../../{lock}"
    assert _found(root, "^3.24.1") == {"zod": ("3.25.76", where)}


def test_another_range_than_the_one_that_was_locked(tmp_path: Path) -> None:
    for lock, text in (("package-lock.json", NPM), ("yarn.lock", YARN)):
        root = _app(tmp_path / lock, lock, text, "^4.1.0", ".")
        assert _found(root, "^4.1.0") == {}


def test_a_catalog_is_what_the_lock_file_says(tmp_path: Path) -> None:
    root = _app(tmp_path, "pnpm-lock.yaml", PNPM, "catalog:", "apps/web")
    assert _found(root, "catalog:")["zod"][0] == "3.25.76"


@pytest.mark.parametrize("text", ["", "[[[{", "\x00", "importers:\n", PNPM.replace("3.25.76", "x")])
def test_nothing_that_can_be_read(text: str, tmp_path: Path) -> None:
    for lock in ("package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"):
        folder = tmp_path / lock
        assert _found(_app(folder, lock, text, "^3.24.1", "apps/web"), "^3.24.1") == {}


def test_the_lock_file_of_another_manager_says_nothing(tmp_path: Path) -> None:
    root = _app(tmp_path, "pnpm-lock.yaml", PNPM, "^3.24.1", "apps/web")
    (tmp_path / "package-lock.json").write_text(NPM, "utf-8")
    assert _found(root, "^3.24.1")["zod"][1] == "../../pnpm-lock.yaml"


def test_a_hostile_lock_file_costs_no_time(tmp_path: Path) -> None:
    text = 'zod@^3.24.1, "' * 100_000 + "\n" + "a@1, " * 100_000
    for lock in ("yarn.lock", "package-lock.json", "pnpm-lock.yaml", "bun.lock"):
        folder = tmp_path / lock
        root = _app(folder, lock, text, "^3.24.1", ".")
        start = time.monotonic()
        assert _found(root, "^3.24.1") == {}
        assert time.monotonic() - start < 2


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    root = _app(tmp_path / "app", "other.json", "", "^3.24.1", ".")
    (tmp_path / "package-lock.json").write_text(NPM, "utf-8")
    (root / "package-lock.json").symlink_to(tmp_path / "package-lock.json")
    assert _found(root, "^3.24.1") == {}

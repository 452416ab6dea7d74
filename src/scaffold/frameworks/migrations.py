"""Whether migrations make the tables of a project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from scaffold.frameworks.base import Orm
from scaffold.frameworks.orms import ORMS
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import writes_migrations
from scaffold.rendering.render import Templates
from scaffold.resources.resource import Resource

_MADE = re.compile(
    r"CREATE TABLE (?:IF NOT EXISTS )?\"([^\"]+)\" \(|create_table\(\s*[\"']([^\"']+)[\"']",
    re.IGNORECASE,
)


def has_migration(root: Path, table: str, host: Mapping[str, str]) -> bool:
    """Whether a migration creates that table, so that dropping its definition would drop rows; see `with_migration`."""
    return bool(with_migration(root, [table], host))


def with_migration(root: Path, tables: Iterable[str], host: Mapping[str, str]) -> set[str]:
    """Those of the tables that a migration creates.

    `host` is that of the manifest: their migrations count, and their prefix.
    """
    prefix = host.get("table_prefix", "")
    wanted = {f"{prefix}{table}".lower(): table for table in tables}
    if not wanted:
        return set()
    made = {
        (sql or python).lower()
        for text in _texts(root, ORMS.values(), host)
        for sql, python in _MADE.findall(text)
    }
    return {table for name, table in wanted.items() if name in made}


def may_have_rows(root: Path, templates: Templates, manifest: Manifest, resource: Resource) -> bool:
    """Whether the resource's table may have rows."""
    values = templates.conventions(manifest)
    # If scaffold writes the migrations, one that makes the table exists, or did.
    ours = writes_migrations(templates.schema, values)
    return ours or has_migration(root, resource.stored_in, manifest.host)


def has_column(root: Path, table: str, column: str, host: Mapping[str, str]) -> bool:
    """Whether migrations in SQL give that table that column, and none takes it away again; `host` as above."""
    table = f"{host.get('table_prefix', '')}{table}"
    begin = re.compile(
        rf'(?:CREATE TABLE (?:IF NOT EXISTS )?|ALTER TABLE )"{table}"\s', re.IGNORECASE
    )
    name = rf'\s*"{re.escape(column)}"'
    made = re.compile(rf"(?:\(|,|ADD|ADD COLUMN){name}\s", re.IGNORECASE)
    gone = re.compile(rf"DROP COLUMN{name}", re.IGNORECASE)
    times = 0
    for text in _texts(root, [orm for orm in ORMS.values() if orm.definitions], host):
        for statement in text.split(";"):
            if found := begin.search(statement):
                rest = f"{statement[found.end() :]} "
                times += bool(made.search(rest)) - bool(gone.search(rest))
    return times > 0


def _texts(root: Path, orms: Iterable[Orm], host: Mapping[str, str]) -> Iterator[str]:
    """The migrations of a project that can be read."""
    paths = {path: None for orm in orms for path in orm.migrations(root)}
    if "db" in host:
        from scaffold.frameworks import databases

        paths |= dict.fromkeys(databases.migrations(root))
    if "migrations" in host:
        paths |= dict.fromkeys((root / host["migrations"]).glob("*.sql"))
    for path in paths:
        # A folder of that name, or a pipe, is none of them.
        if path.is_file():
            with suppress(OSError):
                yield path.read_text("utf-8", "replace")


def without_migration(root: Path, manifest: Manifest) -> list[str]:
    """The resources whose table no migration makes."""
    kept = [resource for resource in manifest.resources if not resource.dropped]
    made = with_migration(root, (resource.stored_in for resource in kept), manifest.host)
    return [resource.name for resource in kept if resource.stored_in not in made]

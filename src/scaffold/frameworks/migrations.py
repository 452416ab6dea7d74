"""Whether migrations make the tables of a project."""

from __future__ import annotations

import re
from pathlib import Path

from scaffold.frameworks.orms import ORMS
from scaffold.manifest.manifest import Manifest


def has_migration(root: Path, table: str) -> bool:
    """Whether a migration creates that table, so that dropping its definition would drop rows."""
    made = re.compile(
        rf"CREATE TABLE (?:IF NOT EXISTS )?\"{table}\" \(|create_table\(\s*[\"']{table}[\"']",
        re.IGNORECASE,
    )
    return any(
        made.search(path.read_text("utf-8", "replace"))
        for orm in ORMS.values()
        for path in orm.migrations(root)
    )


def without_migration(root: Path, manifest: Manifest) -> list[str]:
    """The resources whose table no migration makes."""
    return [
        resource.name
        for resource in manifest.resources
        if not resource.dropped and not has_migration(root, resource.stored_in)
    ]

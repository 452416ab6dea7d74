"""The order of migrations in the manifest on disk: the next command completes it, `resolve` puts it right."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.manifest.migration_order import KEY
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.support.yaml import load


def with_order(root: Path, plan: Plan, tree: Mapping[str, str]) -> Plan:
    """The plan, which also writes the manifest of `tree` if the one in `root` has no order, or another one.

    Nothing else in a manifest counts here: people write comments in it. The one in `root` must be valid YAML.
    """
    if any(change.path == MANIFEST for change in plan.changes):
        return plan
    disk = ProjectFiles(root).disk(MANIFEST)
    text = tree[MANIFEST]
    if disk.text is None or _tail(disk.text) == _tail(text) or _order(disk.text) == _order(text):
        return plan
    change = FileChange(MANIFEST, Action.UPDATE, disk.raw, disk.encode(text))
    return plan._replace(changes=tuple(sorted((*plan.changes, change))))


def _tail(text: str) -> str:
    return text.partition(f"\n{KEY}:")[2]


def _order(text: str) -> Any:
    found = load(text)
    return found.get(KEY) or [] if isinstance(found, Mapping) else None

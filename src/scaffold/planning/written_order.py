"""The order of migrations as the manifest on disk has it: completed by the next command, put right by `resolve`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.manifest.migration_order import KEY
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.support.yaml import load


def with_order(root: Path, plan: Plan, tree: Mapping[str, str]) -> Plan:
    """The plan, which also writes the manifest of `tree` where the one in `root` lacks its order, or has another.

    Nothing else of a manifest counts here: people write comments in it. The one in `root` has to be valid YAML.
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

"""Files of a resource that the user deleted, and did not only move."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from scaffold.planning.plan import Keep, Kept, Plan


def deleted(top: Path, tree: Mapping[str, str], paths: Collection[str]) -> tuple[str, ...]:
    """Which of the `paths` are gone from the project's folder `top`, of which `tree` is all that we wrote.

    Reads the disk.
    """
    gone = [path for path in paths if path in tree and not os.path.lexists(top / path)]
    if not gone:
        return ()
    # Imported only if a file is missing, which is rare.
    from scaffold.planning.renamed_files import find

    # All that is missing counts: a file that was moved is only one of them.
    missing = {path: text for path, text in tree.items() if not os.path.lexists(top / path)}
    moved = find(top, missing, tree)
    return tuple(sorted(path for path in gone if path not in moved))


def with_deleted(plan: Plan, paths: Collection[str]) -> Plan:
    """The plan, which names these deleted files too, although nothing would change in them."""
    known = {entry.path for entry in plan.kept}
    kept = [*plan.kept, *(Kept(path, Keep.DELETED) for path in paths if path not in known)]
    return plan._replace(kept=tuple(sorted(kept, key=lambda entry: entry.path)))

"""Files that are the user's from their birth: written where there is none, and never touched where there is one."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

Files = dict[str, str]


def without_theirs(
    root: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    once: Collection[str],
    moves: Mapping[str, str],
) -> tuple[Files, Files]:
    """Both trees as a plan has to see them; `once` are paths in `after`, `moves` maps new paths to old ones.

    What is there is in neither, so nothing becomes of it. What is not is new, also where the user deleted it: that
    is what Copier does with `_skip_if_exists`. A file that moves with its thing's name is merged like any other.
    """
    old, new = dict(before), dict(after)
    for path in once:
        if path not in new or path in moves:
            continue
        old.pop(path, None)
        if os.path.lexists(root / path):
            del new[path]
    return old, new

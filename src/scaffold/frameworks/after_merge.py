"""What an ORM's own tool needs after a merge: its files are its own, so scaffold gives commands and touches none."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from typing import NamedTuple

_GENERATE = "npm run db:generate"
_FOLDERS = {"drizzle": "drizzle/", "prisma": "prisma/migrations/"}


class Advice(NamedTuple):
    """Commands to run, in the project's folder, and sentences about them."""

    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def tools_own(orm: str, path: str) -> bool:
    """Whether a file is written by the ORM's tool."""
    return orm in _FOLDERS and path.startswith(_FOLDERS[orm])


def after_merge(
    orm: str, unmerged: Collection[str], ours: Collection[str], theirs: Collection[str]
) -> Advice:
    """`unmerged` is what git could not settle, `ours` and `theirs` what each side has and the base has not."""
    if orm == "sqlalchemy":
        note = "Alembic: each table has revisions of its own, so several heads are fine (`alembic upgrade heads`)"
        return Advice(notes=(note,))
    if orm == "prisma":
        return Advice((_GENERATE,))
    if orm != "drizzle":
        return Advice()
    stuck = sorted(path for path in unmerged if tools_own(orm, path))
    if not stuck:
        return Advice((_GENERATE,))
    keep = _words("git checkout --ours --", stuck)
    remove = "git rm -q -f --"
    gone, other = (
        sorted(path for path in side if tools_own(orm, path) and path not in stuck)
        for side in (theirs, ours)
    )
    steps = (keep, *[_words(remove, gone)] * bool(gone), _GENERATE, "git add drizzle")
    instead = f"`{keep.replace('--ours', '--theirs')}`"
    if other:
        instead += f" and `{_words(remove, other)}`"
    note = (
        "Drizzle: both sides made migrations. The steps keep those of ours and make those of theirs again; what "
        f"was written into them by hand has to be copied. Where a database has theirs, begin with {instead}"
    )
    return Advice(steps, (note,))


def _words(command: str, paths: Collection[str]) -> str:
    return " ".join([command, *(shlex.quote(path) for path in paths)])

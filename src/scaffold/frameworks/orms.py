"""The ORMs of the templates, by the word that `stack.orm` has for them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final

from scaffold.frameworks.base import Advice, Merging, Orm
from scaffold.support.project_files import NOT_SOURCE

_GENERATE: Final = ("db:generate",)
_DROP: Final = (*_GENERATE, "--drop")


def _files(pattern: str) -> Callable[[Path], Iterator[Path]]:
    return lambda root: root.glob(pattern)


def _revisions(root: Path) -> Iterator[Path]:
    """Alembic's files, in any folder `versions`."""
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if name not in NOT_SOURCE and not name.startswith(".")
        ]
        if Path(folder).name == "versions":
            yield from (Path(folder) / name for name in files if name.endswith(".py"))


def _drizzle_merged(orm: Orm, merging: Merging, generate: str) -> Advice:
    stuck = sorted(path for path in merging.unmerged if orm.owns(path))
    if not stuck:
        return Advice((generate,))
    keep = _words("git checkout --ours --", stuck)
    remove = "git rm -q -f --"
    gone, other = (
        sorted(path for path in side if orm.owns(path) and path not in stuck)
        for side in (merging.theirs, merging.ours)
    )
    steps = (keep, *[_words(remove, gone)] * bool(gone), generate, "git add drizzle")
    instead = f"`{keep.replace('--ours', '--theirs')}`"
    if other:
        instead += f" and `{_words(remove, other)}`"
    note = (
        "Drizzle: both sides made migrations. The steps keep ours and make theirs again; copy what somebody wrote "
        f"into theirs by hand. If a database has run theirs, begin with {instead}"
    )
    return Advice(steps, (note,))


def _prisma_merged(orm: Orm, merging: Merging, generate: str) -> Advice:
    return Advice((generate,))


def _alembic_merged(orm: Orm, merging: Merging, generate: str) -> Advice:
    note = "Alembic: each table has its own revisions, so several heads are fine (`alembic upgrade heads`)"
    return Advice(notes=(note,))


def _words(command: str, paths: Collection[str]) -> str:
    return " ".join([command, *(shlex.quote(path) for path in paths)])


ORMS: Final = {
    orm.name: orm
    for orm in (
        Orm(
            "drizzle",
            migrations=_files("drizzle/*.sql"),
            definitions="db/schema/",
            hosted="api-db/schema/",
            tools="drizzle/",
            generate=_GENERATE,
            drop=_DROP,
            deploy=("db:migrate",),
            after_merge=_drizzle_merged,
        ),
        Orm(
            "prisma",
            migrations=_files("prisma/migrations/*/*.sql"),
            definitions="prisma/schema/",
            hosted="api-models/",
            tools="prisma/migrations/",
            generate=_GENERATE,
            drop=_DROP,
            builds={"@prisma/engines": False, "prisma": True},
            after_merge=_prisma_merged,
        ),
        Orm(
            "libsql",
            migrations=_files("migrations/*/*.sql"),
            # scaffold wrote them, so somebody deleted them.
            missing="git checkout -- migrations",
            migrate=("db:migrate",),
        ),
        Orm(
            "sqlalchemy",
            migrations=_revisions,
            missing="alembic revision, for",
            after_merge=_alembic_merged,
        ),
    )
}

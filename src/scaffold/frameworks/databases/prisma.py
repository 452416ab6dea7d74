"""Somebody else's Prisma: what shows it. Our models are not in their schema, so our tables are not in their database.

Prisma offers to reset a database that has tables which its migrations do not know.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from scaffold.frameworks import installed
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_CONFIGS: Final = (
    *("prisma.config.ts", "prisma.config.mts", "prisma.config.js", "prisma.config.mjs"),
    *("prisma.config.cjs", ".config/prisma.ts", ".config/prisma.js"),
)
_FOLDERS: Final = ("prisma", "prisma/schema", ".")
# What scaffold wrote before the project lost its manifest.
_OURS: Final = "prisma/schema/_base.prisma"
_OUR_GENERATOR: Final = re.compile(
    r'generator client \{\n  provider            = "prisma-client"\n  output              = '
    r'"\.\./\.\./(?:[\w-]+/)*generated/prisma"\n'
)


def shown_by(root: Path) -> str | None:
    """The file that shows a Prisma of the project's own; None if it has none."""
    if is_ours(root):
        return None
    top = installed.folders_up(root)[-1]
    said = installed.json_of(str(root / "package.json"), top).get("prisma")
    named = said.get("schema") if isinstance(said, dict) else None
    if isinstance(named, str) and os.path.exists(root / os.path.normpath(named[:200])):
        return printable(os.path.normpath(named[:200]))
    for folder in _FOLDERS:
        for place in sorted((root / folder).glob("*.prisma")):
            return printable(place.relative_to(root).as_posix())
    return next((path for path in _CONFIGS if (root / path).is_file()), None)


def is_ours(root: Path) -> bool:
    """Whether the Prisma of the project is what scaffold wrote."""
    text = installed.bounded_text(str(root / _OURS), installed.folders_up(root)[-1])
    return bool(text and _OUR_GENERATOR.search(text))


def refuse(root: Path) -> None:
    """Raises UserError if they have one: models of ours would be a second schema beside theirs."""
    path = shown_by(root)
    if path is None:
        return
    raise UserError(
        f"you have Prisma ({path}), and scaffold cannot add models to a schema of yours: "
        "a second one would write the same migrations",
        "keep the endpoints in a database of their own beside it: `--set stack.orm=drizzle`",
    )

"""The migrations of somebody else's Supabase project: ours are written among them, and Supabase's tool runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from scaffold.frameworks import installed
from scaffold.frameworks.package_managers import NodeProject

FOLDER: Final = "supabase/migrations"

_TABLE: Final = re.compile(
    r"\b(CREATE|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:\"?public\"?\.)?\"?(\w{1,63})\"?(?![\w.])",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_MOST: Final = 2_000


def found(root: Path) -> dict[str, str]:
    """Where our migrations belong, for the manifest's `host`; empty if the project has none of Supabase."""
    return {"migrations": FOLDER} if _files(root) else {}


def tables(root: Path) -> dict[str, str]:
    """The tables that its migrations make and leave, each with its file."""
    top = installed.folders_up(root)[-1]
    known: dict[str, str] = {}
    for place in _files(root):
        text = _COMMENT.sub("", installed.bounded_text(str(place), top) or "")
        for verb, name in _TABLE.findall(text):
            if verb.upper() == "DROP":
                known.pop(name.lower(), None)
            else:
                known.setdefault(name.lower(), place.relative_to(root).as_posix())
    return known


def steps(root: Path, project: NodeProject) -> list[str]:
    """What runs new migrations: on the local database, if the project has one, else on the one it is linked to."""
    local = (root / "supabase/config.toml").is_file()
    return [f"{project.manager.program} supabase {'migration up' if local else 'db push'}"]


def _files(root: Path) -> list[Path]:
    return sorted((root / FOLDER).glob("*.sql"))[:_MOST]

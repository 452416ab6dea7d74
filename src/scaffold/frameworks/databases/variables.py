"""The variable that has the address of somebody else's PostgreSQL, under the name that it has there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from scaffold.frameworks import installed
from scaffold.frameworks.databases import sources

USUAL: Final = "DATABASE_URL"
_OTHERS: Final = (
    *("POSTGRES_URL", "POSTGRESQL_URL", "PG_URL", "NEON_DATABASE_URL", "SUPABASE_DB_URL"),
    *("POSTGRES_DATABASE_URL", "DB_URL"),
)
_DRIVERS: Final = ("pg", "postgres", "@neondatabase/serverless", "@vercel/postgres")
_PUBLIC_SUPABASE: Final = "NEXT_PUBLIC_SUPABASE_URL"
_EXAMPLES: Final = (".env.example", ".env.sample", ".env.local.example", ".env.dist")
_OWN: Final = (".env.schema", ".env.local", ".env")
_NAMED: Final = re.compile(rf"\b({USUAL}|{'|'.join(_OTHERS)})\b")


def found(root: Path) -> str | None:
    """The name that a project with a driver for PostgreSQL gives to its address; None for the usual one, or none."""
    driver = driver_of(root)
    if driver is None:
        return None
    names = {name for text in _texts(root, (USUAL, *_OTHERS)) for name in _NAMED.findall(text)}
    if USUAL in names:
        return None
    # It reads its variable itself.
    if driver == "@vercel/postgres":
        names.add("POSTGRES_URL")
    return next((name for name in _OTHERS if name in names), None)


def is_taken(root: Path) -> bool:
    """Whether the project reads the usual variable for a database that is none of libSQL's."""
    top = installed.folders_up(root)[-1]
    named = installed.json_of(str(root / "package.json"), top).get("dependencies")
    if isinstance(named, dict) and any("libsql" in name for name in named):
        return False
    own = (installed.bounded_text(str(root / name), top) or "" for name in _OWN)
    return any(re.search(rf"\b{USUAL}\b", text) for text in (*own, *_texts(root, (USUAL,))))


def driver_of(root: Path) -> str | None:
    """The driver for PostgreSQL that the project names; None if it has none."""
    top = installed.folders_up(root)[-1]
    named = installed.json_of(str(root / "package.json"), top).get("dependencies")
    return next((one for one in _DRIVERS if isinstance(named, dict) and one in named), None)


def supabase_url(root: Path) -> str | None:
    """The name that a project with Supabase gives to its address, where browsers read it, too; None if it has none."""
    named = any(_PUBLIC_SUPABASE in text for text in _texts(root, (_PUBLIC_SUPABASE,)))
    return _PUBLIC_SUPABASE if named else None


def _texts(root: Path, words: Collection[str]) -> Iterator[str]:
    """The example files of the environment, then the source files that have one of the words."""
    top = installed.folders_up(root)[-1]
    for name in _EXAMPLES:
        yield installed.bounded_text(str(root / name), top) or ""
    for _, text in sources.naming(root, words):
        yield text

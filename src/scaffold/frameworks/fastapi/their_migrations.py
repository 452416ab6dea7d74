"""Migrations of somebody else's project on the database that our tables share: their tool would drop ours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles

_USUAL: Final = ("alembic", "migrations", "app/alembic", "app/migrations", "src/alembic")
_INIS: Final = ("alembic.ini", "app/alembic.ini", "src/alembic.ini", "pyproject.toml")
_LOCATION: Final = re.compile(
    r"^[ \t]*script_location[ \t]*=[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE
)
_METADATA: Final = re.compile(r"\btarget_metadata[ \t]*=[ \t]*([A-Za-z_][\w.]*)")
_FILTERS: Final = re.compile(r"\binclude_(?:name|object)\b")
_BIGGEST: Final = 200_000


def note_on_autogenerate(root: Path) -> str | None:
    """The line for the project's Alembic environment that leaves our tables alone; None if it needs none."""
    files = ProjectFiles(root)
    for path in dict.fromkeys(_environments(files)):
        text = _text(files, path)
        found = _METADATA.findall(text)
        if not found:
            continue
        if _FILTERS.search(text):
            return None
        line = f'include_name=lambda name, kind, _: kind != "table" or name in {found[-1]}.tables'
        return (
            f"{path}: `alembic revision --autogenerate` of yours would drop our tables, which it does not know; "
            f"add `{line}` to each `context.configure(...)`"
        )
    return None


def _environments(files: ProjectFiles) -> list[str]:
    """Where Alembic's `env.py` may be, the most certain place first."""
    named = []
    for ini in _INIS:
        folder = ini.rpartition("/")[0]
        for location in _LOCATION.findall(_text(files, ini)):
            inner = location.replace("%(here)s", "").strip("/").removeprefix("./")
            # Of a package it is `app:migrations`.
            inner = inner.replace(":", "/")
            named += [f"{folder}/{inner}".strip("/"), inner]
    return [f"{folder}/env.py" for folder in (*named, *_USUAL)]


def _text(files: ProjectFiles, path: str) -> str:
    try:
        raw = files.read(path)
    except UserError:
        return ""
    return raw.decode("utf-8", "replace") if raw and len(raw) <= _BIGGEST else ""

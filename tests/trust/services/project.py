"""The project of the drills: one resource whose limit nobody meets, kept as files, too, in one style."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.attack.projects import installed, scaffold
from tests.e2e.stacks import Stack

# The style whose rows are files, too.
FILES = "libsql"
NAME = "entries"
FIELDS = ("writer:int", "text:string{1..200}")
NO_LIMIT = "1000000/1m"


def project(style: str, folder: Path) -> Stack:
    """The project of a style in `folder`, installed and built; its local data is of this run only."""
    if not folder.exists():
        files = ["--files", "entries/{writer}"] * (style == FILES)
        scaffold(folder.parent, "new", str(folder), "--style", style)
        scaffold(folder, "endpoint", NAME, *FIELDS, "--rate-limit", NO_LIMIT, *files)
    made = installed(folder)
    for name in (".data", "data"):
        shutil.rmtree(folder / name, ignore_errors=True)
    return made

"""What a day tries where all of it would take too long: another part each day, everything with SCAFFOLD_SOAK=1."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeVar

from tools.source import ROOT

T = TypeVar("T")

TODAY = datetime.date.today().toordinal()
# A file that runs on every other day has to meet all of its items, too.
DAY = TODAY // 2
SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))
# Files of slow tests that have every other day, where a run has all files and SCAFFOLD_TURNS is set: `make test`.
# Each looks at a side of what the other looks at.
TURNS = (
    ("test_evolve_postgres.py", "test_evolve.py"),
    ("test_evolve_postgres.py", "test_evolve_fastapi.py"),
    ("test_foreign_auth.py", "test_foreign_fastapi_users.py"),
    ("test_foreign_database.py", "test_foreign_versions.py"),
    ("test_foreign_packages.py", "test_foreign_checks.py"),
    ("test_values.py", "test_formatting.py"),
    ("test_values.py", "test_formatting_python.py"),
    ("test_prisma.py", "test_dual_storage.py"),
    ("test_answers.py", "test_documents.py"),
    ("test_foreign.py", "test_foreign_fastapi.py"),
)
# Parts of files, likewise: the gates of a mixture, and a life in somebody else's project.
PARTS = (r"test_gates\.py::\w+\[(?:{mixtures})\b", r"test_hosts\.py::test_a_host_of_the_day")

# Of a file that has every other day, one of these each time.
HALVES = (
    r"test_foreign_fastapi_users\.py::test_a_project_after_the_full_stack_template",
    r"test_foreign_fastapi_users\.py::test_a_project_with_numbers",
)


def of_day(items: Sequence[T], count: int, day: int = DAY, soak: bool = SOAK) -> list[T]:
    """`count` of the items, in their order; days in a row have all of them in turn."""
    if soak:
        return [*items]
    chosen = {(day + number) % len(items) for number in range(count)}
    return [item for number, item in enumerate(items) if number in chosen]


def has_its_turn(nodeid: str, day: int = TODAY) -> bool:
    """Whether a slow test runs on this day."""
    file = PurePath(nodeid.partition("::")[0]).name
    if any(file == pair[(day + 1) % 2] for pair in TURNS):
        return False
    if re.search(HALVES[(day // 2) % 2], nodeid):
        return False
    mixtures = "|".join(
        path.stem.replace("-", "_") for path in (ROOT / "tests/agents").glob("*.md")
    )
    return not re.search(PARTS[(day + 1) % 2].format(mixtures=mixtures), nodeid)

"""What a day tries where all of it would take too long: another part each day, everything with SCAFFOLD_SOAK=1."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TypeVar
from zlib import crc32

from tools.source import ROOT

T = TypeVar("T")

# The parts of another day: `SCAFFOLD_DAYS=1 make test` has tomorrow's.
TODAY = datetime.date.today().toordinal() + int(os.environ.get("SCAFFOLD_DAYS", "0"))
SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))
# Of these quick tests, most of which write a whole project, every second one each day: `make check`.
EVERY_SECOND = re.compile(
    r"test_cases\.py::test_case\[(?:apply|auth|callers|databases|documents|entities|evolve|follows|hosts|imports"
    r"|keys|names|scripts|steps|targets|versions): "
    r"|test_hosts\.py::test_(?:their_sign_in|nothing_is_there)|::test_a_fault_changes_what_the_templates_write"
    r"|::test_the_suite_knows_every_kind_of_id|::test_files_of_todays_words|::test_another_resource_renders"
    r"|test_job_kind\.py::|::test_one_key_more_anywhere|::test_our_agents_come_back|test_entities\.py::test_hostile_documents_cost"
)
# Files of slow tests that have one day in turn, where a run has all files and SCAFFOLD_TURNS is set: `make test`.
# Each day has about as much to do.
TURNS = (
    ("test_formatting.py", "test_formatting_python.py", "test_evolve.py", "test_dual_storage.py"),
    (
        *("test_foreign_versions.py", "test_foreign_checks.py"),
        *("test_foreign.py", "test_documents.py"),
    ),
    ("test_evolve_postgres.py", "test_formatters.py", "test_client_changes.py"),
    (
        *("test_hosts.py", "test_answers.py", "test_apply_versions.py"),
        *("test_named_issuer.py", "test_things.py", "test_job_kind.py"),
    ),
    (
        *("test_values.py", "test_foreign_fastapi.py", "test_prisma.py"),
        "test_foreign_packages.py",
    ),
    (
        *("test_evolve_fastapi.py", "test_foreign_database.py", "test_field_changes.py"),
        *("test_foreign_routes.py", "test_foreign_auth.py", "test_foreign_fastapi_users.py"),
    ),
)
# The gates of a mixture have that day, too: where a part of a file has another day than the rest.
MIXTURE_DAY = 3
COVERAGE_DAY = 1
# A file that runs on one day of a round has to meet all of its items, too.
DAY = TODAY // len(TURNS)

# Of a file that has a turn, one of these each time.
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


def is_day(turn: int, day: int = TODAY) -> bool:
    """Whether that turn of TURNS is the day's."""
    return day % len(TURNS) == turn


def is_every_second(nodeid: str, day: int = TODAY) -> bool:
    """Whether a quick test runs on this day."""
    return not EVERY_SECOND.search(nodeid) or (crc32(nodeid.encode()) + day) % 2 == 0


def has_its_turn(nodeid: str, day: int = TODAY) -> bool:
    """Whether a slow test runs on this day."""
    file = PurePath(nodeid.partition("::")[0]).name
    if any(file in files and not is_day(turn, day) for turn, files in enumerate(TURNS)):
        return False
    if re.search(HALVES[(day // len(TURNS)) % 2], nodeid):
        return False
    mixtures = "|".join(
        path.stem.replace("-", "_") for path in (ROOT / "tests/agents").glob("*.md")
    )
    gate = rf"test_gates\.py::\w+\[(?:{mixtures})\b"
    return is_day(MIXTURE_DAY, day) or not re.search(gate, nodeid)

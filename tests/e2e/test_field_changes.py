"""`field change` on tables with rows: all pairs of definitions, in SQL that scaffold writes for SQLite and PostgreSQL.

For every pair, rows that do not fit stop the migration and nothing is changed; then all rows, and the rows of two
children, one that cascades and one that restricts, are as they should be. Alembic's are in test_evolve_fastapi.py.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.conventions.schema import Values
from scaffold.manifest import edits
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import noted, recorded
from tests.e2e.shell import npm
from tests.support.days import SOAK, of_day
from tests.support.field_matrix import PAIRS, columns, plain, row, row_after, unfit_row
from tests.support.packages import seed_node
from tests.support.projects import CHECKOUT, manifest_of, resource
from tools.node import node_env
from tools.source import ROOT

pytestmark = pytest.mark.slow

# Rows cost time: `make soak` has many.
ROWS = 1000 if SOAK else 60
DRIVERS = Path(__file__).parent


def begin(style: str) -> Manifest:
    """A service with a table of a column for each pair, and one that refers to it."""
    manifest = replace(manifest_of(ROOT / f"agents/{style}.md", CHECKOUT), resources=())
    made = ("title:string", *(field.spec() for field in columns()))
    manifest = manifest.with_resource(resource("lessons", *made))
    return manifest.with_resource(resource("marks", "lesson:ref(lessons)"))


def changed(manifest: Manifest, number: int, values: Values) -> Manifest:
    """The manifest after the change of one column, as the command leaves it."""
    pair = PAIRS[number].alteration(number)
    lessons = edits.with_altered_field(find_resource(manifest, "lessons"), pair)
    if values["stack"]["orm"] == "libsql":
        return recorded(manifest, manifest.with_resource(lessons), values, values)
    return manifest.with_resource(noted(manifest, lessons, pair))


def all_changed(manifest: Manifest) -> tuple[Manifest, list[str | None]]:
    """The manifest after all changes, and what the step of each is called; None where it needs none."""
    values = CHECKOUT.context(manifest)["conventions"]
    names: list[str | None] = []
    for number in range(len(PAIRS)):
        before = len(find_resource(manifest, "lessons").history)
        manifest = changed(manifest, number, values)
        # The first one brings the step that made the table.
        new = find_resource(manifest, "lessons").history[before:][-1:]
        names += [f"{step.id:04d}" for step in new] or [None]
    return manifest, names


def write(project: Path, manifest: Manifest) -> dict[str, str]:
    """The project on disk, as files and their texts."""
    tree = CHECKOUT.render(manifest)
    for path, text in tree.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    return tree


def drive(project: Path, driver: str, **given: object) -> dict[str, Any]:
    """What the driver says, which runs inside of the project."""
    (project / "given.json").write_text(json.dumps(given))
    (project / driver).write_text((DRIVERS / driver).read_text())
    done = subprocess.run(
        ["node", "../node_modules/tsx/dist/cli.mjs", driver],
        cwd=project,
        env=node_env(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def steps(files: Sequence[str | None]) -> list[dict[str, Any]]:
    """What the driver does, one pair after the other."""
    return [
        {
            "file": file,
            "column": f"f{number}",
            "unfit": [
                {"title": "unfit", **unfit_row(number, value, ROWS, range(number))}
                for value in PAIRS[number].unfit
            ],
        }
        for number, file in enumerate(files)
    ]


def judge(found: dict[str, Any]) -> None:
    """Rows that do not fit were refused, and all others are as they should be."""
    for number, (pair, step) in enumerate(zip(PAIRS, found["steps"], strict=True)):
        assert step["same"], (number, pair)
        for said in step["said"]:
            assert "do not fit, nothing was changed" in said, (number, pair, said)
        wanted = {str(n): plain(row_after(n)[f"f{number}"]) for n in range(ROWS)}
        assert {title: plain(value) for title, value in step["values"].items()} == wanted, (
            number,
            pair,
        )
    assert found["counts"] == [ROWS, ROWS, ROWS]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the packages of all styles."""
    seed_node(tmp_path)
    made = tmp_path / "school"
    made.mkdir()
    return made


def test_sqlite_makes_the_table_anew(project: Path) -> None:
    manifest = begin("libsql")
    first = write(project, manifest)
    manifest, names = all_changed(manifest)
    assert first["migrations/lessons/0001_create.sql"] == (
        write(project, manifest)["migrations/lessons/0001_create.sql"]
    )
    files = [f"lessons/{name}_alter_f{number}.sql" for number, name in enumerate(names)]
    given = [{"title": str(number), **row(number)} for number in range(ROWS)]
    found = drive(project, "field_changes_libsql.mjs", rows=given, steps=steps(files))
    judge(found)
    assert found["lost"] == 0
    fresh = replace(find_resource(manifest, "lessons"), history=())
    tree = CHECKOUT.render(manifest.with_resource(fresh))
    assert normal("\n".join(found["shape"])) == normal(tree["migrations/lessons/0001_create.sql"])


def normal(sql: str) -> list[str]:
    """The statements of a table, whatever their case and order."""
    return sorted(part.strip().lower() for part in sql.replace(";", "").split("\n") if part.strip())


@pytest.mark.parametrize("style", of_day(["supabase", "prisma"], 1))
def test_postgresql_gets_it_by_db_generate(style: str, project: Path) -> None:
    manifest = begin(style)
    write(project, manifest)
    first = generate(project)
    manifest, names = all_changed(manifest)
    files = [name and f"lessons_{name}_f{number}.sql" for number, name in enumerate(names)]
    write(project, manifest)
    whole = generate(project)
    assert "DROP COLUMN" not in (project / whole).read_text()
    assert generate(project) == "The migrations already say what the schema says."
    given = [{"title": str(number), **row(number)} for number in range(ROWS)]
    found = drive(
        *(project, "field_changes_postgres.mjs"),
        rows=given,
        steps=steps(files),
        first=first,
        whole=whole,
    )
    judge(found)
    assert found["alike"]


def generate(project: Path) -> str:
    """The migration that `npm run db:generate` makes, or what it says instead."""
    said = npm(project, "run", "-s", "db:generate").strip().splitlines()[-1]
    return said.removeprefix("Made ")

"""Resources that change while they have rows: each change reaches the database by a migration, and the rows stay.

A service takes rows over HTTP at version 1; then fields come, go and get other names, a relation comes
later, and the resource gets another name, each followed by a migration of the same database. At the
end the rows are there by the new names, the project passes its own gates, and it takes new rows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.conftest import Run
from tests.e2e.rows import Rows, Subject
from tests.e2e.shell import Postgres
from tests.e2e.stacks import LOCAL
from tests.support.days import of_day

pytestmark = pytest.mark.slow

# Style and databases; SCAFFOLD_AGENTS chooses, as in test_gates.py. Drizzle's and Prisma's migrations are in
# test_evolve_postgres.py, on both databases, every day; of clerk's there is only in a soak.
SUBJECTS = {"libsql": ("embedded",), "fastapi": ("embedded", "postgres")}
SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))
if SOAK:
    SUBJECTS["clerk"] = ("embedded",)
FIRST = [
    ["endpoint", "courses", "title:string{1..200}"],
    ["endpoint", "lessons", "name:string{1..80}", "points:int{0..10}", "note:string?+"],
    ["endpoint", "visits", "day:int", "course:ref(courses)?"],
]
CHANGES = [
    ["field", "add", "lessons", "weight:int{1..10}=3"],
    ["field", "add", "lessons", "level:enum(easy,hard)+=easy", "summary:text?", "code:string?!"],
    [
        *["change", "lessons", "--soft-delete", "--paginate", "cursor"],
        *["--unique", "name,points", "--index", "owner,name"],
    ],
    ["field", "rename", "lessons", "points", "score"],
    ["field", "remove", "lessons", "note"],
    ["field", "add", "lessons", "course:ref(courses)?"],
    ["rename", "lessons", "units"],
    ["field", "change", "units", "level:enum(light,hard)+=light", "--map", "easy=light"],
    ["field", "change", "units", "summary:string{1..80}", "--default", "-"],
    ["field", "add", "units", "rank:int=1"],
    ["field", "remove", "units", "rank"],
    ["field", "add", "visits", "earlier:ref(visits)?"],
    ["field", "change", "visits", "course:ref(courses,cascade)?"],
    ["field", "change", "visits", "earlier:ref(visits,null)?"],
]
# Rows of `lessons` are also files, where a style can do that.
FILES = {"libsql": ["--files", "lessons/{name}"]}
GATES = ("types", "lint", "format", "tests", "build")
# Every day `next build` checks the types, too, and test_formatting.py has resources that changed.
FEWER = ("lint", "tests", "build")


def chosen() -> list[str]:
    """Styles to try."""
    words = os.environ.get("SCAFFOLD_AGENTS")
    return [style for style in SUBJECTS if words is None or style in words.split(",")]


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server; not below pytest's folder, which another run of pytest closes to others."""
    with TemporaryDirectory(prefix="scaffold-postgres-") as folder:
        server = Postgres(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


def make(style: str, folder: Path, run: Run, postgres: Callable[[], Postgres]) -> list[Subject]:
    """The service at version 1, installed and with its first migrations; once with each of its databases."""
    project = folder / "school"
    done = run(["new", str(project), "--style", style, "--set", "data.soft_delete=false"], folder)
    assert done.returncode == 0, done.stderr
    embedded = {
        "libsql": {"DATABASE_URL": f"file:{project / 'data/service.db'}"},
        "fastapi": {"DATABASE_URL": f"sqlite:///{project / 'service.db'}"},
    }
    subjects = []
    for database in SUBJECTS[style]:
        env = embedded.get(style, {})
        if database == "postgres":
            env = {"DATABASE_URL": postgres().database(f"evolve_{style}")}
        subjects.append(Subject(project, run, {**LOCAL, **env}))
    for words in FIRST:
        subjects[0].scaffold(*words, *FILES.get(style, []) * ("lessons" in words))
    subjects[0].stack.install()
    for subject in subjects:
        subject.migrate()
    return subjects


@pytest.mark.parametrize("style", of_day(chosen(), 1))
def test_rows_outlive_changes(
    style: str, run: Run, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    subjects = make(style, tmp_path, run, lambda: request.getfixturevalue("postgres"))
    subject = subjects[-1]
    first = [begin(one) for one in subjects]

    for words in CHANGES:
        subject.scaffold(*words)
        for one in subjects:
            one.migrate(drop="remove" in words)

    for gate in GATES if SOAK or style == "fastapi" else FEWER:
        subject.stack.command(gate, **(subject.env if gate == "tests" else {}))
    for one, rows in zip(subjects, first, strict=True):
        finish(one, style in FILES, *rows)


def begin(subject: Subject) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Rows of version 1: a course, and lessons."""
    with subject.stack.develop(**subject.env) as url:
        rows = Rows(subject, url)
        math = rows.create("courses", title="Mathematics")
        return math, [
            rows.create("lessons", name=f"Lesson {n}", points=n, note="?") for n in range(3)
        ]


def finish(
    subject: Subject, files: bool, math: dict[str, Any], first: list[dict[str, Any]]
) -> None:
    """The rows are there by their new names, as files, too, and the rules hold for new ones."""
    with subject.stack.serve(**subject.env) as url:
        rows = Rows(subject, url)
        course = "courseId" if "courseId" in rows.list("units")[0] else "course_id"
        found = {row["name"]: row for row in rows.list("units")}
        for was in first:
            now = found[was["name"]]
            assert now["id"] == was["id"]
            assert now["score"] == was["points"]
            assert (now["weight"], now["level"], now["summary"]) == (3, "light", "-")
            assert now["code"] is now[course] is None
            assert not {"points", "note", "rank"} & set(now)
        assert [row["id"] for row in rows.list("courses")] == [math["id"]]
        if files:
            assert files_of(subject) == found

        more = {"name": "New", "score": 1, course: math["id"], "code": "x", "summary": "y"}
        made = rows.create("units", **more)
        assert {**more, "weight": 3, "level": "light"}.items() <= made.items()
        assert rows.send("POST", "/units", more) == 409
        pair = rows.client("POST", f"{rows.spec.prefix}/units", {**more, "code": "z"})
        assert pair.status == 409 and "name, score: " in str(pair.json)
        assert rows.send("POST", "/units", {**more, "level": "odd", "code": "y"}) in (400, 422)
        assert rows.send("POST", "/units", {**more, "weight": 11, "code": "y"}) in (400, 422)
        assert rows.send("DELETE", f"/courses/{math['id']}") == 409
        assert rows.send("DELETE", f"/units/{made['id']}") == 204
        # The code of a row that is hidden is free again.
        assert rows.create("units", **more)["id"] != made["id"]
        assert rows.send("GET", "/lessons") == 404
        own = "earlierId" if course == "courseId" else "earlier_id"
        rows.check_followers("courses", "Art", "visits", course, own)


def files_of(subject: Subject) -> dict[str, dict[str, Any]]:
    """What the files of rows hold, by the names of the rows."""
    texts = [path.read_text() for path in (subject.project / "data/lessons").rglob("*.json")]
    return {row["name"]: row for row in map(json.loads, texts)}

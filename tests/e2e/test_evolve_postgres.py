"""Resources that change, where the ORM's own tool makes the migrations: on the embedded database and on a server.

Renames of everything leave the database alone, whatever the names. Rows of version 1, in two databases,
outlive one change after another, and then many at once with a single migration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scaffold.resources.fields import parse_field
from scaffold.resources.resource import Resource
from tests.conftest import Run
from tests.e2e import shell
from tests.e2e.rows import Rows, Subject
from tests.e2e.shell import Postgres, npm
from tests.e2e.stacks import LOCAL
from tests.support.days import DAY, SOAK, of_day
from tests.support.grids import at_random
from tests.support.packages import seed_node
from tests.support.projects import CHECKOUT, all_renamed, manifest_of
from tools.node import node_env
from tools.source import ROOT

pytestmark = pytest.mark.slow

STYLES = ("supabase", "prisma")
MIGRATIONS = {"supabase": "drizzle/*.sql", "prisma": "prisma/migrations/*/*.sql"}
# A day has one of each style.
CASES = [("supabase", "camel"), ("supabase", "snake"), ("prisma", "camel"), ("prisma", "snake")]
SAME = "The migrations already say what the schema says."
AWKWARD = (
    Resource("parents", "parent", (parse_field("name:string"),)),
    Resource(
        "x" * 40,
        "x" * 40,
        tuple(
            map(
                parse_field,
                ["y" * 36 + ":ref(parents)", "z" * 40 + ":string!", "x_y_z:int!", "a_1:int+"],
            )
        ),
        soft_delete=True,
    ),
)
FIRST = [
    ["endpoint", "courses", "title:string{1..200}"],
    [
        *["endpoint", "lessons", "name:string{1..80}", "points:int{0..10}", "note:string?+"],
        "slug:string!",
    ],
    ["endpoint", "tasks", "text:string", "lesson:ref(lessons)", "--soft-delete"],
    ["endpoint", "drafts", "text:string"],
    ["endpoint", "visits", "day:int", "course:ref(courses)?"],
]
# Each with a migration of its own; a rename with none.
ONE_BY_ONE = [
    ["field", "add", "lessons", "weight:int{1..10}=3"],
    [
        *["change", "lessons", "--soft-delete", "--public", "--rate-limit", "1000/1h"],
        *["--unique", "name,points", "--index", "owner,name"],
    ],
    ["field", "rename", "lessons", "points", "score"],
    ["field", "remove", "lessons", "note"],
    [
        *["field", "add", "lessons", "level:enum(easy,hard)+=easy", "summary:text?"],
        *["code:string?!", "course:ref(courses)?"],
    ],
    ["rename", "lessons", "units"],
    ["field", "change", "units", "summary:string{1..80}", "--default", "-"],
    ["field", "change", "visits", "course:ref(courses,cascade)?"],
]
AT_ONCE = [
    ["field", "rename", "units", "slug", "handle"],
    ["field", "rename", "units", "course", "lecture"],
    ["field", "rename", "units", "level", "hardness"],
    ["field", "remove", "units", "weight"],
    ["field", "add", "units", "rank:int=5", "due:date?"],
    ["field", "change", "units", "rank:bigint=5"],
    ["field", "change", "units", "hardness:enum(light,hard)=light", "--map", "easy=light"],
    ["field", "change", "units", "hardness:enum(light,hard,odd)+=light"],
    ["field", "rename", "tasks", "lesson", "unit"],
    ["change", "tasks", "--no-soft-delete", "--drop", "--methods", "list,get,delete"],
    ["rename", "tasks", "chores"],
    ["rename", "courses", "lectures"],
    ["endpoint", "rooms", "name:string!"],
    ["field", "add", "units", "room:ref(rooms)?"],
    ["remove", "drafts", "--drop-table"],
    ["field", "add", "visits", "earlier:ref(visits,null)?"],
]
# Every day `next build` checks the types, too, and test_formatting.py has resources that changed.
GATES = ("types", "lint", "format", "build") if SOAK else ("lint", "build")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of all styles, for the projects below it."""
    folder = tmp_path_factory.mktemp("evolve")
    seed_node(folder)
    return folder


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server; not below pytest's folder, which another run of pytest closes to others."""
    with TemporaryDirectory(prefix="scaffold-postgres-") as folder:
        server = Postgres(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


def generate(project: Path, *words: str) -> str:
    """What `npm run db:generate` says."""
    return npm(project, "run", "-s", "db:generate", "--", *words).strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("style", "case"), [pair for turn, pair in enumerate(CASES) if SOAK or (turn + DAY) % 2]
)
def test_names_are_not_the_database_s(style: str, case: str, packages: Path) -> None:
    templates = CHECKOUT
    start = manifest_of(ROOT / f"agents/{style}.md", templates, {"data": {"json_case": case}})
    manifest = replace(start, resources=())
    for item in (*AWKWARD, *at_random(16)):
        manifest = manifest.with_resource(item)
    project = packages / f"names-{style}-{case}"
    write(project, templates.render(manifest))
    assert generate(project).startswith("Made ")
    for path in templates.render(manifest):
        (project / path).unlink()
    write(project, templates.render(all_renamed(manifest)))
    assert generate(project) == SAME
    if style == "supabase":
        assert "No schema changes" in drizzle_kit(project, packages, "generate")


def write(project: Path, tree: dict[str, str]) -> None:
    for path, text in tree.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)


@pytest.mark.parametrize("style", of_day(STYLES, 1))
def test_rows_outlive_changes(style: str, run: Run, postgres: Postgres, tmp_path: Path) -> None:
    project = tmp_path / "school"
    done = run(["new", str(project), "--style", style], tmp_path)
    assert done.returncode == 0, done.stderr
    subject = Subject(project, run, LOCAL)
    for words in FIRST:
        subject.scaffold(*words)
    subject.stack.install()
    server = replace(subject, env={**LOCAL, "DATABASE_URL": postgres.database(f"school_{style}")})
    both = (subject, server)
    server.stack.migrate(**server.env)
    first = [(one, *begin(one)) for one in both]

    for words in ONE_BY_ONE:
        drop = ["--drop"] * ("remove" in words)
        before = migrations(project)
        subject.scaffold(*words)
        said = generate(project, *drop)
        assert (said == SAME) == ("rename" in words), (words, said)
        assert before.items() <= migrations(project).items()
    server.stack.migrate(**server.env)

    for words in AT_ONCE:
        subject.scaffold(*words)
    before = migrations(project)
    with pytest.raises(AssertionError, match="would drop"):
        generate(project)
    assert migrations(project) == before
    assert generate(project, "--drop", "--name", "at once").startswith("Made ")
    assert len(migrations(project)) == len(before) + 1
    assert before.items() <= migrations(project).items()
    assert generate(project) == SAME
    if style == "supabase":
        assert "No schema changes" in drizzle_kit(project, project, "generate")
        assert "fine" in drizzle_kit(project, project, "check")

    server.stack.migrate(**server.env)
    for gate in GATES:
        subject.stack.command(gate)
    server.stack.command("tests", **server.env)
    for one, rows, math in first:
        finish(one, rows, math)


def drizzle_kit(project: Path, packages: Path, *words: str) -> str:
    """The output of drizzle-kit's own program."""
    program = packages / "node_modules/drizzle-kit/bin.cjs"
    return shell.run(["node", str(program), *words], project, node_env())


def migrations(project: Path) -> dict[str, str]:
    """All migrations, by their paths."""
    found = (path for pattern in MIGRATIONS.values() for path in project.glob(pattern))
    return {str(path.relative_to(project)): path.read_text() for path in found}


Row = dict[str, object]


def begin(subject: Subject) -> tuple[list[Row], Row]:
    """Rows of version 1."""
    with subject.stack.develop(**subject.env) as url:
        rows = Rows(subject, url)
        math = rows.create("courses", title="Mathematics")
        rows.create("drafts", text="gone soon")
        first = [
            rows.create("lessons", name=f"Lesson {n}", points=n, note="?", slug=f"s{n}")
            for n in range(3)
        ]
        rows.create("tasks", text="read", lessonId=first[0]["id"])
        hidden = rows.create("tasks", text="write", lessonId=first[0]["id"])
        assert rows.send("DELETE", f"/tasks/{hidden['id']}") == 204
    return first, math


def finish(subject: Subject, first: list[Row], math: Row) -> None:
    """The rows are there by their new names, and the rules hold for new ones."""
    with subject.stack.serve(**subject.env) as url:
        rows = Rows(subject, url)
        found = {row["name"]: row for row in rows.list("units")}
        for was in first:
            now = found[was["name"]]
            assert (now["id"], now["handle"], now["score"]) == (
                was["id"],
                was["slug"],
                was["points"],
            )
            assert (now["rank"], now["hardness"]) in (("5", "light"), (5, "light"))
            assert now["due"] is now["code"] is now["lectureId"] is now["roomId"] is None
            assert not {"points", "note", "weight", "slug", "level"} & set(now)
        assert [row["id"] for row in rows.list("lectures")] == [math["id"]]
        assert [row["unitId"] for row in rows.list("chores")] == [first[0]["id"]]

        more = {"name": "New", "score": 1, "handle": "h", "lectureId": math["id"], "summary": "x"}
        made = rows.create("units", **more)
        assert {**more, "hardness": "light"}.items() <= made.items()
        taken = rows.client("POST", f"{rows.spec.prefix}/units", {**more, "score": 2})
        assert taken.status == 409 and "handle: already taken" in str(taken.json)
        pair = rows.client("POST", f"{rows.spec.prefix}/units", {**more, "handle": "j"})
        assert pair.status == 409 and "name, score: already taken" in str(pair.json)
        used = rows.client("DELETE", f"{rows.spec.prefix}/lectures/{math['id']}")
        assert used.status == 409 and "Still used by units" in str(used.json)
        assert rows.send("POST", "/units", {**more, "handle": "i", "hardness": "easy"}) in (
            400,
            422,
        )
        assert rows.send("DELETE", f"/units/{made['id']}") == 204
        assert rows.create("units", **more)["id"] != made["id"]
        assert rows.send("POST", "/chores", {"text": "x", "unitId": first[1]["id"]}) == 405
        assert rows.send("GET", "/lessons") == rows.send("GET", "/drafts") == 404
        rows.check_followers("lectures", "Art", "visits", "courseId", "earlierId")

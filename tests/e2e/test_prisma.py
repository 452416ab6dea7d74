"""Prisma schemas are what Prisma's formatter writes, and migrations say what they say, for any names and fields.

A day has a third of the lengths of names with each of the conventions; `SCAFFOLD_SOAK=1` (`make soak`) has all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.resources.fields import parse_field
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from tests.e2e.shell import Postgres, npm, run
from tests.support.days import DAY, SOAK
from tests.support.grids import LENGTHS, at_random, grid
from tests.support.packages import seed
from tests.support.projects import CHECKOUT
from tools.node import node_env

pytestmark = pytest.mark.slow

CONVENTIONS = [
    {"data": {"json_case": "camel", "id": "uuid", "rls": False}},
    {"data": {"json_case": "snake", "id": "int", "optimistic_version": True, "rls": False}},
    {"data": {"json_case": "camel", "id": "cuid", "rls": False}},
]


def resource(name: str, singular: str, *fields: str, soft_delete: bool = False) -> Resource:
    """A resource with everything that it can do."""
    return Resource(name, singular, tuple(map(parse_field, fields)), soft_delete=soft_delete)


# Names that mean something to Prisma or JavaScript, relations that need names, and names that meet.
AWKWARD = [
    resource("parents", "parent", "name:string"),
    resource("people", "person", "best_post:ref(posts)?", "posts:int"),
    resource(
        "posts",
        "post",
        "author:ref(people)",
        "editor:ref(people)?",
        "title:string!=a; 'b' \"c\" \\d",
        "comments:int",
        soft_delete=True,
    ),
    resource("comments", "comment", "post:ref(posts)", "posts:string?"),
    resource("dates", "date", "date:date", "model:string", "select:string?", "enum:enum(a,b-c)"),
    resource("records", "record", "date:ref(dates)!", "record:text"),
    resource("x" * 40, "x" * 40, "y" * 36 + ":ref(posts)", "z" * 40 + ":string!"),
]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that a service of the style installs."""
    folder = tmp_path_factory.mktemp("prisma")
    write(folder, [], CONVENTIONS[0])
    seed(folder)
    npm(folder, "install")
    return folder


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running PostgreSQL server."""
    server = Postgres(tmp_path_factory.mktemp("postgres") / "server")
    server.start()
    yield server
    server.stop()


def write(folder: Path, resources: list[Resource], overrides: dict[str, dict[str, object]]) -> None:
    """The service with those resources and the awkward ones."""
    manifest = Manifest(
        Version("x", "x"),
        "supabase",
        "clinic",
        overrides={**overrides, "stack": {"orm": "prisma"}},
    )
    for item in (*AWKWARD, *resources):
        manifest = manifest.with_resource(item)
    for path, text in CHECKOUT.render(manifest).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def project(
    packages: Path, name: str, resources: list[Resource], overrides: dict[str, dict[str, object]]
) -> Path:
    """A project below the packages, which it finds there."""
    folder = packages / name
    write(folder, resources, overrides)
    return folder


def prisma(folder: Path, *words: str) -> str:
    """The output of Prisma's program."""
    program = folder.parent / "node_modules/prisma/build/index.js"
    return run(["node", str(program), *words], folder, node_env())


@pytest.mark.parametrize("number", range(len(CONVENTIONS)))
def test_the_length_grid_is_formatted(number: int, packages: Path) -> None:
    lengths = [length for length in LENGTHS if SOAK or (length + number + DAY) % 3 == 0]
    folder = project(packages, f"grid{number}", grid(lengths), CONVENTIONS[number])
    prisma(folder, "format", "--check")
    prisma(folder, "validate")


# Of the others, whose names are as odd, there is one of each style every day in test_evolve_postgres.py.
@pytest.mark.parametrize("number", [n for n in range(3) if SOAK or n == DAY % 3])
def test_migrations_say_what_the_schema_says(
    number: int, packages: Path, postgres: Postgres
) -> None:
    folder = project(packages, f"random{number}", at_random(40), CONVENTIONS[number])
    assert "Made" in npm(folder, "run", "-s", "db:generate")
    assert "already" in npm(folder, "run", "-s", "db:generate")

    url = f"{postgres.url.removesuffix('/postgres')}/random{number}"
    node = "const { Client } = require('pg'); const c = new Client(process.argv[1]); (async () => {"
    node += "await c.connect(); for (const s of process.argv.slice(2)) console.log(JSON.stringify("
    node += "(await c.query(s).catch((e) => ({ rows: e.code }))).rows)); await c.end(); })()"

    def query(where: str, *statements: str) -> list[str]:
        done = run(["node", "-e", node, where, *statements], folder.parent, node_env())
        return done.strip().splitlines()

    query(postgres.url, f"create database random{number}")
    assert "up to date" in npm(folder, "run", "-s", "db:migrate", DATABASE_URL=url)
    assert "Applied" not in npm(folder, "run", "-s", "db:migrate", DATABASE_URL=url)
    count = "select count(*)::int as n from _prisma_migrations where finished_at is not null"
    assert query(url, count) == ['[{"n":1}]']
    default = "select column_default from information_schema.columns where column_name = 'title'"
    stored = "'a; ''b'' \"c\" \\d'::character varying"
    assert json.loads(query(url, f"{default} and table_name = 'posts'")[0]) == [
        {"column_default": stored}
    ]


def test_only_living_rows_are_unique(packages: Path) -> None:
    folder = project(packages, "living", [], CONVENTIONS[0])
    npm(folder, "run", "-s", "db:generate")
    sql = "".join(path.read_text() for path in folder.glob("prisma/migrations/*/migration.sql"))
    assert 'ON "posts"("title") WHERE (deleted_at IS NULL)' in sql


def test_nothing_is_dropped_unless_that_is_meant(packages: Path) -> None:
    folder = project(packages, "dropping", [], CONVENTIONS[0])
    npm(folder, "run", "-s", "db:generate")
    schema = folder / "prisma/schema/comments.prisma"
    lines = schema.read_text().splitlines(keepends=True)
    schema.write_text("".join(line for line in lines if not line.startswith("  posts ")))
    with pytest.raises(AssertionError, match="would drop"):
        npm(folder, "run", "-s", "db:generate")
    assert len(list(folder.glob("prisma/migrations/*/"))) == 1
    npm(folder, "run", "-s", "db:generate", "--", "--drop", "--name", "less")
    assert len(list(folder.glob("prisma/migrations/*_less/migration.sql"))) == 1
    shutil.rmtree(folder / "prisma/migrations")


def test_what_both_engines_of_prisma_6_say(packages: Path) -> None:
    """The code for somebody else's Prisma 6 knows the errors of either engine, as they were recorded."""
    manifest = Manifest(
        Version("x", "x"),
        "prisma",
        "shop",
        service=False,
        host={"db": "@/lib/db#prisma", "prisma": "6", "prisma_client": "@prisma/client"},
    )
    parents = resource("parents", "parent", "slug_name:string!", "label:string!")
    slug_name, label = parents.fields
    # It was called `title` when its table was made.
    parents = replace(parents, fields=(slug_name, replace(label, column="title")))
    manifest = manifest.with_resource(parents)
    manifest = manifest.with_resource(resource("children", "child", "parent:ref(parents)"))
    folder = packages / "errors"
    for path, text in CHECKOUT.render(manifest).items():
        if path.startswith(("src/api-db/errors", "src/lib/api/")):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    (folder / "tests").mkdir()
    shutil.copy(Path(__file__).with_name("prisma_6_errors.test.ts"), folder / "tests")
    # Else it takes that of the service above.
    (folder / "vitest.config.mts").write_text("export default {};\n")
    assert "passed" in run(["npx", "vitest", "run", "--root", "."], folder, node_env())

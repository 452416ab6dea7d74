"""Next.js projects that have their own database library: it takes our tables in, and keeps what it has.

Their tool makes the migrations, on a copy of PostgreSQL that has their rows. What it proposes names no table of theirs.
"""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.shell import Postgres, npm
from tests.e2e.shell import run as command
from tests.e2e.stacks import LOCAL, NextJs
from tests.support.days import of_day
from tests.support.folders import changed
from tests.support.hosts import make_host
from tests.support.packages import seed_node
from tools.node import node_env
from tools.source import commit, git

pytestmark = pytest.mark.slow

OURS = {"drizzle-file": "shop_grades", "drizzle-array": "grades"}
MIGRATIONS = {"drizzle-file": "drizzle", "drizzle-array": "db/migrations"}
ENDPOINT = [
    "endpoint",
    "grades",
    "title:string{1..200}",
    "due_date:date?",
    "--local-stack",
    "--style",
    "supabase",
]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres") / "server")
    server.start()
    yield server
    server.stop()


def generated(app: Path, folder: str) -> str:
    """The statements that their tool makes of what changed; empty if it sees no change."""
    before = {*(app / folder).glob("*.sql")}
    said = npm(app, "run", "db:generate")
    new = {*(app / folder).glob("*.sql")} - before
    assert len(new) == ("No schema changes" not in said), said
    return "".join(path.read_text() for path in new)


def statements(sql: str) -> list[str]:
    """The beginning of each statement, with its table."""
    return re.findall(r'^(?:CREATE|ALTER|DROP)[A-Z ]+"\w+"(?: (?:ADD|DROP) COLUMN)?', sql, re.M)


HOSTS = [
    *("drizzle-file", "prisma-folder", "drizzle-array", "prisma-file", "supabase", "prisma-6"),
]


@pytest.mark.parametrize("name", of_day(HOSTS, 1))
def test_their_database(name: str, postgres: Postgres, run: Run, tmp_path: Path) -> None:
    app = make_host(name, tmp_path / "app")
    checks = {"drizzle": their_drizzle, "prisma": their_prisma, "supabase": their_supabase}
    checks[name.partition("-")[0]](app, name, postgres, run)


def engines(engine: Path) -> dict[str, str]:
    """Programs in the place of those that Prisma would download; nothing here runs the one for queries."""
    named = ("PRISMA_SCHEMA_ENGINE_BINARY", "PRISMA_QUERY_ENGINE_LIBRARY")
    return dict.fromkeys(named, str(engine))


def in_terminal(app: Path, words: str, **env: str) -> str:
    """What Prisma's own command says; some of them ask for a terminal. Their engine is `prisma_engine.mjs`."""
    ours, theirs = pty.openpty()
    engine = app.parent / "engine"
    if not engine.exists():
        shutil.copy(Path(__file__).with_name("prisma_engine.mjs"), engine)
        engine.chmod(0o755)
    given = {key: value for key, value in node_env().items() if key != "CI"}
    try:
        done = subprocess.run(
            words.split(),
            cwd=app,
            env={**given, **engines(engine), **env},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0, f"{words}\n{done.stdout[-6000:]}"
    return done.stdout


def their_prisma(app: Path, name: str, postgres: Postgres, run: Run) -> None:
    """Their tool makes migrations of our models among theirs, on a database that has their rows, and drops none."""
    six = name == "prisma-6"
    if not six:  # its version is not the one that this run has
        seed_node(app)
    env = {"DATABASE_URL": postgres.database(name.replace("-", "_"))}

    def migrated(words: str) -> list[str]:
        before = {*app.glob("prisma/migrations/*/migration.sql")}
        in_terminal(app, words, **env)
        new = {*app.glob("prisma/migrations/*/migration.sql")} - before
        return statements("".join(path.read_text() for path in sorted(new)))

    def rows(sql: str) -> str:
        return command([str(postgres.bin / "psql"), "-tA", "-c", sql, env["DATABASE_URL"]], app)

    theirs = "insert into orders (title, cents) values ('theirs', 7)"
    if not six:  # its tool runs on packages that the endpoint brings
        assert migrated("npx prisma migrate dev --name none") == []
        rows(theirs)
    says = {"prisma-file": "prisma.config.ts", "prisma-6": "package.json"}.get(name)
    config = (app / (says or "prisma.config.ts")).read_text()
    folder = "prisma" if says else "prisma/schema"

    done = run([*ENDPOINT[:-1], "prisma", "--auth", "own"], app)
    assert done.returncode == 0, done.stderr
    assert changed(app) == sorted({"package.json", says or "package.json"})
    assert (app / folder / "api-models/grades.prisma").is_file()
    for step in ("npx prisma migrate dev --name grades", "npx prisma generate"):
        assert step in done.stdout
    for path in ("prisma/schema/_base.prisma", "scripts/db-generate.ts", "src/db"):
        assert not (app / path).exists()
    service = NextJs(app)
    if six:
        seed_node(app)
    npm(app, "install")
    made = migrated("npx prisma migrate dev --name grades")
    if six:
        rows(theirs)
    assert 'CREATE TABLE "grades"' in made
    assert {words.split()[0] for words in made} <= {"CREATE", "ALTER"}
    assert not [words for words in made if "orders" in words]
    assert migrated("npx prisma migrate dev --name none") == []
    if six:  # the engine in Rust is a download; the types of its client are there without
        schema = (app / "prisma/schema.prisma").read_text()
        (app / "prisma/schema.prisma").write_text(schema.replace('  engineType = "client"\n', ""))
        in_terminal(app, "npx prisma generate")
        service.command("types")
        (app / "prisma/schema.prisma").write_text(schema)
    in_terminal(app, "npx prisma generate")
    for gate in ("types", "tests"):
        service.command(gate)
    service.command("build", **env)
    with service.serve(**LOCAL, **env) as url:
        service.contract(url, brief=True)
    commit(app, "endpoint")

    assert run(["field", "add", "grades", "points:int{0..9}?"], app).returncode == 0
    assert "prisma.config.ts" not in changed(app)
    assert migrated("npx prisma migrate dev --name points") == ['ALTER TABLE "grades" ADD COLUMN']
    commit(app, "points")
    kept = run(["remove", "grades"], app)
    assert "stays, with its rows" in kept.stdout, kept.stdout + kept.stderr
    assert migrated("npx prisma migrate dev --name none") == []
    assert run(["remove", "grades", "--drop-table"], app).returncode == 0
    gone = migrated("npx prisma migrate dev --name gone --create-only")
    assert 'DROP TABLE "grades"' in gone
    assert not [words for words in gone if "orders" in words]
    assert rows("select title, cents from orders") == "theirs|7\n"
    assert run(["remove", "grades", "--drop-table"], app).returncode == 0
    assert not (app / folder / "api-models").exists()
    assert (app / (says or "prisma.config.ts")).read_text() == config


def their_supabase(app: Path, name: str, postgres: Postgres, run: Run) -> None:
    """Our migrations come after theirs, in their folder; their tool runs all of them, which here is psql."""
    folder = app / "supabase/migrations"
    theirs = sorted(path.name for path in folder.glob("*.sql"))
    done = run([*ENDPOINT, "--auth", "own"], app)
    assert done.returncode == 0, done.stderr
    assert changed(app) == ["package.json"]
    assert "npx supabase db push" in done.stdout
    service = NextJs(app)
    service.install()
    assert [*sorted(path.name for path in folder.glob("*.sql"))[:2]] == theirs
    (ours,) = (path for path in folder.glob("*.sql") if path.name not in theirs)
    assert {words.split()[0] for words in statements(ours.read_text())} == {"CREATE", "ALTER"}
    assert "ENABLE ROW LEVEL SECURITY" in ours.read_text()
    assert {"posts" in words for words in statements(ours.read_text())} == {False}
    assert "already say" in npm(app, "run", "db:generate")

    url = postgres.database("supabase")
    roles = (app / "src/db/local-supabase.ts").read_text().split("`")[1]
    for sql in (roles, *(path.read_text() for path in sorted(folder.glob("*.sql")))):
        command([str(postgres.bin / "psql"), "-v", "ON_ERROR_STOP=1", "-c", sql, url], app)
    for gate in ("types", "tests", "build"):
        service.command(gate)
    with service.serve(**LOCAL, DATABASE_URL=url) as served:
        service.contract(served, {"DATABASE_URL": url}, brief=True)
    commit(app, "endpoint")

    assert run(["field", "add", "grades", "points:int{0..9}?"], app).returncode == 0
    npm(app, "run", "db:generate")
    newest = sorted(folder.glob("*.sql"))[-1]
    assert newest != ours
    assert statements(newest.read_text()) == ['ALTER TABLE "grades" ADD COLUMN']


def their_drizzle(app: Path, name: str, postgres: Postgres, run: Run) -> None:
    """Their tool makes migrations of our tables and theirs; what it proposes touches ours only."""
    seed_node(app)
    database = postgres.database(name.replace("-", "_"))
    env = {"DATABASE_URL": database}
    folder, ours = MIGRATIONS[name], OURS[name]
    assert generated(app, folder) != ""
    npm(app, "run", "db:migrate", **env)
    commit(app, "their migration")
    config = (app / "drizzle.config.ts").read_text()

    done = run(ENDPOINT, app)
    assert done.returncode == 0, done.stderr
    assert changed(app) == ["drizzle.config.ts", "package.json"]
    assert "db:generate" in done.stdout and "db:migrate" in done.stdout
    assert "PGLITE_DIR" not in "".join(path.read_text() for path in app.rglob("api-db/*.ts"))
    service = NextJs(app)
    npm(app, "install")
    sql = generated(app, folder)
    assert {ours in words or "idempotency_keys" in words for words in statements(sql)} == {True}
    assert {words.split()[0] for words in statements(sql)} == {"CREATE"}
    assert generated(app, folder) == ""
    npm(app, "run", "db:migrate", **env)
    for gate in ("types", "tests"):
        service.command(gate)
    service.command("build", **env)
    with service.serve(**LOCAL, **env) as url:
        service.contract(url, brief=True)
    commit(app, "endpoint")

    assert run(["field", "add", "grades", "points:int{0..9}?"], app).returncode == 0
    assert changed(app) and "drizzle.config.ts" not in changed(app)
    assert statements(generated(app, folder)) == [f'ALTER TABLE "{ours}" ADD COLUMN']
    git(app, "checkout", "--", folder)
    git(app, "clean", "-fdq", folder)
    assert run(["undo"], app).returncode == 0
    assert changed(app) == []

    kept = run(["remove", "grades"], app)
    assert "stays, with its rows" in kept.stdout, kept.stdout + kept.stderr
    assert generated(app, folder) == ""
    assert run(["remove", "grades", "--drop-table"], app).returncode == 0
    assert statements(generated(app, folder)) == [f'DROP TABLE "{ours}"']
    assert run(["remove", "grades", "--drop-table"], app).returncode == 0
    assert (app / "drizzle.config.ts").read_text() == config
    command(["git", "diff", "--quiet", "HEAD~1", "--", "drizzle.config.ts"], app, node_env())

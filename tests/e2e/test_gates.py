"""Every agent, and one mixture a day: a project with everything, through every gate, and on real servers."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import Run
from tests.contract.http import Client
from tests.contract.limits import MOST
from tests.contract.spec import Resource
from tests.contract.tokens import issuer
from tests.e2e.jobs import follow, worker
from tests.e2e.shell import Postgres, redis
from tests.e2e.stacks import GATES, LOCAL, NextJs, Stack, production, stack
from tests.support.days import DAY, TODAY
from tests.support.gates_table import TABLE, read, write
from tests.support.projects import (
    AGENTS,
    MIXTURES,
    chosen_mixtures,
    commands,
    is_nextjs,
    jobs,
    own_entities,
)

pytestmark = pytest.mark.slow

OURS = (*AGENTS, *MIXTURES)
CALLERS = 60
results: dict[str, dict[str, bool]] = {}


def chosen_agents() -> list[Path]:
    """All agents, or those that SCAFFOLD_AGENTS names."""
    words = os.environ.get("SCAFFOLD_AGENTS")
    return [path for path in AGENTS if words is None or path.stem in words.split(",")]


def subjects(day: int) -> list[Path]:
    """Documents to try; SCAFFOLD_GATES names a single one, an agent, a mixture or any file (`make gates`)."""
    only = os.environ.get("SCAFFOLD_GATES")
    if only:
        found = [path for path in OURS if path.stem == only]
        found = found or [path for path in [Path(only).absolute()] if path.is_file()]
        assert found, f"no document is called {only}"
        return found
    return [*chosen_agents(), *chosen_mixtures(os.environ.get("SCAFFOLD_MIXTURES"), day)]


SUBJECTS = subjects(DAY)


def thorough(documents: list[Path], day: int) -> set[Path]:
    """Those that go no short way: one for Next.js, another one each day; or all.

    A FastAPI service has no short way to its packages: the environment that it begins with was installed for it.
    """
    if os.environ.get("SCAFFOLD_SOAK") or os.environ.get("SCAFFOLD_GATES"):
        return {*documents}
    paths = list(filter(is_nextjs, documents))
    return {paths[day % len(paths)]} if paths else set()


THOROUGH = thorough(SUBJECTS, TODAY)


@pytest.fixture(scope="module", params=SUBJECTS, ids=lambda path: path.stem.replace("-", "_"))
def document(request: pytest.FixtureRequest) -> Path:
    """A document: all tests of one are done in a row, by one worker."""
    found: Path = request.param
    return found


@pytest.fixture(scope="module")
def project(document: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """A project of the document with its own entities and everything that a resource can be."""
    folder = tmp_path_factory.mktemp("gates") / "clinic"
    make_project(document, folder, run)
    print(f"\n{document.stem}: {folder}")
    return stack(folder)


@dataclass(frozen=True)
class Live:
    """A running service, and the settings that name its database and its Redis; none where it has neither."""

    url: str
    env: dict[str, str]


@pytest.fixture(scope="module")
def live(project: Stack, postgres: Postgres) -> Iterator[Live]:
    """The service as it would run in production: on real servers, where its conventions name one."""
    env = {}
    with redis() as redis_url:
        if project.conventions["stack"]["database"] == "postgres":
            env["DATABASE_URL"] = postgres.database(f"db{len(results)}")
            project.migrate(**env)
        if project.conventions["rate_limit"]["store"] == "redis":
            env["REDIS_URL"] = redis_url
        with project.serve(**LOCAL, **env) as url:
            yield Live(url, env)


def make_project(document: Path, folder: Path, run: Run) -> None:
    """The project, not installed yet; somebody else's document may ask for what is not generated."""
    style = document.stem if document in AGENTS else str(document)
    decided = [] if document in OURS else ["--accept-unsupported"]
    for line in os.environ.get("SCAFFOLD_SET", "").split():
        decided += ["--set", line]

    def scaffold(*words: str) -> None:
        done = run(words, folder if folder.exists() else folder.parent)
        assert done.returncode == 0, (words, done.stdout, done.stderr)

    scaffold("new", str(folder), "--style", style, *decided)
    made = stack(folder)
    roles = made.spec.provider_roles
    rules = not made.conventions["data"]["soft_delete"]
    role = roles[-1] if roles else "editor"
    words = commands(role, rules=rules)
    for command in words:
        scaffold(*command)
    for job in jobs(role):
        scaffold("add", "job", *job)
    for name in own_entities(document) if document in OURS else ():
        if name not in [command[1] for command in words]:
            scaffold("endpoint", name)


@pytest.mark.parametrize("gate", GATES)
def test_gate(gate: str, document: Path, project: Stack, request: pytest.FixtureRequest) -> None:
    row = results.setdefault(document.stem, {})
    row[gate] = False
    if gate == "install":
        project.install(alone=document in THOROUGH)
    elif gate == "contract":
        live: Live = request.getfixturevalue("live")
        project.contract(live.url, live.env)
    else:
        project.gate(gate)
    row[gate] = True


def test_the_embedded_database_does_what_a_real_one_does(
    document: Path, project: Stack, live: Live
) -> None:
    if live.env:
        with project.serve(**LOCAL) as url:
            project.contract(url, brief=document not in THOROUGH)


def test_rows_outlive_the_server(project: Stack) -> None:
    resource = _resource(project, "notes")
    token = issuer(project.folder, LOCAL)("alice")
    with project.serve(**LOCAL) as url:
        made = Client(url, token)("POST", resource.path, {"name": "kept"})
        assert made.status == 201, made
    with project.serve(**LOCAL) as url:
        place = Client(url, token)("GET", made.headers["Location"])
        assert place.status == 200, place


def test_the_server_runs_jobs_of_its_own_database(project: Stack) -> None:
    token = issuer(project.folder, LOCAL)("alice")
    assert token
    with project.serve(**LOCAL) as url:
        follow(url, f"{project.spec.prefix}/jobs/tidy-up", token)
    refused = worker(project, LOCAL)
    assert refused.wait(30) == 2


def test_a_worker_runs_jobs_of_a_database_server(project: Stack, live: Live) -> None:
    if "DATABASE_URL" not in live.env:
        return
    token = issuer(project.folder, {**LOCAL, **live.env}, live.url)("alice")
    assert token
    process = worker(project, {**LOCAL, **live.env})
    try:
        follow(live.url, f"{project.spec.prefix}/jobs/tidy-up", token)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()


def test_production_without_settings_does_not_start(project: Stack) -> None:
    done = production(project.folder)
    assert done.returncode != 0
    assert "DATABASE_URL" in done.stdout + done.stderr


def test_migrations_are_complete(project: Stack) -> None:
    if isinstance(project, NextJs):
        before = _files(project.folder)
        project.make_migrations()
        assert _files(project.folder) == before


def test_own_tests_on_real_servers(
    document: Path, project: Stack, live: Live, postgres: Postgres
) -> None:
    """SQLAlchemy's are on one every day, Drizzle's or Prisma's, too: test_evolve.py, test_evolve_postgres.py."""
    if document in THOROUGH and live.env:
        env = dict(live.env)
        if "DATABASE_URL" in env:
            # The suite's rows are in the other one.
            env["DATABASE_URL"] = postgres.database(f"own{len(results)}")
            project.migrate(**env)
        project.command("tests", **env)


def test_two_servers_share_one_allowance(project: Stack, live: Live) -> None:
    if "REDIS_URL" not in live.env:
        return
    resource = min(project.spec.resources, key=lambda item: item.limit)
    assert resource.limit <= MOST
    token = issuer(project.folder, {**LOCAL, **live.env}, live.url)("carol")
    with project.serve(**LOCAL, **live.env) as other:
        clients = [Client(place, token, "10.9.8.7") for place in (live.url, other)]
        turns = range(resource.limit + 1)
        codes = [clients[turn % 2]("GET", resource.path).status for turn in turns]
    assert codes == [200] * resource.limit + [429]


def test_without_its_database_the_service_says_so(
    project: Stack, live: Live, postgres: Postgres
) -> None:
    """Nothing else does it say; with it, it goes on by itself."""
    if "DATABASE_URL" not in live.env:
        return
    notes = _resource(project, "notes")
    alice = Client(live.url, issuer(project.folder, {**LOCAL, **live.env}, live.url)("alice"))
    assert alice("GET", notes.path).status == 200
    health = f"{project.spec.prefix}/health"
    postgres.stop()
    try:
        for path in (notes.path, health):
            down = alice("GET", path)
            assert down.status == 503, down
            assert down.headers["Retry-After"] == "5", down
            assert "ECONN" not in json.dumps(down.json) and "asyncpg" not in json.dumps(down.json)
        # Nobody waits for those in front.
        began = time.monotonic()
        with ThreadPoolExecutor(CALLERS) as callers:
            told = [*callers.map(lambda _: alice("GET", health).status, range(CALLERS))]
        assert told == [503] * CALLERS
        assert time.monotonic() - began < 10
    finally:
        postgres.start()
    assert alice("GET", health).status == 200
    assert alice("GET", notes.path).status == 200


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server; not below pytest's folder, which another run of pytest closes to others."""
    with TemporaryDirectory(prefix="scaffold-postgres-") as folder:
        server = Postgres(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """Writes docs/gates.md at the end, where SCAFFOLD_WRITE_DOCS says so; other rows stay as they are."""
    yield
    if os.environ.get("SCAFFOLD_WRITE_DOCS"):
        with TABLE.open("r+", encoding="utf-8") as page:
            # Another worker has the rows of other documents.
            fcntl.flock(page, fcntl.LOCK_EX)
            rows = {
                name: {gate: cell == "yes" for gate, cell in row.items()}
                for name, row in read(page.read()).items()
            }
            rows |= {name: row for name, row in results.items() if name in {p.stem for p in OURS}}
            page.seek(0)
            page.write(write({name: rows[name] for name in sorted(rows)}))
            page.truncate()


def _resource(project: Stack, name: str) -> Resource:
    return project.spec.find(name)


def _files(folder: Path) -> dict[str, float]:
    return {
        str(path): path.stat().st_size
        for name in ("drizzle", "prisma", "migrations")
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }

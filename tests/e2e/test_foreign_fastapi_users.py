"""FastAPI projects with users and a database session of their own: endpoints use both, and bring neither."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import Run
from tests.e2e import shell
from tests.e2e.shell import Client
from tests.support import packages
from tests.support.fastapi_hosts import ASYNC, BLOCKING
from tests.support.folders import changed, tree
from tests.support.plain_copier import update
from tools.source import commit, git

pytestmark = pytest.mark.slow
NOTES = "/api/v1/notes"
WORDS = ("endpoint", "notes", "title:string{1..200}", "rank:int?", "--style", "fastapi")


def _project(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Shop")
    return folder


class _Python:
    """The project's Python, in its folder."""

    def __init__(self, project: Path, words: set[str]) -> None:
        self.project = project
        self.program = str(packages.python(words))
        clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.env = {**clean, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}

    def __call__(self, *words: str) -> str:
        return shell.run([self.program, "-m", *words], self.project, self.env)

    def tests(self, *words: str) -> str:
        return self("pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={self.project}", *words)

    def served(self, **env: str):  # type: ignore[no-untyped-def]
        words = [self.program, "-m", "uvicorn", "app.main:app", "--port", "{port}"]
        return shell.started(words, self.project, {**self.env, **env})


def _is_typed(project: Path, python: _Python, *paths: str) -> None:
    options = [
        "--strict",
        "--follow-imports=silent",
        "--explicit-package-bases",
        "--namespace-packages",
    ]
    options += ["--python-executable", python.program, "--config-file", os.devnull]
    shell.run(
        [sys.executable, "-m", "mypy", *options, *paths],
        project,
        {**python.env, "MYPYPATH": str(project)},
    )


def _holds(mine: Client, hers: Client) -> None:
    """What an endpoint promises, with callers that the project knows."""
    made = mine("POST", NOTES, {"title": "First", "rank": 1})
    assert made.status == 201, str(made)
    place = made.headers["location"]
    assert mine("GET", place).json["data"]["title"] == "First"
    assert hers("GET", place).status == 404
    assert hers("PATCH", place, {"rank": 2}).status == 404
    assert hers("DELETE", place).status == 404
    assert hers("GET", NOTES).json["data"] == []
    assert mine("PATCH", place, {"rank": 2}).json["data"]["rank"] == 2
    assert [row["rank"] for row in mine("GET", NOTES).json["data"]] == [2]
    assert mine("POST", NOTES, {"title": ""}).status == 400
    assert mine("POST", "/api/v1/reviews", {"text": "x"}).status == 403
    # Whether it is well, whose pages may call it and what it logs is the application's own business.
    assert mine("GET", "/api/v1/health").status == 404
    assert mine("POST", "/api/v1/auth/register", {}).status == 404


def test_a_project_after_the_full_stack_template(run: Run, tmp_path: Path) -> None:
    project = _project(tmp_path / "shop", BLOCKING)
    done = run(WORDS, project)
    assert done.returncode == 0, done.stderr
    assert "app/api/deps.py:26: `get_current_user` gives the current user" in done.stdout
    assert "app/api/deps.py:17: `get_db` gives a database session" in done.stdout
    assert "the project's own `app.api.deps:get_current_user`" in done.stdout
    assert "never in `.env`: your settings (app/config.py:4) refuse names" in done.stdout
    assert changed(project) == ["app/main.py", "migrations/env.py", "pyproject.toml"]
    added = git(project, "diff", "pyproject.toml")
    assert not re.search(r"^\+.*(bcrypt|asyncpg|aiosqlite)", added, re.MULTILINE), added
    assert not (project / "app/rest/auth").exists()
    assert "JWT_SECRET" not in "".join(
        file.read_text() for file in project.glob("app/rest/**/*.py")
    )
    assert run(["endpoint", "reviews", "text:string", "--role", "admin"], project).returncode == 0
    commit(project, "Endpoints")
    made = tree(project)
    update(project)
    assert tree(project) == made

    python = _Python(project, packages.requirements(project))
    # Theirs and ours together, and their own alone count their tables.
    python.tests()
    _is_typed(project, python, "app/rest", "tests/endpoints")
    python("alembic", "upgrade", "head")
    python("app.rest.migrate")
    # Their Alembic would drop our tables, but for the line that came to its environment.
    python("alembic", "check")
    environment = project / "migrations/env.py"
    text = environment.read_text()
    environment.write_text(
        re.sub(r"^ *include_name=(?:.*\(\n.*\n *\),|.*)\n", "", text, flags=re.MULTILINE)
    )
    with pytest.raises(AssertionError, match=r"'remove_table', Table\('notes'"):
        python("alembic", "check")
    environment.write_text(text)
    with sqlite3.connect(project / "shop.db") as base:
        tables = {
            name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        assert tables == {
            "alembic_version",
            "api_alembic_version",
            "item",
            "user",
            "notes",
            "reviews",
        }
        for name, power in (("alice", 0), ("eve", 1)):
            row = (f"{name}@example.com", power, uuid4().hex, "horse")
            base.execute("INSERT INTO user VALUES (?, ?, ?, ?)", row)
    # Their settings refuse what they do not know in `.env`; ours have a file of their own.
    (project / ".env").write_text("SECRET_KEY=another secret of the shop, long enough\n")
    (project / ".env.endpoints").write_text("TRUSTED_PROXIES=1\n")
    with python.served() as url:
        alice, eve = (
            Client(url, Client(url)("POST", f"/login?email={name}@example.com&password=horse").json)
            for name in ("alice", "eve")
        )
        _holds(alice, eve)
        assert eve("POST", "/api/v1/reviews", {"text": "Good"}).status == 201
        nobody = Client(url)("GET", NOTES)
        assert (nobody.status, nobody.json["error"]["code"]) == (401, "UNAUTHORIZED")
        wrong = Client(url, "x")("GET", NOTES)
        assert (wrong.status, wrong.headers["www-authenticate"]) == (401, 'Bearer realm="shop"')
        assert wrong.json["error"]["message"] == "Could not validate credentials"
        assert Client(url)("GET", "/me").json == {"detail": "Not authenticated"}
        known = eve("GET", NOTES, Origin="https://pages.example")
        assert "access-control-allow-origin" not in known.headers
    with sqlite3.connect(project / "shop.db") as base:
        owners = base.execute(
            "SELECT email FROM notes JOIN user ON notes.owner_id = user.id"
        ).fetchall()
        assert owners == [("alice@example.com",)]


def test_a_project_with_numbers_for_users_and_an_asynchronous_session(
    run: Run, tmp_path: Path
) -> None:
    project = _project(tmp_path / "shop", ASYNC)
    named = ["--current-user", "app.deps:get_current_user", "--session", "app.db:get_session"]
    done = run([*WORDS, *named], project)
    assert done.returncode == 0, done.stderr
    assert "gives the current user" not in done.stdout
    assert run(["endpoint", "reviews", "text:string", "--role", "editor"], project).returncode == 0
    words = {
        line
        for file in ("requirements.txt", "requirements-dev.txt")
        for line in (project / file).read_text().splitlines()
        if line and not line.startswith("-r")
    }
    python = _Python(project, words)
    python.tests("tests/endpoints")
    _is_typed(project, python, "app/rest", "tests/endpoints")
    python("app.rest.migrate")
    with python.served() as url:
        alice, eve = (Client(url, extra={"X-User": name}) for name in ("alice", "eve"))
        _holds(alice, eve)
        assert eve("POST", "/api/v1/reviews", {"text": "Good"}).status == 201
        assert alice("GET", NOTES).json["data"][0]["owner_id"] == 1
        nobody = Client(url)("GET", NOTES)
        assert (nobody.status, nobody.headers["www-authenticate"]) == (401, "Gateway")
    # One that gives nobody has its 401 from us.
    assert run(["set", "--current-user", "app.deps:visitor"], project).returncode == 0
    python.tests("tests/endpoints")
    _is_typed(project, python, "app/rest", "tests/endpoints")
    with python.served() as url:
        eve = Client(url, extra={"X-User": "eve"})
        assert eve("POST", NOTES, {"title": "Second"}).status == 201
        nobody = Client(url)("GET", NOTES)
        assert (nobody.status, nobody.json["error"]["code"]) == (401, "UNAUTHORIZED")

"""FastAPI projects that we did not make: a lone main.py, a package with Alembic, a src layout with Poetry."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.shell import Client, free_port
from tests.support.days import of_day
from tests.support.folders import changed, tree
from tests.support.plain_copier import update
from tools.source import commit, git

pytestmark = pytest.mark.slow

FLAT = {
    "main.py": """\
import os
from fastapi import FastAPI

# The shop.
app = FastAPI(title="Shop")


@app.get("/")
def root():
    return {"shop": os.environ.get("SHOP", "open")}


@app.get("/items/{item_id}")
def item(item_id: int):
    return {"id": item_id}


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app)
""",
    "requirements.txt": "# web\nfastapi>=0.100\nuvicorn  # server",
    "requirements-dev.txt": "-r requirements.txt\npytest>=8\n",
    "test_main.py": """\
from fastapi.testclient import TestClient

from main import app


def test_root():
    client = TestClient(app)
    assert client.get("/").json() == {"shop": "open"}
    assert client.get("/items/x").status_code == 422
    assert client.get("/nowhere").json() == {"detail": "Not Found"}
""",
    ".gitignore": "__pycache__\n.pytest_cache\n",
}

PACKAGE = {
    "app/__init__.py": "",
    "app/main.py": '''\
"""The shop."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from .routers import items

app: FastAPI = FastAPI(
    title="Shop",
    docs_url=None,
)
app.include_router(items.router, prefix="/api/v1")


@app.exception_handler(LookupError)
async def missing(request: Request, error: LookupError) -> JSONResponse:
    return JSONResponse({"missing": str(error)}, 404)


app.mount("/", StaticFiles(directory="public", html=True))
'''.replace(
        "\n", "\r\n"
    ),
    "app/routers/__init__.py": "",
    "app/routers/items.py": """\
from fastapi import APIRouter

router = APIRouter()


@router.get("/items/{name}")
def item(name: str) -> dict[str, str]:
    raise LookupError(name)
""",
    "app/models.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
    "public/index.html": "<h1>Shop</h1>\n",
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "shop"
version = "1.0"
requires-python = ">=3.10"
dependencies = [
    "fastapi>=0.100",  # any
    "pydantic==2.14.4",
    "sqlalchemy>=2.0",
    'alembic',
    "uvicorn"
]

[project.optional-dependencies]
dev = ["pytest", "httpx2", "pytest-cov", "pytest-randomly"]

[tool.setuptools]
packages = ["app"]

[tool.pytest.ini_options]
testpaths = ["tests"]
addopts = ["-ra", "--strict-markers", "--strict-config", "--import-mode=importlib", "--cov=app", "--cov-fail-under=74"]
filterwarnings = ["error"]
xfail_strict = true

[tool.coverage.run]
branch = true

[tool.ruff.lint]
select = ["ALL"]
""",
    "alembic.ini": "[alembic]\nscript_location = alembic\nsqlalchemy.url = sqlite:///shop.db\n",
    "alembic/env.py": """\
from alembic import context
from sqlalchemy import create_engine

from app.models import Base

target_metadata = Base.metadata
url = context.config.get_main_option("sqlalchemy.url")
with create_engine(url).begin() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
""",
    "alembic/script.py.mako": "",
    "alembic/versions/one.py": """\
import sqlalchemy as sa
from alembic import op

revision = "one"
down_revision = None


def upgrade() -> None:
    op.create_table("items", sa.Column("id", sa.Integer, primary_key=True))
""",
    "tests/__init__.py": "",
    "tests/conftest.py": """\
import pytest
from fastapi.testclient import TestClient

from app.main import app


@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client
""",
    "tests/test_items.py": """\
def test_items(client):
    answer = client.get("/api/v1/items/x")
    assert (answer.status_code, answer.json()) == (404, {"missing": "x"})
    assert "Shop" in client.get("/").text
""",
    ".gitignore": "__pycache__\n.pytest_cache\n*.db\n*.egg-info\n",
}

POETRY = {
    "src/shop/__init__.py": "",
    "src/shop/factory.py": '''\
from contextlib import asynccontextmanager

import fastapi


@asynccontextmanager
async def lifespan(app):
    app.state.stock = 3
    yield


def create_app(*, debug: bool = False) -> fastapi.FastAPI:
    """The application."""
    api = fastapi.FastAPI(debug=debug, lifespan=lifespan)

    @api.get("/stock")
    def stock(request: fastapi.Request):
        return {"stock": request.app.state.stock}

    # All of it.
    return api
''',
    "src/shop/main.py": "from shop.factory import create_app\n\napp = create_app()\n",
    "tests/test_stock.py": """\
from fastapi.testclient import TestClient

from shop.main import app


def test_stock():
    with TestClient(app) as client:
        assert client.get("/stock").json() == {"stock": 3}
""",
    "pyproject.toml": """\
[tool.poetry]
name = "shop"
version = "1.0"
description = ""
authors = []
packages = [{include = "shop", from = "src"}]

[tool.poetry.dependencies]
python = "^3.11"
fastapi = "*"
uvicorn = {version = ">=0.30", extras = []}  # server

# tests
[tool.poetry.group.dev.dependencies]
pytest = ">=8"
httpx2 = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
""",
    ".gitignore": "__pycache__\n.pytest_cache\n",
}


SOAK = bool(os.environ.get("SCAFFOLD_SOAK"))


@dataclass
class Shape:
    """A project: its files, where ours come to, and which of the user's files change."""

    files: dict[str, str]
    package: str
    source: str
    changed: list[str]
    entry: str
    notes: list[str] = field(default_factory=list)


SHAPES = {
    "a lone main.py with requirements.txt": Shape(
        FLAT, "rest", "rest", ["main.py", "requirements-dev.txt", "requirements.txt"], "main:app"
    ),
    "a package with Alembic and tests of its own": Shape(
        PACKAGE,
        "app.rest",
        "app/rest",
        ["app/main.py", "pyproject.toml"],
        "app.main:app",
        [
            "`fastapi` is >=0.100 here, the generated code needs >=0.115",
            "Python >=3.10 is allowed here",
            "`exclude` in [tool.ruff.lint] of pyproject.toml leaves it out now",
            "`omit` in [tool.coverage.run] of pyproject.toml leaves it out now",
            "python -m pytest --no-cov tests/endpoints",
        ],
    ),
    "a src layout with Poetry and a factory": Shape(
        POETRY,
        "shop.rest",
        "src/shop/rest",
        ["pyproject.toml", "src/shop/factory.py"],
        "shop.main:app",
    ),
}


@pytest.mark.parametrize(
    "shape", of_day([pytest.param(shape, id=name) for name, shape in SHAPES.items()], 1)
)
def test_an_endpoint_in_a_fastapi_project(shape: Shape, run: Run, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    for path, text in shape.files.items():
        file = project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    git(project, "init", "--quiet", "--initial-branch=main")
    git(project, "config", "core.autocrlf", "false")
    commit(project, "Shop")

    words = ["endpoint", "assessments", "title:string{1..200}", "score:decimal{0..100}?"]
    words += ["--local-stack"]
    done = run([*words, "--style", "fastapi"], project)
    assert done.returncode == 0, done.stderr
    assert changed(project) == shape.changed
    for note in shape.notes:
        assert note in done.stdout
    for path in shape.changed:
        _only_added(shape.files[path], (project / path).read_bytes().decode())
    new = git(project, "ls-files", "--others", "--exclude-standard").split()
    allowed = (f"{shape.source}/", "tests/", ".copier-answers.yml")
    assert [path for path in new if not path.startswith(allowed)] == []

    commit(project, "Endpoint")
    made = tree(project)
    update(project)
    assert tree(project) == made
    assert run([*words, "--style", "fastapi"], project).returncode == 0
    assert tree(project) == made
    assert git(project, "status", "--porcelain") == ""

    python = _installed(project, tmp_path / "venv")
    env = {"PYTHONPATH": str(project / "src" if shape.source.startswith("src/") else project)}
    _call(project, python, "-m", "pytest", "-q", "-p", "no:cacheprovider", **env)
    if SOAK:
        # By themselves, too; every day they are in a project of our own: test_gates.py.
        ours = [*["--no-cov"] * ("--no-cov" in done.stdout), *_ours(new)]
        _call(project, python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ours, **env)
    # Our own mypy looks at the project's packages: that is quicker than to install one. asyncpg has no types there.
    options = ["--strict", "--explicit-package-bases", "--namespace-packages", shape.source]
    options += ["--python-executable", python]
    _call(project, sys.executable, "-m", "mypy", *options, MYPYPATH=env["PYTHONPATH"])

    if "alembic.ini" in shape.files:
        _call(project, python, "-m", "alembic", "upgrade", "head", **env)
        # The same database for both.
        env["DATABASE_URL"] = f"sqlite:///{project / 'shop.db'}"
        _call(project, python, "-m", f"{shape.package}.migrate", **env)
        # What the command said is to be done.
        option = re.search(r"pass `(include_name=.*?)` to", done.stdout)
        assert option
        settings = project / "alembic/env.py"
        words_of = "target_metadata=target_metadata"
        settings.write_text(settings.read_text().replace(words_of, f"{words_of}, {option[1]}"))
        _call(project, python, "-m", "alembic", "check", **env)
    token = _call(project, python, "-m", f"{shape.package}.token", "--sub", "alice", **env)
    with _serve(project, python, shape.entry, **env) as url:
        alice = Client(url, token.strip())
        assert alice("POST", "/api/v1/assessments", {"title": "First", "score": 1.5}).status == 201
        assert alice("GET", "/api/v1/assessments").status == 200
        assert Client(url)("GET", "/api/v1/assessments").status == 401
        assert alice("POST", "/api/v1/assessments", {"title": ""}).status == 400
    untracked = git(project, "status", "--porcelain", "--untracked-files=all").split()
    assert not [one for one in untracked if ".data/" in one]

    # The next endpoint only adds files.
    commit(project, "Tests ran") if untracked else None
    assert run(["endpoint", "tags"], project).returncode == 0
    assert changed(project) == [".copier-answers.yml"]
    doctor = run(["doctor"], project).stdout
    assert re.search(r"^ok +the application has the endpoints$", doctor, re.MULTILINE), doctor

    if "alembic.ini" in shape.files:
        _evolves(project, shape, run, python, env)


def _evolves(project: Path, shape: Shape, run: Run, python: str, env: dict[str, str]) -> None:
    """What changes of a resource say to do, done: its rows are there, and the user's own migrations are, too."""
    _call(project, python, "-m", f"{shape.package}.migrate", **env)
    for words in (
        ["field", "add", "assessments", "rank:int=1", "tag:ref(tags)?"],
        ["field", "remove", "assessments", "tag_id"],
        ["rename", "assessments", "marks"],
        ["remove", "tags", "--drop-table"],
    ):
        done = run(words, project)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        assert words[0] == "rename" or f"python -m {shape.package}.migrate" in done.stdout
    _call(project, python, "-m", f"{shape.package}.migrate", **env)
    _call(project, python, "-m", "alembic", "check", **env)
    # Tests that come with a resource, on a database of their own.
    own = {"PYTHONPATH": env["PYTHONPATH"]}
    some = [f"tests/endpoints/{name}.py" for name in ("test_migrations", "resources/test_marks")]
    _call(project, python, "-m", "pytest", "-q", "--no-cov", "-p", "no:cacheprovider", *some, **own)
    token = _call(project, python, "-m", f"{shape.package}.token", "--sub", "alice", **env)
    with _serve(project, python, shape.entry, **env) as url:
        found = json.dumps(Client(url, token.strip())("GET", "/api/v1/marks").json)
        assert '"title": "First"' in found and '"rank": 1' in found
        assert Client(url, token.strip())("GET", "/api/v1/assessments").status == 404


def _only_added(before: str, after: str) -> None:
    """Every character of the user's is still there, in its order; line endings are of one kind."""
    rest = iter(after)
    assert all(character in rest for character in before)
    assert "\r\n" not in before or before.count("\r\n") < after.count("\r\n") == after.count("\n")


def _ours(new: list[str]) -> list[str]:
    """The generated tests."""
    return [path for path in new if Path(path).name.startswith("test_")]


def _installed(project: Path, venv: Path) -> str:
    """A Python with what the project's own files name, as its next steps say."""
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    python = str(venv / "bin/python")
    pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"]
    if (project / "requirements.txt").exists():
        _call(project, python, *pip, "-r", "requirements-dev.txt")
    elif "[tool.poetry" in (project / "pyproject.toml").read_text():
        data = tomllib.loads((project / "pyproject.toml").read_text())
        group = data["tool"]["poetry"]["group"]["dev"]["dependencies"]
        names = [f"{name}{'' if value == '*' else value}" for name, value in group.items()]
        _call(project, python, *pip, ".", *names)
    else:
        _call(project, python, *pip, "-e", ".[dev]")
    return python


def _call(folder: Path, *words: str, **env: str) -> str:
    """The standard output of a command; fails the test, with its output, where it fails."""
    clean = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        words,
        cwd=folder,
        env={**clean, **env, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
    return done.stdout


@contextmanager
def _serve(folder: Path, python: str, entry: str, **env: str) -> Iterator[str]:
    """The application on a free port, as its users start it."""
    port = free_port()
    log = (folder.parent / "server.log").open("ab")
    process = subprocess.Popen(
        [python, "-m", "uvicorn", entry, "--port", str(port)],
        cwd=folder,
        env={**os.environ, **env, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if process.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        assert process.poll() is None, (folder.parent / "server.log").read_text()[-3000:]
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
        log.close()

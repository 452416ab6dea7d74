"""A generated project as its users handle it: install, check, build, start; in each framework by its own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

from tests.contract import check
from tests.contract.http import Client
from tests.contract.report import Report
from tests.contract.spec import of_project
from tests.contract.tokens import issuer
from tests.e2e.shell import npm, run, started
from tests.support import packages
from tests.support.days import COVERAGE_DAY, SOAK, is_day
from tools.node import node_env

GATES = ("install", "types", "lint", "format", "tests", "build", "start", "contract", "honest")
# The contract suite is the proxy: each of its callers has an address.
LOCAL = {"LOCAL_STACK": "1", "TRUSTED_PROXIES": "1"}
API_KEY = "contract-suite-key"
ORIGIN = "https://app.example"
SETTINGS = {
    "API_KEYS": f"suite:{sha256(API_KEY.encode()).hexdigest()}",
    "CORS_ORIGINS": ORIGIN,
    "LOG_LEVEL": "silent",
}
# What lets a mistake pass, in either language.
WAVED = {
    ".ts": r"\bas any\b(?=\s*([;,)\].]|$))|:\s*any\s*([,;)=\]|&}>{]|$)|<any>|\bany\[\]|\.(skip|todo|only)\("
    r"|eslint-disable|@ts-|prettier-ignore",
    ".py": r"type: ignore|\bnoqa\b|fmt: (off|skip)|pragma: no cover|mark\.(skip|xfail)|pytest\.skip",
}
FOLDERS = ("node_modules", ".next", ".venv", "build", "dist", "next-env.d.ts", "generated")


SCRIPTS = {
    "types": "typecheck",
    "lint": "lint",
    "format": "format:check",
    "tests": "test",
    "build": "build",
}
# Of a FastAPI service, coverage takes as long as its tests, so it has a day of its own.
COVERED = SOAK or is_day(COVERAGE_DAY) or bool(os.environ.get("SCAFFOLD_GATES"))
COMMANDS = {
    "types": ["mypy"],
    "lint": ["ruff", "check"],
    "format": ["black", "--check", "--quiet", "."],
    "tests": ["pytest", "-q", *([] if COVERED else ["--no-cov"])],
    "build": ["pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "dist", "."],
}


class Stack:
    """A project in a folder; `kind` makes the right one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spec = of_project(folder)

    @property
    def conventions(self) -> Mapping[str, Mapping[str, object]]:
        """All conventions of the project."""
        found: Mapping[str, Mapping[str, object]] = self.spec.conventions
        return found

    def gate(self, name: str) -> None:
        """Fails, with the command's output, where a gate is red; `contract` has a method of its own."""
        if name == "honest":
            found = self.waved_through()
            assert found == [], "\n".join(found)
        elif name == "install":
            self.install()
        elif name == "start":
            with self.serve(**LOCAL) as url:
                health = Client(url)("GET", f"{self.spec.prefix}/health")
                assert health.status == 200, health
        else:
            self.command(name)

    def install(self, alone: bool = False) -> None:
        """The project's own installation, with most of its work done; `alone`: with all of it to do."""
        if not alone:
            packages.seed(self.folder)
        self.command("install")

    def command(self, name: str, **env: str) -> None:
        """Runs what the project's README says for a gate."""
        raise NotImplementedError

    def make_migrations(self, drop: bool = False) -> None:
        """Migrations, where the project has a tool for them; `drop`: also what takes something away."""

    def migrate(self, **env: str) -> None:
        """Brings a real database up to date."""
        raise NotImplementedError

    def server(self, **env: str) -> tuple[list[str], dict[str, str]]:
        """The words that start the service on `{port}`, and their environment."""
        raise NotImplementedError

    def worker(self, **env: str) -> tuple[list[str], dict[str, str]]:
        """The words that start the process that runs jobs, and their environment."""
        raise NotImplementedError

    def serve(self, **env: str) -> AbstractContextManager[str]:
        """The service, started, at the URL that it gives."""
        words, environment = self.server(**env)
        return started(words, self.folder, environment)

    def develop(self, **env: str) -> AbstractContextManager[str]:
        """The service as developers start it: without a build, where it has one."""
        return self.serve(**env)

    def contract(self, url: str, env: Mapping[str, str] = LOCAL, brief: bool = False) -> Report:
        """The contract suite on the service at `url`, whose settings are `env`; `brief`: a part of it."""
        tokens = issuer(self.folder, {**LOCAL, **env}, url)
        return check(self.folder, url, tokens, API_KEY, ORIGIN, brief)

    def waved_through(self) -> list[str]:
        """Lines that switch a check off."""
        return [
            f"{path.relative_to(self.folder)}:{number}: {line.strip()}"
            for path in sorted(self.folder.rglob("*"))
            if path.suffix in WAVED and not set(path.relative_to(self.folder).parts) & {*FOLDERS}
            for number, line in enumerate(path.read_text().splitlines(), 1)
            if re.search(WAVED[path.suffix], line)
        ]


class NextJs(Stack):
    """Commands of package.json."""

    def command(self, name: str, **env: str) -> None:
        if name == "install":
            said = npm(self.folder, "install")
            # On top of packages that are there npm only warns of what would stop it elsewhere.
            assert "ERESOLVE" not in said, said[-3000:]
            self.make_migrations()
        else:
            npm(self.folder, "run", SCRIPTS[name], **env)

    def make_migrations(self, drop: bool = False) -> None:
        package = json.loads((self.folder / "package.json").read_text())
        if "db:generate" in package["scripts"]:
            npm(self.folder, "run", "db:generate", *["--", "--drop"] * drop)

    def migrate(self, **env: str) -> None:
        npm(self.folder, "run", "db:migrate", **env)

    def server(self, **env: str) -> tuple[list[str], dict[str, str]]:
        return self._next("start", env)

    def worker(self, **env: str) -> tuple[list[str], dict[str, str]]:
        # The process itself: npm and tsx would be others in front of it.
        words = ["node", "--import", "tsx", "scripts/worker.ts"]
        return words, {**node_env(), **SETTINGS, **env}

    @contextmanager
    def develop(self, **env: str) -> Iterator[str]:
        if "predev" in json.loads((self.folder / "package.json").read_text())["scripts"]:
            npm(self.folder, "run", "-s", "predev")
        words, environment = self._next("dev", env)
        with started(words, self.folder, environment) as url:
            yield url
        # A build checks these types, too: those of routes that have moved since stay until `next dev` starts again.
        shutil.rmtree(self.folder / ".next/dev/types", ignore_errors=True)

    def _next(self, command: str, env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
        program = ["node", str(_module(self.folder, "next/dist/bin/next")), command, "-p", "{port}"]
        return program, {**node_env(), **SETTINGS, **env}


class FastApi(Stack):
    """Commands in the project's own .venv."""

    def bin(self, name: str) -> str:
        """A program of the project's environment."""
        return str(self.folder / ".venv/bin" / name)

    def command(self, name: str, **env: str) -> None:
        if name == "install":
            if not (self.folder / ".venv").exists():
                run([sys.executable, "-m", "venv", ".venv"], self.folder)
            quiet = ["--quiet", "--disable-pip-version-check"]
            run([self.bin("python"), "-m", "pip", "install", *quiet, "-e", ".[dev]"], self.folder)
        else:
            program, *words = COMMANDS[name]
            run([self.bin(program), *words], self.folder, {**os.environ, **env})

    def migrate(self, **env: str) -> None:
        run([self.bin("python"), "-m", "app.migrate"], self.folder, {**os.environ, **env})

    def server(self, **env: str) -> tuple[list[str], dict[str, str]]:
        module = "main:app" if (self.folder / "main.py").exists() else "app.main:app"
        program = [self.bin("uvicorn"), module, "--port", "{port}", "--no-access-log"]
        return program, {**os.environ, **SETTINGS, **env}

    def worker(self, **env: str) -> tuple[list[str], dict[str, str]]:
        return [self.bin("python"), "-m", "app.worker"], {**os.environ, **SETTINGS, **env}


def stack(folder: Path) -> Stack:
    """The project in a folder."""
    spec = of_project(folder)
    framework = spec.conventions["stack"]["framework"]
    kinds: dict[str, type[Stack]] = {"nextjs": NextJs, "fastapi": FastApi}
    return kinds[framework](folder)


def _module(folder: Path, path: str) -> Path:
    """A file of node_modules, in the project or above it."""
    for parent in (folder, *folder.parents):
        if (parent / "node_modules" / path).exists():
            return parent / "node_modules" / path
    raise AssertionError(f"{path} is not installed for {folder}")


def production(folder: Path) -> subprocess.CompletedProcess[str]:
    """The service started without any setting, as it should never be."""
    kind = stack(folder)
    if isinstance(kind, FastApi):
        words, env = [kind.bin("uvicorn"), "main:app", "--port", "0"], dict(os.environ)
    else:
        words = ["node", str(_module(folder, "next/dist/bin/next")), "start", "-p", "0"]
        env = node_env()
    for name in ("LOCAL_STACK", "DATABASE_URL"):
        env.pop(name, None)
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=60)

"""A service of a style with everything that a resource can be, on its embedded database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.http import Client
from tests.contract.tokens import issuer
from tests.e2e.stacks import LOCAL, Stack, stack
from tests.support import packages
from tests.support.projects import AGENTS, commands, own_entities

STYLES = [path.stem for path in AGENTS]
# So many requests are not what a limit is for; limits have tests of their own.
UNLIMITED = "rate_limit.max=9999999"
CALLERS = ("alice", "bob")


@dataclass(frozen=True)
class Live:
    """A running service, its document, and a token for each of two callers who may do everything."""

    url: str
    prefix: str
    document: dict[str, Any]
    tokens: dict[str, str]

    @property
    def operations(self) -> list[str]:
        """What the document has, as `GET /api/notes`."""
        return [
            f"{method.upper()} {path}"
            for path, item in self.document["paths"].items()
            for method in item
            if method in ("get", "post", "put", "patch", "delete")
        ]


def make(style: str, folder: Path, words: Sequence[Sequence[str]] | None = None) -> Stack:
    """A project of the style in a new folder, installed; `words` are its endpoints, by default one of each kind."""

    def scaffold(*command: str) -> None:
        place = folder if folder.exists() else folder.parent
        done = subprocess.run(
            [sys.executable, "-m", "scaffold", *command], cwd=place, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)

    folder.parent.mkdir(parents=True, exist_ok=True)
    scaffold("new", str(folder), "--style", style, "--set", UNLIMITED)
    for command in endpoints(style, folder) if words is None else words:
        scaffold(*command)
    made = stack(folder)
    if (folder / "package.json").exists():
        packages.seed(folder)
        made.make_migrations()
    else:
        made.install()
    return made


def endpoints(style: str, folder: Path) -> list[list[str]]:
    """The words for one resource of each kind, and for what the style's own document knows."""
    limit = ("--rate-limit", "5/1m")
    made = [[word for word in words if word not in limit] for words in commands(role_of(folder))]
    names = [words[1] for words in made]
    document = next(path for path in AGENTS if path.stem == style)
    return [*made, *(["endpoint", name] for name in own_entities(document) if name not in names)]


def role_of(folder: Path) -> str:
    """The role that may do everything."""
    roles = stack(folder).spec.provider_roles
    return roles[-1] if roles else "editor"


@contextmanager
def live(project: Stack, develop: bool = False) -> Iterator[Live]:
    """The service, started; `develop`: without a build."""
    # Each request comes from an address of its own: tests/agreement/hooks.py.
    with (project.develop if develop else project.serve)(**LOCAL) as url:
        token_for = issuer(project.folder, LOCAL, url)
        role = role_of(project.folder)
        tokens = {name: str(token_for(name, role=role)) for name in CALLERS}
        prefix = project.spec.prefix
        # The first request opens the database.
        assert Client(url)("GET", f"{prefix}/health").status == 200, url
        answer = Client(url)("GET", f"{prefix}/openapi.json")
        assert answer.status == 200, answer
        yield Live(url, prefix, answer.json, tokens)


def written(document: Any, folder: Path, name: str = "openapi.json") -> Path:
    """The document as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(document, indent=2))
    return path


def environment() -> dict[str, str]:
    """Variables for commands that find modules of this repository."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

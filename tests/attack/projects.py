"""The services that are attacked: a project of each style, with its own kinds of resources, built once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.stacks import NextJs, Stack, stack
from tests.support import packages
from tests.support.projects import AGENTS, MIXTURES, commands
from tools.source import GIT, make_source

# Mixtures whose conventions no agent has: csrf tokens and roles, numbers as ids and API keys, buckets by address.
MIXED = ("freight", "ledger", "stalls")
DOCUMENTS = {
    path.stem: path for path in (*AGENTS, *MIXTURES) if path in AGENTS or path.stem in MIXED
}
# Of what a resource can be: everything that a request can reach. A table without routes is not.
RESOURCES = ("assessments", "comments", "tags", "events", "logs")
INSTALLED = ("node_modules/.bin/next", ".venv/bin/uvicorn")
# Next.js writes it when a build is done.
BUILT = ".next/BUILD_ID"


def prepare(scratch: Path) -> None:
    """What the fixtures of conftest.py do for tests."""
    os.environ.update(GIT)
    os.environ.setdefault(packages.FOLDER, str(scratch / "packages"))
    os.environ["SCAFFOLD_SOURCE"] = str(make_source(scratch / "source"))
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")


def project(style: str, folder: Path) -> Stack:
    """The project of a style in `folder`, installed and built; as it stands where it is there already."""
    if not folder.exists():
        _make(style, folder)
    return installed(folder)


def installed(folder: Path) -> Stack:
    """The project in a folder, installed and built if it is not yet."""
    made = stack(folder)
    if not any((folder / program).exists() for program in INSTALLED):
        made.install()
    if not (folder / BUILT).exists():
        build(made)
    return made


def build(made: Stack) -> None:
    """The service as it runs in production, where its framework builds one."""
    if isinstance(made, NextJs):
        made.command("build")


def forget_build(made: Stack) -> None:
    """Another run that finds the project builds it anew."""
    (made.folder / BUILT).unlink(missing_ok=True)


def _make(style: str, folder: Path) -> None:
    document = DOCUMENTS[style]
    name = style if document in AGENTS else str(document)
    scaffold(folder.parent, "new", str(folder), "--style", name)
    roles = stack(folder).spec.provider_roles
    for words in commands(roles[-1] if roles else "editor"):
        if words[1] in RESOURCES:
            scaffold(folder, *words)


def scaffold(cwd: Path, *words: str) -> None:
    """Runs a command that has to succeed."""
    cwd.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", *words], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)

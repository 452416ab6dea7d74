"""Packages of generated projects, installed once in a run: a project begins with hard links to them.

`seed` puts them into a project before it installs its own. The project's own `npm install` or
`pip install` still runs: it resolves what the project names, takes away what it does not name, and
downloads what is not there. Both workers of a run share the folder that SCAFFOLD_PACKAGES names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.e2e.shell import npm, run
from tests.support.projects import AGENTS, CHECKOUT, MIXTURES, manifest_of

FOLDER = "SCAFFOLD_PACKAGES"
SECTIONS = ("dependencies", "devDependencies", "overrides", "allowScripts")
PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


_waited = [0.0]


def seconds_since() -> float:
    """How long this process waited for packages to be there since it was asked last."""
    found, _waited[0] = _waited[0], 0.0
    return found


def seed(project: Path) -> None:
    """Gives a project the packages of its framework, as far as this run has them; its install does the rest."""
    if (project / "package.json").exists():
        seed_node(project)
    else:
        seed_python(project, requirements(project))


def seed_node(folder: Path) -> None:
    """`node_modules` in a folder, with what any document's project may need."""
    link(node_folder() / "node_modules", folder / "node_modules")


def seed_python(folder: Path, words: Iterable[str]) -> None:
    """`.venv` in a folder, with these requirements."""
    source = python(words).parents[1]
    target = folder / ".venv"
    link(source, target)
    for path in (*(target / "bin").iterdir(), target / "pyvenv.cfg"):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        if str(source).encode() in data:
            mode = path.stat().st_mode
            path.unlink()
            path.write_bytes(data.replace(str(source).encode(), str(target).encode()))
            path.chmod(mode)


def python(words: Iterable[str]) -> Path:
    """The Python of an environment with these requirements; to use, not to change."""
    names = sorted({*words})
    key = sha256("\n".join(names).encode()).hexdigest()[:12]
    with once(f"python-{key}") as (folder, ready):
        if not ready:
            run([sys.executable, "-m", "venv", ".venv"], folder)
            run([str(folder / ".venv/bin/python"), *PIP, *names], folder)
    return folder / ".venv/bin/python"


def requirements(project: Path) -> set[str]:
    """What a project of Python names, its development tools included."""
    return named((project / "pyproject.toml").read_text())


def named(pyproject: str) -> set[str]:
    """What the text of a pyproject.toml names, likewise."""
    data = tomllib.loads(pyproject)["project"]
    return {*data["dependencies"], *data.get("optional-dependencies", {}).get("dev", ())}


def merge(package: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Adds what one package.json needs to another; a package has one version in both."""
    for section in SECTIONS:
        for name, version in other.get(section, {}).items():
            known = package.setdefault(section, {}).setdefault(name, version)
            assert known == version, f"{name} is {known} in one project and {version} in another"


def link(source: Path, target: Path) -> None:
    """A copy of a folder that shares its files; npm's own list is not shared, as npm writes into it."""
    shutil.copytree(source, target, symlinks=True, copy_function=os.link)
    listed = target / ".package-lock.json"
    if listed.exists():
        listed.unlink()
        shutil.copy2(source / listed.name, listed)


def node_folder() -> Path:
    """The packages of all documents' projects."""
    with once("node") as (folder, ready):
        if not ready:
            templates = CHECKOUT
            package: dict[str, Any] = {"name": "packages", "private": True, "type": "module"}
            for document in (*AGENTS, *MIXTURES):
                tree = templates.render(manifest_of(document, templates))
                if "package.json" in tree:
                    merge(package, json.loads(tree["package.json"]))
            (folder / "package.json").write_text(json.dumps(package, indent=2))
            npm(folder, "install")
    return folder


@contextmanager
def once(name: str) -> Iterator[tuple[Path, bool]]:
    """A folder and whether it is ready; it is, for everybody, after the block. Others wait meanwhile."""
    base = Path(os.environ[FOLDER])
    base.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    folder = base / name
    done = base / f"{name}.ready"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = done.exists()
        if not ready:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        yield folder, ready
        done.touch()
    _waited[0] += time.monotonic() - began

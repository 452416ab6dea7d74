"""The Python of a project: looked at, and started only where it is the user's own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from scaffold.frameworks.fastapi.install_steps import workspace_of
from scaffold.frameworks.workspaces import read_small

_VERSION = re.compile(r"^version(?:_info)?\s*=\s*(\d{1,4})\.(\d{1,4})", re.MULTILINE)
_SHARES = re.compile(r"^include-system-site-packages\s*=\s*true\b", re.MULTILINE | re.IGNORECASE)


def interpreter(root: Path) -> tuple[str, tuple[int, ...]]:
    """The project's own Python, else the one on the path, and its version; empty where there is none."""
    own = _environment(root)
    if own is not None:
        return str(own), _version_of(own)
    program = _on_path()
    version = _asked(program, "import sys; print(*sys.version_info[:2])").split()
    return program, tuple(map(int, version))


def has_packages(root: Path, packages: Sequence[str]) -> bool:
    """Whether the project's own Python has them, else the one on the path.

    An environment that also sees the packages of the system is believed to have them.
    """
    own = _environment(root)
    if own is not None:
        listed = own.glob("lib/python*/site-packages/*-info")
        found = {place.name.partition("-")[0].lower() for place in listed}
        return {*packages} <= found or _SHARES.search(_config_of(own)) is not None
    return bool(_asked(_on_path(), f"import {', '.join(packages)}; print(1)"))


def _on_path() -> str:
    """The Python on the path; a relative one could come with the project."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if os.path.isabs(folder))
    return shutil.which("python3", path=path) or shutil.which("python", path=path) or ""


def _environment(root: Path) -> Path | None:
    """The project's virtual environment. It may come with a clone, so nothing in it is started."""
    for place in filter(None, (root, workspace_of(root))):
        for folder in (".venv", "venv"):
            if (place / folder / "bin/python").exists():
                return place / folder
    return None


def _version_of(environment: Path) -> tuple[int, ...]:
    """The first two numbers of an environment's Python, as its own file says; none if it does not."""
    said = _VERSION.search(_config_of(environment))
    return tuple(map(int, said.groups())) if said else ()


def _config_of(environment: Path) -> str:
    return read_small(environment / "pyvenv.cfg")


def _asked(program: str, code: str) -> str:
    """What a Python prints; it starts far from the project, as it imports what lies where it starts."""
    import subprocess

    if not program:
        return ""
    return subprocess.run([program, "-c", code], cwd=os.sep, capture_output=True, text=True).stdout

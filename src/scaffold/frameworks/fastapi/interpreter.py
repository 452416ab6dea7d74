"""The Python of a project: looked at, and started only where it is the user's own."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from scaffold.frameworks.fastapi.install_steps import workspace_of
from scaffold.frameworks.workspaces import read_small


def interpreter(root: Path) -> tuple[str, tuple[int, ...]]:
    """The project's own Python, else the one on the path, and its version; empty where there is none."""
    own = _environment(root)
    if own is not None:
        return str(own), _version_of(own)
    program = shutil.which("python3") or shutil.which("python") or ""
    version = _asked(program, "import sys; print(*sys.version_info[:2])").split()
    return program, tuple(map(int, version))


def has_packages(root: Path, packages: Sequence[str]) -> bool:
    """Whether the project's own Python has them, else the one on the path."""
    own = _environment(root)
    if own is not None:
        listed = own.glob("lib/python*/site-packages/*.dist-info")
        return {*packages} <= {place.name.partition("-")[0].lower() for place in listed}
    program = shutil.which("python3") or shutil.which("python") or ""
    return bool(_asked(program, f"import {', '.join(packages)}; print(1)"))


def _environment(root: Path) -> Path | None:
    """The project's virtual environment. It may come with a clone, so nothing in it is started."""
    for place in filter(None, (root, workspace_of(root))):
        for folder in (".venv", "venv"):
            if (place / folder / "bin/python").exists():
                return place / folder
    return None


def _version_of(environment: Path) -> tuple[int, ...]:
    """The first two numbers of an environment's Python, as its own file says; none if it does not."""
    text = read_small(environment / "pyvenv.cfg")
    said = re.search(r"^version(?:_info)?\s*=\s*(\d{1,4})\.(\d{1,4})", text, re.MULTILINE)
    return tuple(map(int, said.groups())) if said else ()


def _asked(program: str, code: str) -> str:
    """What a Python prints; it starts far from the project, as it imports what lies where it starts."""
    import subprocess

    if not program:
        return ""
    return subprocess.run([program, "-c", code], cwd=os.sep, capture_output=True, text=True).stdout

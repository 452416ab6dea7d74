"""Commands for where the user stands, which need not be the project's folder."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path


def enter(folder: str) -> str:
    """The command that goes to the folder, as typed in a shell."""
    return f"cd {shlex.quote(f'./{folder}' if folder.startswith('-') else folder)}"


def from_here(root: Path, steps: Iterable[str]) -> tuple[str, ...]:
    """The steps, with the way to the project in `root` before them if the user stands somewhere else."""
    steps = tuple(steps)
    try:
        here, there = os.path.realpath(os.getcwd()), os.path.realpath(root)
    except OSError:  # the folder is gone
        return steps
    if not steps or here == there:
        return steps
    way = os.path.relpath(there, here)
    # A shell in a linked folder goes up the link; and far from here the path itself says more.
    linked = os.environ.get("PWD", here) != here
    up = way.split(os.sep).count(os.pardir)
    return (enter(there if up > 3 or (up and linked) else way), *steps)

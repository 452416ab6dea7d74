"""A project to write a plan into, and calls into the system that fail or are killed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scaffold.support.project_files import STAGE
from scaffold.writing.journal import NOW, UNDO

Snapshot = dict[str, tuple[int, bytes | str]]

BEFORE = {"keep": "k\n", "edit": "1\n", "run.sh": "1\n", "deep/er/gone": "1\n", "linked": "1\n"}
BEFORE |= {"deep/stays/gone": "1\n", "moved": "1\n"}
AFTER = {
    "keep": "k\n",
    "edit": "2\n",
    "run.sh": "2\n",
    "new": "2\n",
    "a/b/new": "2\n",
    "a/c/new": "2\n",
}
AFTER |= {"linked": "2\n"}
PATCHED = (
    "open",
    "write",
    "fsync",
    "replace",
    "unlink",
    "mkdir",
    "rmdir",
    "fchmod",
    "utime",
    "chmod",
)


def make(root: Path) -> None:
    """A project with modes, folders that will be empty, and links."""
    for path, text in BEFORE.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "run.sh").chmod(0o755)
    (root / "edit").chmod(0o640)
    (root / "deep" / "er").chmod(0o750)
    (root / "deep" / "stays" / "users").write_text("u")
    for name in ("linked", "moved"):
        (root / name).rename(root / f"{name}-target")
        (root / name).symlink_to(f"{name}-target")


def snapshot(root: Path) -> Snapshot:
    """Every entry below `root`, records of done commands left out: its mode and content."""
    found: Snapshot = {}
    for place in sorted(root.rglob("*")):
        stage = next((one for one in (place, *place.parents) if one.name == STAGE), None)
        if stage and (stage / UNDO).exists() and not (stage / NOW).exists():
            continue
        mode = place.lstat().st_mode
        content: bytes | str = b""
        if stat.S_ISLNK(mode):
            content = os.readlink(place)
        elif stat.S_ISREG(mode):
            content = place.read_bytes()
        found[str(place.relative_to(root))] = (mode, content)
    return found


def inject(
    patch: pytest.MonkeyPatch, act: Callable[[int], None], names: tuple[str, ...]
) -> list[int]:
    """Call `act` with a running number before each of these calls into the system."""
    count = [0]

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            count[0] += 1
            act(count[0])
            return real(*args, **kwargs)

        return call

    for name in names:
        patch.setattr(os, name, wrap(getattr(os, name)))
    return count


def in_child(work: Callable[[], object]) -> int:
    """Run `work` in a process of its own; its exit code, 0 if it returns, 1 if it raises."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(n: int, work: Callable[[], object], fault: int = 0) -> bool:
    """Whether `work` got as far as its n-th call, where it was killed; at call `fault` it fails."""

    def act(number: int) -> None:
        if number == n:
            os._exit(9)
        if number == fault:
            raise OSError(errno.EIO, "injected")

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            inject(patch, act, PATCHED)
            work()

    return in_child(run) == 9

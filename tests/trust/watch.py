"""What a command does to the machine: each write outside of its folders, and each program that it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Event of the interpreter → which of its arguments are paths that it changes. The last one of some is an open folder
# that a path is relative to.
_RELATIVE = ("os.mkdir", "os.remove", "os.rmdir")
_CHANGES = {
    **dict.fromkeys(("os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.chown"), (0,)),
    **dict.fromkeys(("os.truncate", "os.utime", "os.setxattr", "os.mkfifo", "os.mknod"), (0,)),
    **dict.fromkeys(("os.link", "os.symlink"), (1,)),
    "os.rename": (0, 1),
}
_RUNS = ("os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.system")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What may be started: git, which the tool runs without hooks, and what `doctor` asks for its version, if it is the
# user's own.
_PROGRAMS = ("git", "node")
_PYTHONS = ("python", "python3")


class Watch:
    """Listens to the interpreter for the rest of the process; it has no end, so there is one in a process."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._inside: tuple[str, ...] | None = None
        sys.addaudithook(self._hear)

    @contextmanager
    def only(self, folders: Sequence[Path]) -> Iterator[None]:
        """Meanwhile what is written outside of these folders, or started, goes to `seen`."""
        self.seen = []
        self._inside = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
        try:
            yield
        finally:
            self._inside = None

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        inside = self._inside
        if inside is None:
            return
        if event == "open":
            path, _, flags = args
            if isinstance(flags, int) and flags & _WRITES:
                self._check(event, path, inside)
        elif event in _CHANGES:
            for number in _CHANGES[event]:
                within = args[-1] if event in _RELATIVE and args[-1] >= 0 else None
                path = args[number]
                if within is not None:
                    path = os.path.join(os.readlink(f"/proc/self/fd/{within}"), os.fsdecode(path))
                self._check(event, path, inside)
        elif event == "subprocess.Popen":
            name = os.path.basename(os.fsdecode(args[0]))
            theirs = os.path.isabs(args[0]) and os.path.abspath(args[0]).startswith(inside)
            # A Python imports what lies where it starts.
            away = name not in _PYTHONS or args[2] == os.sep
            if theirs or not away or name not in (*_PROGRAMS, *_PYTHONS):
                self.seen.append(f"starts {args[0]} in {args[2]}")
        elif event in _RUNS:
            self.seen.append(f"{event} {args[0]!r}")
        elif event.startswith("socket.connect"):
            self.seen.append(event)

    def _check(self, event: str, path: Any, inside: tuple[str, ...]) -> None:
        # A number is a file that is open already.
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        name = os.fsdecode(path)
        if name == os.devnull:
            return
        folder, last = os.path.split(os.path.abspath(name))
        # The folder's links count; a link at the end is replaced, or checked with what it leads to.
        real = os.path.join(os.path.realpath(folder), last)
        if event == "open":
            real = os.path.realpath(real)
        if not f"{real}/".startswith(inside):
            self.seen.append(f"{event} {real}")

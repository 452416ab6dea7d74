"""Where a project lies: the folders above it, up to its git repository, and the workspaces that count it in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.support.text import codec_of

_DEEPEST: Final = 40
_SMALL: Final = 1 << 20
_PATTERNS: Final = 200


class Above(NamedTuple):
    """The folders above a project, nearest first; `same` is whether they end at the git repository that holds it.

    Outside of git they go up to the root of the disk: there only a workspace that names the project counts.
    """

    folders: tuple[Path, ...] = ()
    same: bool = False


def above(root: Path) -> Above:
    """The folders above the project in `root`; none if it is a repository of its own."""
    root = root.resolve()
    folders: list[Path] = []
    for folder in (root, *islice(root.parents, _DEEPEST)):
        if folder != root:
            folders.append(folder)
        if os.path.lexists(folder / ".git"):
            return Above(tuple(folders), True)
    return Above(tuple(folders))


def counts_in(patterns: object, path: str) -> bool:
    """Whether a workspace with those patterns counts `path` in; the last one that fits decides."""
    found = False
    for pattern in _texts(patterns):
        out = pattern.startswith("!")
        if _fits(pattern.removeprefix("!").removeprefix("./").rstrip("/"), path):
            found = not out
    return found


def read_small(path: Path, *, head: int = 0) -> str:
    """The text of a small file, or its first `head` bytes; empty if it is none, large or unreadable."""
    try:
        # Check before opening: a named pipe would block for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return ""
        with open(path, "rb") as file:
            raw = file.read(head or _SMALL + 1)
    except (OSError, ValueError):
        return ""
    codec = codec_of(raw)
    text = raw.decode("utf-8-sig" if codec == "utf-8" else codec, "replace")
    return text if len(raw) <= _SMALL else ""


def _texts(patterns: object) -> Iterator[str]:
    if isinstance(patterns, Iterable) and not isinstance(patterns, str | dict):
        for pattern in islice(patterns, _PATTERNS):
            if isinstance(pattern, str) and len(pattern) <= _PATTERNS:
                yield pattern


def _fits(pattern: str, path: str) -> bool:
    names = path.split("/")
    # How many of the names the pattern's parts so far can take: no backtracking, whatever the pattern.
    taken = {0}
    for part in pattern.split("/"):
        if part == "**":
            taken = set(range(min(taken), len(names) + 1)) if taken else set()
        else:
            taken = {at + 1 for at in taken if at < len(names) and fnmatchcase(names[at], part)}
    return len(names) in taken

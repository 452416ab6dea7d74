"""The user's cache: one folder with atomic writes, which drops what was used least recently."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from scaffold.support.durable import sync

LARGEST: Final = 50_000_000
"""Bytes that one folder of the cache may hold."""
TOTAL: Final = 200
"""Megabytes that all of it may hold, unless `$SCAFFOLD_CACHE_MB` says otherwise."""
COPIES: Final = "copies"
"""The folder of copies of repositories, each of which goes as a whole."""


@cache
def _usable(wanted: str | None, _home: str | None) -> Path:
    home = Path(wanted or Path.home() / ".cache") / "scaffold"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if _is_own(home):
            return home
    except OSError:
        pass
    # Needed where HOME is not writable; its import takes longer than all that is above.
    import tempfile

    other = Path(tempfile.gettempdir()) / f"scaffold-{os.getuid()}"
    try:
        other.mkdir(mode=0o700, exist_ok=True)
        if _is_own(other):
            return other
    except OSError:
        pass
    # Whoever made that folder decides what is in it, and code is loaded from there.
    return Path(tempfile.mkdtemp(prefix="scaffold-"))


def _is_own(folder: Path) -> bool:
    """Whether it is a folder of this user's, in which nobody else can write."""
    status = os.lstat(folder)
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.getuid()
        and not stat.S_IMODE(status.st_mode) & 0o022
        and os.access(folder, os.W_OK)
    )


def cache_dir() -> Path:
    """The folder of extracted template versions, compiled templates and copies of repositories.

    If HOME is not writable, or others can write there, it is a folder of this user's below the system's temporary
    one; if somebody else has that name, it is one for this process only.
    """
    return _usable(os.environ.get("XDG_CACHE_HOME"), os.environ.get("HOME"))


def put(
    place: Path, data: bytes, *, durable: bool = False, like: os.stat_result | None = None
) -> None:
    """Write a file under another name, then rename it, so that readers never see half of it.

    Creates missing folders. With `durable`, syncs the bytes before the rename, so that they survive
    a power cut; with `like`, the file gets that mode. Raises OSError if the system refuses.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    # Another process may be writing the same file.
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        if like is not None:
            draft.chmod(stat.S_IMODE(like.st_mode))
        if durable:
            sync(draft)
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def used(place: Path) -> None:
    """Notes that a file of the cache is in use, once a day: what was used last goes last."""
    with suppress(OSError):
        if place.stat().st_mtime < time.time() - 86400:
            os.utime(place)


def trim_all() -> None:
    """Delete the least recently used of all that is in the cache, to half, if it holds more than it may.

    For who adds something large, such as a version of the templates. What was used within the hour stays: a command
    may be reading it. Whatever goes is made again when it is needed.
    """
    said = os.environ.get("SCAFFOLD_CACHE_MB", "")
    most = (int(said) if said.isdecimal() else TOTAL) * 1_000_000
    entries = _entries()
    total = sum(size for _, size, _ in entries)
    if total <= most:
        return
    for when, size, path in sorted(entries):
        if total <= most // 2 or when > time.time() - 3600:
            return
        total -= size
        if path.is_dir():
            import shutil

            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _entries() -> list[tuple[float, int, Path]]:
    """When each file was used, its bytes and its path; a copy of a repository is one entry."""
    found = []
    for folder in cache_dir().iterdir():
        for path in folder.iterdir() if folder.is_dir() else [folder]:
            files = [path, *path.rglob("*")] if folder.name == COPIES else [path]
            # Another process may take one away meanwhile.
            with suppress(FileNotFoundError):
                stats = [file.lstat() for file in files]
                size = sum(status.st_size for status in stats)
                found.append((max(status.st_mtime for status in stats), size, path))
    return found


def trim(folder: Path, most: int) -> None:
    """Delete the oldest entries of a folder that holds more than `most`, or more than `LARGEST` bytes."""
    with os.scandir(folder) as entries:
        files = [(entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries]
    if len(files) <= most and sum(size for _, size, _ in files) <= LARGEST:
        return
    kept = 0
    for number, (_, size, path) in enumerate(sorted(files, reverse=True)):
        kept += size
        # Trim to half, or every later command would trim again. Always keep the newest entry.
        if number and (number >= most // 2 or kept > LARGEST // 2):
            with suppress(FileNotFoundError):
                os.unlink(path)

"""The user's cache: one folder with atomic writes that drops its oldest entries."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from scaffold.support.durable import sync

LARGEST: Final = 100_000_000
"""Bytes that one folder of the cache may hold."""


def cache_dir() -> Path:
    """The folder of extracted template versions, compiled templates and copies of repositories.

    If HOME is not writable, a folder below the system's temporary one.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scaffold"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir()) / f"scaffold-{os.getuid()}"
        home.mkdir(mode=0o700, exist_ok=True)
    return home


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

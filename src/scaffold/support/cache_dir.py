"""The user's cache: one folder, entries that appear whole or not at all, and old ones that go."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from scaffold.support.durable import sync

LARGEST: Final = 100_000_000
"""Bytes that one folder of the cache may hold."""


def cache_dir() -> Path:
    """Folder of extracted template versions, compiled templates and copies of repositories.

    A temporary one where HOME is not writable.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scaffold"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        home = Path(tempfile.gettempdir()) / f"scaffold-{os.getuid()}"
        home.mkdir(mode=0o700, exist_ok=True)
    return home


def put(place: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file under another name, then rename it: readers see the old bytes or the new ones, never half.

    Makes the folders above. `durable`: the bytes survive a power cut before they count. Raises
    OSError where the system refuses.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    # Another process may write the same place meanwhile.
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        if durable:
            sync(draft)
        draft.replace(place)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def trim(folder: Path, most: int) -> None:
    """Drop the oldest entries of a folder that holds more than `most`, or more than `LARGEST` bytes."""
    with os.scandir(folder) as entries:
        found = [(entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries]
    if len(found) <= most and sum(size for _, size, _ in found) <= LARGEST:
        return
    left = 0
    for number, (_, size, path) in enumerate(sorted(found, reverse=True)):
        left += size
        # Half of it, or every later command would have something to drop. The newest one stays.
        if number and (number >= most // 2 or left > LARGEST // 2):
            with suppress(FileNotFoundError):
                os.unlink(path)

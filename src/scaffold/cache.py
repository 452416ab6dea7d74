"""What was rendered, kept on disk: a tree is a function of templates and manifest, and costs more than all else.

Entries are marshalled, which reads ten times as fast as JSON; the folder is the user's own, as that
of Python's bytecode is. Only what lies in the cache is kept: a checkout's templates may change.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.source import cache_dir

# Entries and bytes that are kept; those that were not used for longest go first.
MOST = 64
LARGEST = 100_000_000


def stamp_of(place: Path) -> str | None:
    """What names a version of the templates in keys; None where it is no pack of the cache, and may change."""
    if not place.is_relative_to(cache_dir()):
        return None
    parts: list[Any] = [str(place.relative_to(cache_dir())), __version__, sys.version]
    for file in (place, Path(__file__), Path(__file__).with_name("render.py")):
        status = file.stat()
        parts += [status.st_size, status.st_mtime_ns]
    return json.dumps(parts)


def key_of(*parts: str) -> str:
    """A file's name for what these texts determine."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def load(kind: str, key: str) -> Any:
    """What was kept, or None."""
    path = cache_dir() / kind / key
    try:
        data = marshal.loads(path.read_bytes())
        os.utime(path)
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return data


def store(kind: str, key: str, data: Any) -> None:
    """Keeps what marshal can hold; a full or unwritable cache is no error."""
    path = cache_dir() / kind / key
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{key}.{os.getpid()}")
        draft.write_bytes(marshal.dumps(data))
        draft.replace(path)
        trim(path.parent, MOST)


def trim(folder: Path, most: int) -> None:
    """Drops old entries of a folder where they are more than `most`, or larger than `LARGEST` together."""
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

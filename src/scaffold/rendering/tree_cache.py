"""Rendered trees, kept on disk: a tree is a function of templates and manifest, and costs more than all else.

Entries are marshalled, which reads ten times as fast as JSON; the folder belongs to the user, like that
of Python's bytecode. We keep only trees of packs in the cache: a checkout's templates may change.
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
from scaffold.support.cache_dir import cache_dir, put, trim

# Entries of a kind; the least recently used go first.
MOST = 64


def stamp_of(place: Path) -> str | None:
    """What names a version of the templates in keys; None if it is not a pack of the cache, and may change."""
    if not place.is_relative_to(cache_dir()):
        return None
    parts: list[Any] = [str(place.relative_to(cache_dir())), __version__, sys.version]
    for file in (place, Path(__file__), Path(__file__).with_name("render.py")):
        status = file.stat()
        parts += [status.st_size, status.st_mtime_ns]
    return json.dumps(parts)


def key_of(*parts: str) -> str:
    """A file name for what these texts determine."""
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
    """Keeps what marshal can hold; a full or unwritable cache is not an error."""
    place = cache_dir() / kind / key
    with suppress(OSError):
        put(place, marshal.dumps(data))
        trim(place.parent, MOST)

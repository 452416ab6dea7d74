"""Large manifests, kept as they were read and found sound: to check a thousand resources again takes too long."""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from scaffold import __version__
from scaffold.support.cache_dir import cache_dir, put, trim

# A small one is read faster than it is looked up.
_LARGE: Final = 20_000
_MOST: Final = 40
# What an unpickler raises besides its own, by its documentation and for lengths and texts that are cut.
_OF_HALF_A_FILE: Final = (AttributeError, EOFError, ImportError, IndexError, ValueError)
_ROOMS: Final = ("manifest", "resources", "kinds")


def load(text: str) -> object:
    """What `store` kept for this text, or None.

    Whoever can write into the cache decides what code runs anyway: see `cache_dir`.
    """
    if len(text) < _LARGE:
        return None
    import pickle

    place = _place(text)
    try:
        found: object = pickle.loads(place.read_bytes())
        os.utime(place)
    except (OSError, pickle.UnpicklingError, *_OF_HALF_A_FILE):
        return None
    return found


def store(text: str, manifest: object) -> None:
    """Keeps a manifest that is sound; a full or unwritable cache is not an error."""
    if len(text) < _LARGE:
        return
    import pickle

    place = _place(text)
    with suppress(OSError):
        put(place, pickle.dumps(manifest, pickle.HIGHEST_PROTOCOL))
        trim(place.parent, _MOST)


def _place(text: str) -> Path:
    top = Path(__file__).parents[1]
    # A checkout changes without its version.
    changed = [
        (top / room / file).stat().st_mtime_ns
        for room in _ROOMS
        for file in sorted(os.listdir(top / room))
        if file.endswith(".py")
    ]
    parts = "\0".join([__version__, sys.version, *map(str, changed), text])
    return cache_dir() / "manifests" / hashlib.sha256(parts.encode()).hexdigest()

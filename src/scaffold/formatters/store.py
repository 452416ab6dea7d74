"""Texts that a formatter made, in the user's cache: the next command knows what it wrote without asking again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from scaffold.support.cache_dir import cache_dir, put, trim

_MOST: Final = 8_000
_SAME: Final = b"="
"""In place of a text that the formatter leaves as it is."""


class Store:
    """What one formatter makes of texts; `key` stands for the tool, its version and its configuration."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._folder = cache_dir() / "formatted"

    def get(self, path: str, text: str) -> str | None:
        """The text as the formatter would write it at that path; None if it is not known."""
        try:
            raw = (self._folder / self._name(path, text)).read_bytes()
        except OSError:
            return None
        return text if raw == _SAME else raw[1:].decode("utf-8", "replace")

    def put(self, made: Mapping[tuple[str, str], str]) -> None:
        """Keeps what it made of (path, text). A cache that cannot be written keeps nothing."""
        with suppress(OSError):
            for (path, text), result in made.items():
                data = _SAME if result == text else b":" + result.encode()
                put(self._folder / self._name(path, text), data)
            if made:
                trim(self._folder, _MOST)

    def _name(self, path: str, text: str) -> str:
        data = "\0".join((self._key, path, text))
        return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:32]

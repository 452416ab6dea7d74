"""How the rules of this room write their patterns: lists of words, one word or one idea a part."""

from __future__ import annotations

import re
from typing import Final

DASH: Final = "\u2013\u2014-"
"""The dashes that people type, for a set of characters; the last one is the hyphen."""


def words(text: str) -> list[str]:
    """The words of a text: how lists of many single words are written here."""
    return text.split()


def one_of(*parts: str) -> str:
    """A pattern for any of these patterns."""
    return f"(?:{'|'.join(parts)})"


def whole(*parts: str) -> str:
    """A pattern for any of these, as whole words."""
    return rf"\b{one_of(*parts)}\b"


def ignoring_case(*parts: str) -> re.Pattern[str]:
    """Any of these patterns, in capitals or not."""
    return re.compile("|".join(parts), re.IGNORECASE)

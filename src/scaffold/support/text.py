"""Text: line endings, diffs, and words for messages."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from typing import Final

BOM: Final = "\ufeff"


def codec_of(raw: bytes) -> str:
    """The encoding of a text file: UTF-8, or the UTF-16 that PowerShell writes; its mark stays in the text."""
    if raw.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    return "utf-16-be" if raw.startswith(codecs.BOM_UTF16_BE) else "utf-8"


def lf(text: str) -> str:
    """The text with LF line endings, as git stores it; a lone CR stays."""
    return text.replace("\r\n", "\n")


def line_end(text: str) -> str:
    """The ending of most lines of the text: CRLF or LF."""
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def plain(text: str) -> str:
    """The text with LF line endings and no byte order mark, for parsers and merges."""
    return lf(text.removeprefix(BOM))


def dressed_like(text: str, original: str) -> str:
    """A plain text with the line endings and the byte order mark that `original` has."""
    mark = BOM if original.startswith(BOM) else ""
    return mark + text.replace("\n", line_end(original))


def unified(path: str, before: str | None, after: str | None) -> str:
    """A unified diff of one file; None means no file."""
    import difflib

    lines = difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}" if after is not None else "/dev/null",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def printable(text: str) -> str:
    """The text with invisible characters (controls, right-to-left marks) escaped, for messages."""
    import unicodedata

    return "".join(
        char if char.isprintable() and unicodedata.category(char) != "Cf" else f"\\u{ord(char):04x}"
        for char in text
    )


def nearest(text: str, allowed: Iterable[str]) -> str | None:
    """The allowed word most like `text`, for hints; None if nothing is close."""
    import difflib

    words = {word.lower(): word for word in reversed(list(allowed))}
    found = difflib.get_close_matches(text.lower(), list(words), n=1, cutoff=0.5)
    return words[found[0]] if found else None

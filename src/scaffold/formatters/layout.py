"""How alike two texts are, and whether they differ in nothing but layout. Both are cheap, and run no tool."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
# What formatters add, drop or exchange: quotes, semicolons, the last comma, parentheses that change nothing.
_LOOSE: Final = frozenset("\"'`;,()\\|")
_IMPORT: Final = re.compile(
    r"^(?:import\b|export[ \t]+(?:type[ \t]+)?[*{])[^;'\"()=]*['\"][^'\"\n]*['\"];?[ \t]*$"
    r"|^from[ \t]+[\w.]+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n(]*)$|^import[ \t]+[\w., ]+$",
    re.MULTILINE,
)


def differ_in_layout_only(one: str, other: str) -> bool:
    """Whether two texts of one file have the same words and signs in the same order; imports may have another.

    A formatter makes more of a text the same than this sees, and a person's edit of quotes alone is not seen. So it
    is good for a label, and for nothing that replaces a file.
    """
    (imports, rest), (other_imports, other_rest) = _parts(one), _parts(other)
    return rest == other_rest and imports == other_imports


def likeness(one: str, other: str) -> float:
    """How much of two texts is lines that both have: 1 if they have the same lines, 0 if they share none."""
    if one == other:
        return 1
    lines, others = Counter(one.splitlines()), Counter(other.splitlines())
    shared = sum((lines & others).values())
    return 2 * shared / ((lines.total() + others.total()) or 1)


def is_nearer(text: str, raw: str, made: str) -> bool:
    """Whether a file lies nearer to what a formatter `made` of our text than to that as it is."""
    if text == raw and raw != made:
        return False
    return likeness(text, made) >= likeness(text, raw)


def _parts(text: str) -> tuple[Counter[str], list[str]]:
    imports: Counter[str] = Counter()
    for found in _IMPORT.finditer(text):
        imports.update(_tokens(found[0]))
    return imports, _tokens(_IMPORT.sub("", text))


def _tokens(text: str) -> list[str]:
    return [token for token in _TOKEN.findall(text) if token not in _LOOSE]

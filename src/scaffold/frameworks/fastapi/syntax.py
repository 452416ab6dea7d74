"""Somebody else's Python as a tree, also where their Python is newer than the one that scaffold runs on.

What an older Python does not know is blanked out, never moved: each line and column is that of the file.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any, Final

# Python 3.14 leaves out the parentheses.
_EXCEPT: Final = re.compile(r"^([ \t]*except )([\w.]+(?:, [\w.]+)+):", re.MULTILINE)
_ALIAS: Final = re.compile(r"^([ \t]*)type[ \t]+(\w+)(?=[ \t]*[=\[])", re.MULTILINE)
_GENERIC: Final = re.compile(
    r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+(?=\[)|^[ \t]*(?!type\b)\w+ {5,}(?=[ \t]*\[)",
    re.MULTILINE,
)
# From Python 3.12 on, what is in the braces of one may be anything.
_FORMAT: Final = re.compile(r"(?<!\w)(?:[fF]([rR]?)|([rR])[fF])(?=[\"'])")
_LONGEST: Final = 2000
# A command asks for the same modules many times.
_KEPT: Final = 256


def parsed(text: str, *, to_change: bool = False) -> ast.Module:
    """The statements of a module, shared by all callers unless `to_change`. Raises SyntaxError if it is none."""
    found = _attempt.__wrapped__(text) if to_change else _attempt(text)
    if isinstance(found, tuple):
        raise SyntaxError(*found)
    return found


@lru_cache(_KEPT)
def _attempt(text: str) -> ast.Module | tuple[Any, ...]:
    """The statements, or what a SyntaxError says: a long text that is no Python takes long to refuse, too."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        failed = error.args
    except (ValueError, RecursionError, MemoryError) as error:
        return (str(error) or "it is nested too deeply",)
    older = _EXCEPT.sub(r"\1(\2):", _without_parameters(_ALIAS.sub(_assignment, text)))
    for attempt in (older, _FORMAT.sub(_plain, older)):
        try:
            return ast.parse(attempt)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return failed


def _assignment(match: re.Match[str]) -> str:
    """`type Row = …` as `Row      = …`."""
    return (match[1] + match[2]).ljust(len(match[0]))


def _plain(match: re.Match[str]) -> str:
    return (match[1] or match[2] or "").rjust(len(match[0]))


def _without_parameters(text: str) -> str:
    """The text without the types that `def find[T](…)`, `class Page[T]:` and `type Row[T] = …` are generic in."""
    parts, at = [], 0
    for match in _GENERIC.finditer(text):
        start = text.index("[", match.end())
        end = _closing(text, start)
        if start < at or end is None:
            continue
        # A line that ends inside of the brackets goes on.
        blank = re.sub(r"[^\n]", " ", text[start:end]).replace(" \n", "\\\n")
        parts += [text[at:start], blank]
        at = end
    return "".join([*parts, text[at:]])


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for at in range(start, min(len(text), start + _LONGEST)):
        depth += {"[": 1, "]": -1}.get(text[at], 0)
        if not depth:
            return at + 1
    return None

"""Ranges of versions as package.json and PEP 508 write them: the lowest version, and the first above them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet

Numbers = tuple[int, int, int]
"""Major, minor, patch. A pre-release counts as its release: nobody asks for `5.0.0-beta` to stay with 4."""

_VERSION: Final = re.compile(r"v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?![\d!])")
_PART: Final = r"(?:\d{1,9}|[xX*])"
_COMPARATOR: Final = re.compile(
    rf"\s*(\^|~>?|>=|<=|>|<|=)?\s*[v=]?({_PART}(?:\.{_PART}){{0,2}})(?:-[\w.-]+)?(?:\+[\w.-]+)?(?=\s|$)"
)
_HYPHEN: Final = re.compile(r"\s*(\S+)\s+-\s+(\S+)\s*")
_LONGEST: Final = 200


class Bounds(NamedTuple):
    """A range between its lowest version and the first one above it; None: it has no end."""

    lowest: Numbers = (0, 0, 0)
    below: Numbers | None = None


def numbers(text: str) -> Numbers | None:
    """The version that the text begins with; None if it begins with something else."""
    match = _VERSION.match(text)
    if match is None:
        return None
    major, minor, patch = (int(part or 0) for part in match.groups())
    return major, minor, patch


def npm_bounds(text: str, package: str = "") -> Bounds | None:
    """The bounds of a range of package.json; None for a tag, an address or another protocol."""
    text = text.removeprefix(f"npm:{package}@") if package else text
    if len(text) > _LONGEST:
        return None
    if text.strip() in ("latest", ""):
        return Bounds()
    every = [_npm_part(part) for part in text.split("||")]
    parts = [part for part in every if part is not None]
    if len(parts) < len(every):
        return None
    ends = [part.below for part in parts]
    below = max(end for end in ends if end is not None) if None not in ends else None
    return Bounds(min(part.lowest for part in parts), below)


def pep440_bounds(specifier: SpecifierSet) -> Bounds:
    """The bounds of a range of a Python dependency; a clause that says nothing about them is skipped."""
    found = []
    for clause in specifier:
        version = clause.version.removesuffix(".*")
        known = numbers(version)
        if known is None or clause.operator in ("!=", "==="):
            continue
        size = min(len(re.findall(r"\d+", version.split("+")[0])), 3)
        given = list(known[:size])
        if clause.operator == "==":
            exact = not clause.version.endswith(".*")
            found.append(Bounds(known, _after(list(known) if exact else given)))
        elif clause.operator == "~=":
            found.append(Bounds(known, _after(given[:-1] or given)))
        else:
            # In PEP 440 `<=2.6` ends at 2.6.0, while npm's ends before 2.7.
            found.append(_compared(clause.operator, list(known)))
    return _overlap(found)


def _npm_part(text: str) -> Bounds | None:
    """One alternative of an npm range."""
    between = _HYPHEN.fullmatch(text)
    if between:
        text = f">={between[1]} <={between[2]}"
    found, at, text = [], 0, text.rstrip()
    while at < len(text):
        match = _COMPARATOR.match(text, at)
        if match is None:
            return None
        given = [int(part) for part in re.findall(r"\d+", re.split(r"[xX*]", match[2])[0])]
        found.append(_compared(match[1] or "=", given))
        at = match.end()
    return _overlap(found)


def _compared(sign: str, given: list[int]) -> Bounds:
    """The bounds of one comparator with the parts of a version that are given."""
    if not given:
        return Bounds()
    low = _padded(given)
    if sign == "^":
        first = next((at for at, number in enumerate(given) if number), len(given) - 1)
        return Bounds(low, _after(given[: first + 1]))
    if sign in ("~", "~>"):
        return Bounds(low, _after(given[:2]))
    if sign == ">=":
        return Bounds(low)
    if sign == ">":
        return Bounds(_after(given))
    if sign == "<":
        return Bounds(below=low)
    if sign == "<=":
        return Bounds(below=_after(given))
    return Bounds(low, _after(given))


def _overlap(found: Iterable[Bounds]) -> Bounds:
    lowest, below = (0, 0, 0), None
    for bounds in found:
        lowest = max(lowest, bounds.lowest)
        if bounds.below is not None:
            below = bounds.below if below is None else min(below, bounds.below)
    return Bounds(lowest, below)


def _padded(given: list[int]) -> Numbers:
    major, minor, patch = (*given, 0, 0, 0)[:3]
    return major, minor, patch


def _after(given: list[int]) -> Numbers:
    """The first version that does not begin with the given parts."""
    return _padded([*given[:-1], given[-1] + 1])

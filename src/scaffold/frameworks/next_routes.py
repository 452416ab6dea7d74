"""The routes of a Next.js app as Next resolves them, and which of them meet routes of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

MOST_FILES: Final = 5000
"""So many files are looked at; an app with more is compared as far as that."""

_SKIP: Final = frozenset({"node_modules", ".git", ".next", ".venv"})
_APP: Final = ("app", "src/app")
_PAGES: Final = ("pages", "src/pages")
_HANDLER: Final = re.compile(r"(?:page|route)\.(?:tsx?|jsx?)")
_PAGE: Final = re.compile(r"(.+)\.(?:tsx?|jsx?)")
_NO_PAGE: Final = frozenset({"_app", "_document", "_error"})
_INTERCEPTS: Final = re.compile(r"\(\.{1,3}\)")
_DYNAMIC: Final = re.compile(r"\[\[\.\.\.([^\[\]]+)\]\]|\[\.\.\.([^\[\]]+)\]|\[([^\[\]]+)\]")


class Route(NamedTuple):
    """A file that answers, and the segments of its URL; dynamic ones keep their brackets."""

    file: str
    segments: tuple[str, ...]

    @property
    def url(self) -> str:
        """The URL as Next writes it."""
        return "/" + "/".join(self.segments)


class Meeting(NamedTuple):
    """A route of ours that cannot stand beside one of theirs, and why."""

    ours: Route
    theirs: Route
    why: str


class Routes(NamedTuple):
    """Routes of an app; `complete` is false if it has more files than scaffold looks at."""

    routes: tuple[Route, ...]
    complete: bool


def route_of(path: str) -> Route | None:
    """The route of a file, by its path in the project; None if Next makes none of it."""
    for folder in _APP:
        if path.startswith(f"{folder}/"):
            *parts, name = path.removeprefix(f"{folder}/").split("/")
            segments = _app_segments(parts) if _HANDLER.fullmatch(name) else None
            return None if segments is None else Route(path, segments)
    for folder in _PAGES:
        if path.startswith(f"{folder}/"):
            segments = _page_segments(path.removeprefix(f"{folder}/").split("/"))
            return None if segments is None else Route(path, segments)
    return None


def routes_on_disk(root: Path) -> Routes:
    """The routes of the app in `root`. Reads names of files only, and follows no links."""
    # Next takes the folder at the root if there is one, and then ignores the one in src.
    folders = filter(
        None,
        (next((name for name in pair if _is_inside(root, name)), None) for pair in (_APP, _PAGES)),
    )
    files = (path for folder in folders for path in _files(root, folder))
    seen = list(islice(files, MOST_FILES + 1))
    found = filter(None, map(route_of, seen[:MOST_FILES]))
    return Routes(tuple(sorted(found)), len(seen) <= MOST_FILES)


def meetings(ours: Iterable[Route], theirs: Sequence[Route]) -> Iterator[Meeting]:
    """Routes of ours with which the app would not start, or that would answer in place of theirs."""
    for mine in ours:
        for other in theirs:
            # Most differ in the first segment.
            apart = mine.segments[:1] != other.segments[:1] and not any(
                _kind(name)[0] for name in other.segments[:1]
            )
            why = None if apart else _why_not(mine, other)
            if why:
                yield Meeting(mine, other, why)


def answered_before(ours: Sequence[Route], theirs: Sequence[Route]) -> dict[str, list[Route]]:
    """Dynamic routes of theirs, by file, with those of ours whose URL they answered until now."""
    found = {
        other.file: [mine for mine in ours if _covers(other.segments, mine.segments)]
        for other in theirs
    }
    return {file: covered for file, covered in found.items() if covered}


def _is_inside(root: Path, folder: str) -> bool:
    place = os.path.realpath(root / folder)
    return os.path.isdir(place) and place.startswith(os.path.join(os.path.realpath(root), ""))


def _files(root: Path, folder: str) -> Iterator[str]:
    start = len(os.path.join(root, ""))
    # As many folders as files: a tree may hold nothing but folders.
    for place, folders, files in islice(os.walk(root / folder), MOST_FILES):
        folders[:] = sorted(name for name in folders if name not in _SKIP)
        inside = place[start:].replace(os.sep, "/")
        for name in sorted(files):
            yield f"{inside}/{name}"


def _app_segments(parts: Sequence[str]) -> tuple[str, ...] | None:
    segments = []
    for part in parts:
        # A private folder has no routes; an intercepting route shows another route's URL.
        if part.startswith("_") or _INTERCEPTS.match(part):
            return None
        if part.startswith("@") or (part.startswith("(") and part.endswith(")")):
            continue
        segments.append("_" + part[3:] if part.upper().startswith("%5F") else part)
    return tuple(segments)


def _page_segments(parts: Sequence[str]) -> tuple[str, ...] | None:
    *folders, name = parts
    match = _PAGE.fullmatch(name)
    if match is None or match[1].endswith(".d") or (not folders and match[1] in _NO_PAGE):
        return None
    return (*folders, *[match[1]] * (match[1] != "index"))


@lru_cache(MOST_FILES)
def _kind(segment: str) -> tuple[str, str]:
    """How many segments one stands for (empty: itself), and its name."""
    match = _DYNAMIC.fullmatch(segment) if segment.startswith("[") else None
    if match is None:
        return "", segment
    optional, rest, one = match.groups()
    return ("[[...]]", optional) if optional else ("[...]", rest) if rest else ("[]", one)


def _shape(segments: Iterable[str]) -> list[str]:
    return [kind or name for kind, name in map(_kind, segments)]


def _why_not(mine: Route, other: Route) -> str | None:
    ours, theirs = _shape(mine.segments), _shape(other.segments)
    for at, (left, right) in enumerate(zip(mine.segments, other.segments, strict=False)):
        if ours[:at] != theirs[:at]:
            return None
        (kind, name), (other_kind, other_name) = _kind(left), _kind(right)
        if not kind or not other_kind or (kind == "[]") != (other_kind == "[]"):
            continue
        if name != other_name:
            return f"Next.js refuses two names, `{name}` and `{other_name}`, at one place of a path"
        if kind != other_kind:
            return "Next.js refuses a catch-all and an optional one at one place of a path"
    if ours == theirs:
        return "both answer the same URL"
    if theirs == [*ours, "[[...]]"]:
        return "an optional catch-all answers the URL above it, too"
    return None


def _covers(theirs: Sequence[str], ours: Sequence[str]) -> bool:
    """Whether a route of theirs answers every URL of ours; then ours is the more specific one."""
    if not theirs:
        return not ours
    kind, name = _kind(theirs[0])
    if kind == "[[...]]" or (kind and not ours):
        return kind == "[[...]]"
    if kind == "[...]":
        return True
    if not ours or not (kind or _kind(ours[0]) == ("", name)):
        return False
    return _covers(theirs[1:], ours[1:])

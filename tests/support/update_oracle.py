"""What `update` has to make of a project: git asked directly, and the cases that docs/update.md describes."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold.support.project_files import MANIFEST

PACKAGE = "package.json"
_MISSING = object()


class Refused(Exception):
    """The update has to end with exit code 2."""


@dataclass
class Expected:
    """Files afterwards (path → bytes), those with conflicts, and those that are left alone, with why."""

    files: dict[str, bytes]
    conflicts: set[str] = field(default_factory=set)
    kept: dict[str, str] = field(default_factory=dict)
    foreign: set[str] = field(default_factory=set)
    notes: int = 0
    cases: Counter[str] = field(default_factory=Counter)


def files_of(root: Path) -> dict[str, bytes]:
    """The files of a project, less git's and those that scaffold keeps for itself."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not name.startswith((".git/", ".scaffold/")):
            found[name] = path.read_bytes()
    return found


def expect(
    root: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    scratch: Path,
    package: tuple[str, str] | None = None,
) -> Expected:
    """What becomes of the project in `root`; `after` is rendered without any new `foreign` path.

    `package` are both texts of package.json, where the project's is the user's own. The manifest is left out
    of `files`, and so are renames of `kept`, where both say `deleted`. Raises Refused.
    """
    disk = files_of(root)
    if any(before.get(path) != after.get(path) for path in blocked(root, {*before, *after})):
        raise Refused("folder")
    if any(_has_markers(disk.get(path, b"")) for path in before if path != MANIFEST):
        raise Refused("markers")
    result = Expected({path: raw for path, raw in disk.items() if path != MANIFEST})
    for path in sorted({*before, *after} - {MANIFEST}):
        old, new = before.get(path), after.get(path)
        if old != new:
            _decide(result, path, old, new, disk.get(path), scratch)
    if package and package[0] != package[1] and PACKAGE in disk:
        own, result.notes = _with_missing(disk[PACKAGE], *map(json.loads, package))
        if own != json.loads(disk[PACKAGE]):
            result.files[PACKAGE] = as_data(own)
        result.cases["package.json of the user's"] += 1
    return result


def blocked(root: Path, paths: set[str]) -> set[str]:
    """Paths where no file can be: a folder stands there, or a file where a folder would be."""

    def is_blocked(place: Path) -> bool:
        parents = [parent for parent in place.parents if parent.is_relative_to(root)]
        return place.is_dir() or any(parent.is_file() for parent in parents)

    return {path for path in paths if is_blocked(root / path)}


def _has_markers(raw: bytes) -> bool:
    return bool(re.search(rb"^<{7} ", raw, re.M) and re.search(rb"^>{7} ", raw, re.M))


def follow(
    expected: Expected,
    moved: Mapping[str, str],
    sides: tuple[Mapping[str, str], ...],
    scratch: Path,
) -> None:
    """Expects the change of a generated file at the place to which it was moved; `moved` says where each is."""
    before, after = sides
    for path, place in moved.items():
        assert expected.kept.pop(path) == "deleted"
        _decide(expected, place, before[path], after[path], expected.files[place], scratch)


def _decide(
    result: Expected, path: str, old: str | None, new: str | None, raw: bytes | None, scratch: Path
) -> None:
    mine = None if raw is None else _text(raw)
    if new is None:
        if raw is None:
            case = "dropped and deleted"
        elif mine == old:
            case = "dropped"
            del result.files[path]
        else:
            case = result.kept[path] = "edited"
    elif raw is None:
        if old is None:
            case = "new"
            result.files[path] = new.encode()
        else:
            case = result.kept[path] = "deleted"
    elif mine == new:
        case = "done by hand"
    elif mine is not None and mine == old:
        case = "replaced"
        result.files[path] = _encode(new, raw)
    elif old is None:
        case = result.kept[path] = "foreign"
        result.foreign.add(path)
    elif mine is None:
        raise Refused("not UTF-8")
    elif path == PACKAGE:
        case = "package.json"
        result.notes += _package(result, path, old, mine, new, raw)
    elif "\0" in mine:
        raise Refused("NUL")
    else:
        merged, clashes = merge_file(scratch, old, mine, new)
        case = "conflict" if clashes else "merged"
        if clashes:
            result.conflicts.add(path)
        if merged != mine:
            result.files[path] = _encode(merged, raw)
    result.cases[case] += 1
    if raw is not None and b"\r\n" in raw:
        result.cases[f"{case}, CRLF"] += 1


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode().replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def _encode(text: str, raw: bytes) -> bytes:
    """With the line endings that most lines have."""
    windows = raw.count(b"\r\n") * 2 > raw.count(b"\n")
    return text.replace("\n", "\r\n").encode() if windows else text.encode()


def merge_file(scratch: Path, base: str, mine: str, theirs: str) -> tuple[str, int]:
    """What `git merge-file -p` says, and how many conflicts.

    Whether the last line ends is merged as a line of its own, because git counts an editor's habit as a
    change of that line: the same three rules, of one bit.
    """
    sides = {"mine": mine, "base": base, "theirs": theirs}
    ends = {name: not text or text.endswith("\n") for name, text in sides.items()}
    for name, text in sides.items():
        (scratch / name).write_bytes((text if ends[name] else text + "\n").encode())
    labels = ["-L", "yours", "-L", "base", "-L", "scaffold"]
    done = subprocess.run(
        ["git", "merge-file", "-p", *labels, "mine", "base", "theirs"],
        cwd=scratch,
        capture_output=True,
    )
    assert 0 <= done.returncode < 128, done.stderr
    text, clashes = done.stdout.decode(), done.returncode
    end = ends["theirs"] if ends["mine"] == ends["base"] else ends["mine"]
    return (text if end or clashes else text.removesuffix("\n")), clashes


def _package(result: Expected, path: str, old: str, mine: str, new: str, raw: bytes) -> int:
    """Merged as data: the user's value stays where both changed it; how many such there are."""
    try:
        own = json.loads(mine)
    except ValueError:
        raise Refused("JSON") from None
    merged, clashes = _merge_data(json.loads(old), own, json.loads(new))
    if merged != own:
        # How it is spelled is the business of tests/dependencies/test_package_json.py.
        result.files[path] = as_data(merged)
    return clashes


def _with_missing(raw: bytes, earlier: Any, ours: Any) -> tuple[Any, int]:
    """A package.json of the user's own gets what is missing; how much of his differs.

    A script of ours whose name is his has a prefix, unless his is what we wanted `earlier`.
    """
    try:
        own = json.loads(raw)
    except ValueError:
        raise Refused("JSON") from None
    differs = 0
    for key, value in ours["dependencies"].items():
        differs += own["dependencies"].setdefault(key, value) != value
    scripts = own["scripts"]
    for key, value in ours["scripts"].items():
        known = scripts.get(key, value) in (value, earlier["scripts"].get(key))
        prefixed = f"scaffold:{key}"
        name = key if known and prefixed not in scripts else prefixed
        differs += scripts.setdefault(name, value) != value
    return own, differs


def as_data(data: Any) -> bytes:
    """JSON in a spelling that two files with the same data share."""
    return json.dumps(data, sort_keys=True).encode()


def _merge_data(base: Any, mine: Any, theirs: Any) -> tuple[Any, int]:
    if theirs == base or mine == theirs:
        return mine, 0
    if mine == base:
        return theirs, 0
    if not all(isinstance(side, dict) for side in (base, mine, theirs)):
        return mine, 1
    result, clashes = {}, 0
    for key in {**mine, **theirs, **base}:
        sides = (side.get(key, _MISSING) for side in (base, mine, theirs))
        value, more = _merge_data(*sides)
        clashes += more
        if value is not _MISSING:
            result[key] = value
    return result, clashes


def likeness(one: str, two: str) -> float:
    """The part of the larger text that both have, by lines."""
    both = Counter(one.splitlines(True)) & Counter(two.splitlines(True))
    size = sum(len(line) * count for line, count in both.items())
    return size / max(len(one), len(two), 1)


def lost(base: str, side: str, result: str) -> Counter[str]:
    """Lines that `side` has more often than `base`, and `result` does not have as often."""
    counts = [Counter(text.split("\n")) for text in (base, side, result)]
    return (counts[1] - counts[0]) - counts[2]

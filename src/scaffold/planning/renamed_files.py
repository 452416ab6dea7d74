"""Generated files that the user moved: their path is empty, and a file that we never made holds them.

Likeness is measured as git does for `-M50%`: bytes of lines that both have, by the size of the larger one.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.planning.plan import FileChange, Keep, Kept, Plan, decide
from scaffold.support.git import git
from scaffold.support.project_files import NOT_SOURCE, STAGE, ProjectFiles, regular_bytes
from scaffold.support.text import lf

LIKE: Final = 0.5
# Nothing that scaffold writes comes near the first; files below the second are alike everywhere.
_LARGEST: Final = 1_000_000
_SMALLEST: Final = 40
# Beyond this many pairs, only files of the same name are compared.
_PAIRS: Final = 40_000


class _File(NamedTuple):
    path: str
    text: str
    lines: Counter[str]


class Moved(NamedTuple):
    """Where a generated file is now, with its text there.

    It is certain if only this file can have come from there: by its text, by its name, or as the only one.
    """

    path: str
    text: str
    certain: bool


class _Pair(NamedTuple):
    """A missing file and where it may be; the smaller, the likelier."""

    unlike: float
    other_name: bool
    old: str
    new: str
    text: str


def with_renames(
    top: Path,
    plan: Plan,
    before: Mapping[str, str],
    after: Mapping[str, str],
    moves: Mapping[str, str] | None = None,
    as_data: Collection[str] = ("package.json",),
) -> Plan:
    """The plan, in which files that the user moved get their changes at their new place.

    Where that place is not certain, we no longer emit the file, or it is data (`as_data`), the plan names it with
    what would change. `top` is the project's folder, `before` and `after` are its trees, `moves` has the new path →
    the old one of what we move ourselves. Reads the disk. Raises UserError as `make_plan` does.
    """
    ours = {old: new for new, old in (moves or {}).items() if new in after}
    changed = [path for path, text in before.items() if after.get(ours.get(path, path)) != text]
    if all(os.path.lexists(top / path) for path in changed):
        return plan
    # Unchanged files too: each file that was moved is only one of them.
    missing = {path: text for path, text in before.items() if not os.path.lexists(top / path)}
    written = {change.path for change in plan.changes}
    moved = {
        path: place
        for path, place in find(top, missing, {*before, *after}).items()
        if path not in written
    }
    named = {*moved, *(ours[path] for path in moved if path in ours)}
    kept = [entry for entry in plan.kept if entry.path not in named]
    changes = [*plan.changes]
    places = ProjectFiles(top)
    for path, place in moved.items():
        new = after.get(ours.get(path, path))
        if new is None or not place.certain or path in as_data:
            kept += _named(path, place, missing[path], new)
            continue
        disk = places.disk(place.path)
        change = decide(place.path, missing[path], new, disk, False, [])
        if isinstance(change, FileChange):
            changes.append(change._replace(moved_from=path))
    return plan._replace(
        changes=tuple(sorted(changes, key=lambda change: change.path)),
        kept=tuple(sorted(kept, key=lambda entry: entry.path)),
    )


def _named(path: str, place: Moved, old: str, new: str | None) -> Iterator[Kept]:
    """The moved file with what would change in it; nothing if nothing would."""
    # Imported only if a file was moved, which is rare.
    from scaffold.support.merge import merge_text

    if new == old:
        return
    merged = None if new is None else merge_text(old, place.text, new)[0]
    if merged != place.text:
        after = None if merged is None else merged.encode()
        yield Kept(path, Keep.RENAMED, place.path, place.text.encode(), after)


def find(top: Path, missing: Mapping[str, str], taken: Collection[str]) -> dict[str, Moved]:
    """Each of the `missing` files (path → text) that is elsewhere now.

    None went to a path in `taken`. The pairs most alike come first, and no file counts twice.
    """
    wanted = [_File(path, text, _lines(text)) for path, text in missing.items()]
    wanted = [file for file in wanted if len(file.text) >= _SMALLEST]
    places = [path for path in _files(top) if _may_take(path, taken)] if wanted else []
    by_name = len(wanted) * len(places) > _PAIRS
    pairs = []
    for path in places:
        size = _size(top, path)
        near = [file for file in wanted if _may_be(file, path, size, by_name)]
        found = _read(top, path) if near else None
        if found is None:
            continue
        for file in near:
            score = _likeness(file, found)
            if score == 1 or (score >= LIKE and _suffix(file.path) == _suffix(path)):
                other_name = _name(file.path) != _name(path)
                pairs.append(_Pair(-score, other_name, file.path, path, found.text))
    moved: dict[str, Moved] = {}
    used: dict[str, tuple[float, bool]] = {}  # how likely each path was when it was chosen
    for pair in sorted(pairs):
        if pair.old not in moved and pair.new not in used:
            rivals = [
                other
                for other in pairs
                if (other.old == pair.old) != (other.new == pair.new)
                # Not what a likelier pair has settled.
                and used.get(other.new, other[:2]) >= other[:2]
                and used.get(other.old, other[:2]) >= other[:2]
            ]
            moved[pair.old] = Moved(pair.new, pair.text, _is_certain(pair, rivals))
            used[pair.old] = used[pair.new] = pair[:2]
    return moved


def _is_certain(pair: _Pair, rivals: Iterable[_Pair]) -> bool:
    elsewhere = any(other.old == pair.old for other in rivals)
    if pair.unlike > -1 and pair.other_name and elsewhere:
        return False
    # Two copies of one file, or two files of which one was moved: only the user knows.
    return not any(other[:2] == pair[:2] for other in rivals)


def _may_take(path: str, taken: Collection[str]) -> bool:
    # Names that are not UTF-8 (surrogates) can be neither printed nor written down.
    return path not in taken and not any("\ud800" <= char <= "\udfff" for char in path)


def _may_be(file: _File, path: str, size: int, by_name: bool) -> bool:
    own = len(file.text.encode())
    if size == own:
        return True
    if not size or min(size, own) < LIKE * max(size, own):
        return False
    return _name(file.path) == _name(path) if by_name else _suffix(file.path) == _suffix(path)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1]


def _size(top: Path, path: str) -> int:
    """The size of a regular file that can be one of ours, else 0."""
    try:
        status = os.lstat(top / path)
    except OSError:
        return 0
    fits = stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST
    return status.st_size if fits else 0


def _read(top: Path, path: str) -> _File | None:
    try:
        text = lf(regular_bytes(top / path).decode())
    except (OSError, UnicodeDecodeError):
        return None
    return _File(path, text, _lines(text))


def _lines(text: str) -> Counter[str]:
    return Counter(text.splitlines(keepends=True))


def _likeness(one: _File, two: _File) -> float:
    if one.text == two.text:
        return 1
    small, large = sorted((one, two), key=lambda file: len(file.lines))
    shared = sum(
        len(line) * min(count, large.lines[line])
        for line, count in small.lines.items()
        if line in large.lines
    )
    return shared / (max(len(one.text), len(two.text)) or 1)


def _files(top: Path) -> Iterator[str]:
    """Files of the project that may be the user's: those that git does not ignore, if git is there."""
    import shutil

    command = ("ls-files", "-z", "-co", "--exclude-standard")
    done = git(*command, folder=top) if shutil.which("git") else None
    if done is not None and done.returncode == 0:
        names = done.stdout.decode("utf-8", "surrogateescape").split("\0")
        yield from (
            name for name in dict.fromkeys(names) if name and not name.startswith(f"{STAGE}/")
        )
        return
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in NOT_SOURCE and name[:1] != ".")
        inside = os.path.relpath(folder, top)
        yield from (name if inside == "." else f"{inside}/{name}" for name in sorted(files))

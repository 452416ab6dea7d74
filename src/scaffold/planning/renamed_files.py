"""Generated files that the user moved: their path is empty, and a file that we never made holds them.

Likeness is measured as git does for `-M50%`: bytes of lines that both have, by the size of the larger one.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.planning.plan import Keep, Kept, Plan
from scaffold.support.git import git
from scaffold.support.project_files import NOT_SOURCE, STAGE
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


def with_renames(
    top: Path, plan: Plan, before: Mapping[str, str], after: Mapping[str, str]
) -> Plan:
    """The plan, which names deleted files that were only renamed as such, and what would change in them.

    `top` is the project's folder, `before` and `after` are its trees. Reads the disk.
    """
    changed = [path for path, text in before.items() if after.get(path) != text]
    if all(os.path.lexists(top / path) for path in changed):
        return plan
    # Unchanged files too: each file that was moved is only one of them.
    missing = {path: text for path, text in before.items() if not os.path.lexists(top / path)}
    # Imported only if a file is missing, which is rare.
    from scaffold.support.merge import merge_text

    moved = find(top, missing, {*before, *after})
    kept = [entry for entry in plan.kept if entry.path not in moved]
    for path, (place, text) in moved.items():
        new = after.get(path)
        if new == missing[path]:
            continue
        merged = None if new is None else merge_text(missing[path], text, new)[0]
        if merged != text:
            kept.append(
                Kept(
                    path,
                    Keep.RENAMED,
                    place,
                    text.encode(),
                    None if merged is None else merged.encode(),
                )
            )
    return plan._replace(kept=tuple(sorted(kept, key=lambda entry: entry.path)))


def find(
    top: Path, missing: Mapping[str, str], taken: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Each of the `missing` files (path → text) that is elsewhere now: its new path, and the text there.

    None went to a path in `taken`. The pairs most alike come first, and no file counts twice.
    """
    wanted = [_File(path, text, _lines(text)) for path, text in missing.items()]
    wanted = [file for file in wanted if len(file.text) >= _SMALLEST]
    places = [path for path in _files(top) if path not in taken] if wanted else []
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
                pairs.append((-score, other_name, file.path, path, found.text))
    moved: dict[str, tuple[str, str]] = {}
    used = set()
    for _, _, old, new, text in sorted(pairs):
        if old not in moved and new not in used:
            moved[old] = (new, text)
            used.add(new)
    return moved


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
        text = lf((top / path).read_bytes().decode())
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

"""Compare what we emitted, what we will emit and what is on disk: the changes to make, as data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, FileOnDisk, ProjectFiles


class Action(StrEnum):
    """What happens to a file. UPDATE: it was as we left it; MERGE: the user's edits are in it."""

    CREATE = "create"
    UPDATE = "update"
    MERGE = "merge"
    DELETE = "delete"


class Keep(StrEnum):
    """Why a file is left alone although what we emit changed."""

    EDITED = "edited"  # we no longer emit it, but the user edited it
    DELETED = "deleted"  # the user deleted it: it stays deleted
    FOREIGN = "foreign"  # there is a file that we never made
    LINKED = "linked"  # a link to another file of ours: the change would go there
    RENAMED = "renamed"  # the user moved it, and where to is not certain, or we no longer emit it


class FileChange(NamedTuple):
    """One file to write or delete: its bytes on disk now and afterwards (None: no file).

    If the user moved it there, `moved_from` is the path where we wrote it.
    """

    path: str
    action: Action
    before: bytes | None
    after: bytes | None
    conflict: bool = False
    moved_from: str = ""


class Kept(NamedTuple):
    """A file that is left alone, and why.

    If the user renamed it: its new path, its bytes there, and what they would be (None: no file).
    """

    path: str
    why: Keep
    to: str = ""
    before: bytes | None = None
    after: bytes | None = None


class Plan(NamedTuple):
    """Everything that a command would do; nothing is written until `apply`."""

    changes: tuple[FileChange, ...] = ()
    kept: tuple[Kept, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def conflicts(self) -> tuple[FileChange, ...]:
        """The changes that put conflict markers into a file."""
        return tuple(change for change in self.changes if change.conflict)


def make_plan(
    root: Path,
    before: Mapping[str, str],
    after: Mapping[str, str],
    *,
    json_files: frozenset[str] = frozenset({"package.json"}),
) -> Plan:
    """What has to change in `root` so that what we emitted (`before`) becomes `after`.

    Both map POSIX paths inside `root` to text with LF. The plan merges in the user's
    edits, leaves files deleted that they deleted, and overwrites none that we never made. It merges
    paths in `json_files` as data, without markers, and notes each value where the user's stays.
    Reads the disk, writes nothing.

    Raises UserError if a path leads out of `root`, is not a regular file or cannot be read, or if a
    file to merge into is not UTF-8, not JSON, or still has conflict markers.
    """
    places = ProjectFiles(root)
    changes: list[FileChange] = []
    kept: list[Kept] = []
    notes: list[str] = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        disk = places.disk(path)
        leads_to = _leads_to(places, path) if disk.raw is not None else None
        if leads_to in before or leads_to in after:
            kept.append(Kept(path, Keep.LINKED))
            continue
        result = decide(path, old, new, disk, path in json_files, notes)
        if isinstance(result, Kept):
            kept.append(result)
        elif result is not None:
            changes.append(result)
    return Plan(tuple(changes), tuple(kept), tuple(notes))


def _leads_to(places: ProjectFiles, path: str) -> str | None:
    """The path of the file to which a link leads; None if it is not a link."""
    if not os.path.islink(places.locate(path)):
        return None
    return os.path.relpath(places.real(path), places.top)


def decide(
    path: str, old: str | None, new: str | None, disk: FileOnDisk, as_json: bool, notes: list[str]
) -> FileChange | Kept | None:
    """What becomes of one file, from what we emitted, what we will emit and what is there; None: nothing.

    `as_json`: merged as data, and `notes` gets each value where the user's stays. Raises UserError as
    `make_plan` does.
    """
    text = disk.text
    if new is None:
        if disk.raw is None:
            return None
        if text == old:
            return FileChange(path, Action.DELETE, disk.raw, None)
        return Kept(path, Keep.EDITED)
    if disk.raw is None:
        if path == MANIFEST or (old is None and not disk.taken):
            return FileChange(path, Action.CREATE, None, new.encode())
        return Kept(path, Keep.FOREIGN if old is None else Keep.DELETED)
    if text == new:
        return None
    # The manifest is ours: its before-text differs from the disk wherever the user wrote a comment.
    # (Neither text: not UTF-8 here and never emitted are both None, and must not count as equal.)
    if (text is not None and text == old) or path == MANIFEST:
        return FileChange(path, Action.UPDATE, disk.raw, disk.encode(new))
    if old is None:
        return Kept(path, Keep.FOREIGN)
    return _merge(path, old, text, new, disk, as_json, notes)


def _merge(
    path: str,
    old: str,
    text: str | None,
    new: str,
    disk: FileOnDisk,
    as_json: bool,
    notes: list[str],
) -> FileChange | None:
    if text is None or "\0" in text:
        what = "is not UTF-8 text" if text is None else "has a NUL byte, so it is not text"
        raise UserError(
            f"`{path}` {what}: scaffold cannot merge its changes into it",
            "save the file as UTF-8, then run the command again",
        )
    if has_markers(text):
        raise UserError(
            f"`{path}` still has conflict markers",
            "settle each `<<<<<<<` to `>>>>>>>` block in it, then run the command again",
        )
    conflict = False
    if as_json:
        from scaffold.dependencies import package_json

        merged = package_json.merge(old, text, new, name=path)
        result = merged.text
        notes.extend(f"{path}: {report}" for report in merged.reports)
    else:
        from scaffold.support.merge import merge_text

        result, conflict = merge_text(old, text, new)
    if result == text:  # the user had already made the change
        return None
    return FileChange(path, Action.MERGE, disk.raw, disk.encode(result), conflict)


def has_markers(text: str) -> bool:
    """Whether a merge left conflict markers in `text` that nobody settled yet."""
    lines = text.split("\n") if "<<<<<<< " in text and ">>>>>>> " in text else ()
    starts = {line[:8] for line in lines}
    return {"<<<<<<< ", ">>>>>>> "} <= starts

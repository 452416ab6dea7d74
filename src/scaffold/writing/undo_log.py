"""The commands on record in a project, and how to take back the last one."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.support.durable import digest_of
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, STAGE, ProjectFiles
from scaffold.writing import journal, stage_check
from scaffold.writing.apply import Item, carry_out
from scaffold.writing.journal import JOURNAL, UNDO, WRITTEN, FileStep, Transaction


class Edit(NamedTuple):
    """A file that is not as the command left it: its bytes then and now (None: no file), and a note."""

    path: str
    written: bytes | None
    now: bytes | None
    note: str = ""


class Record(NamedTuple):
    """A command on record; `left` is how many are below it."""

    folder: Path
    log: Transaction
    left: int


def last(root: Path) -> Record | None:
    """The command on top, or None. Raises UserError if its record is damaged."""
    top = Path(os.path.realpath(root))
    stage = top / STAGE
    if not os.path.lexists(stage):
        return None
    stage_check.check_ours(stage)
    known = journal.numbers(stage)
    if not known:
        return None
    stage_check.check_writer(stage)
    folder = stage / UNDO / known[-1]
    stage_check.check_record(folder)
    return Record(folder, journal.load(top, folder / JOURNAL), len(known) - 1)


def replaced(root: Path, path: str) -> list[tuple[bytes, bytes]]:
    """How commands on record changed a file, the oldest first: its bytes before and after.

    What was before the manifest was made, in an earlier life of the project, does not count; nor does a
    damaged record.
    """
    top = Path(os.path.realpath(root))
    stage = top / STAGE
    found: list[tuple[bytes, bytes]] = []
    if not os.path.lexists(stage):
        return found
    stage_check.check_ours(stage)
    for name in journal.numbers(stage):
        folder = stage / UNDO / name
        with suppress(UserError, OSError):
            stage_check.check_record(folder)
            record = Record(folder, journal.load(top, folder / JOURNAL), 0)
            if any(step.path == MANIFEST and step.kind == "create" for step in record.log.steps):
                found = []
            for n, step in enumerate(record.log.steps):
                after = _as_written(record, n) if step.path == path else None
                if after is not None and step.kind == "replace":
                    found.append(((folder / "old" / str(n)).read_bytes(), after))
    return found


def edits(root: Path, record: Record) -> list[Edit]:
    """What is not as the command left it."""
    top = Path(os.path.realpath(root))
    found = []
    for path in record.log.modes:
        if os.path.lexists(top / path) and not (top / path).is_dir():
            found.append(Edit(path, None, None, "a file is where a folder was"))
    for n, step in enumerate(record.log.steps):
        edit = _deleted(top, step) if step.kind == "delete" else _written(top, record, n, step)
        if edit is not None:
            found.append(edit)
    return found


def _deleted(top: Path, step: FileStep) -> Edit | None:
    place = top / step.path
    if not os.path.lexists(place):
        return None
    return Edit(step.path, None, _bytes(place), "it is there again")


def _written(top: Path, record: Record, n: int, step: FileStep) -> Edit | None:
    place = top / step.path
    was = _as_written(record, n)
    if not os.path.lexists(place):
        return Edit(step.path, was, None, "it was deleted")
    if os.path.realpath(place) != str(place) or not place.is_file():
        what = "a folder" if place.is_dir() else "a link, or behind one,"
        return Edit(step.path, was, None, f"it is {what} now")
    raw = ProjectFiles(top).read(step.path) or b""
    if digest_of(raw) != step.digest:
        return Edit(step.path, was, raw)
    mode = stat.S_IMODE(place.stat().st_mode)
    if mode != step.mode:
        return Edit(step.path, raw, raw, f"its mode was {step.mode:o} and is {mode:o}")
    return None


def _bytes(place: Path) -> bytes | None:
    return place.read_bytes() if place.is_file() else None


def _as_written(record: Record, n: int) -> bytes | None:
    """What the command wrote, for a diff; None if that is no longer known."""
    steps = record.log.steps
    begin = sum(step.size for step in steps[:n])
    try:
        with open(record.folder / WRITTEN, "rb") as file:
            file.seek(begin)
            data = file.read(steps[n].size)
    except OSError:
        return None
    return data if digest_of(data) == steps[n].digest else None


def plan_of(root: Path, record: Record) -> Plan:
    """What taking the command back does to the files. Raises UserError if the record is damaged."""
    changes = []
    for step, item in zip(*_reverse(Path(os.path.realpath(root)), record), strict=True):
        action = {"delete": Action.DELETE, "replace": Action.UPDATE}.get(step.kind, Action.CREATE)
        after = f"{item.link}\n".encode() if item.link else item.after
        changes.append(FileChange(step.path, action, item.before, after))
    return Plan(tuple(sorted(changes)))


def take_back(root: Path, record: Record) -> None:
    """Makes the files what they were before the command and removes its record, or changes nothing.

    Hold `lock(root)` around it, after `recover(root)`, and look at `edits` first. Raises as `apply` does.
    """
    top = Path(os.path.realpath(root))
    steps, items = _reverse(top, record)
    missing = {
        path: mode for path, mode in sorted(record.log.modes.items()) if not (top / path).exists()
    }
    ours = {
        path: stat.S_IMODE((top / path).stat().st_mode)
        for path in record.log.made
        if (top / path).is_dir() and not (top / path).is_symlink()
    }
    carry_out(root, items, Transaction(tuple(steps), dict(missing), ours, pops=record.folder.name))


def _reverse(top: Path, record: Record) -> tuple[list[FileStep], list[Item]]:
    steps, items, places = [], [], ProjectFiles(top)
    for n, step in enumerate(record.log.steps):
        old, gone = record.folder / "old" / str(n), record.folder / "gone" / str(n)
        before = None if step.kind == "delete" else places.read(step.path)
        if step.kind == "create":
            steps.append(FileStep(step.path, "delete"))
            items.append(Item(before, None))
        elif step.kind == "delete" and gone.is_symlink():
            steps.append(FileStep(step.path, "link"))
            items.append(Item(None, None, link=os.readlink(gone)))
        else:
            steps.append(FileStep(step.path, "create" if step.kind == "delete" else "replace"))
            try:
                items.append(Item(before, old.read_bytes(), old.stat()))
            except OSError as error:
                raise UserError(
                    f"the record of the last command lacks what was in `{step.path}`",
                    f"delete `{STAGE}/{UNDO}`: then there is nothing left to undo",
                ) from error
    return steps, items

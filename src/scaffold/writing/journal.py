"""What `apply` is about to do, on disk: done to the end, or taken back, from wherever it was cut off.

    .scaffold/.gitignore     hides the folder from git, itself included
    .scaffold/now/           the stage: `journal`, new/<n> with bytes, old/<n> with what was there (a hard link
                             if the file system can), gone/<n> with deleted files
    .scaffold/undo/<number>  renamed stages of finished commands: what `scaffold undo` takes back

No name here has an extension, so that none of the project's formatters and linters looks into the files.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.support.durable import (
    explained,
    make_folders,
    remove_all,
    remove_empty,
    sync,
    sync_all,
    write,
)
from scaffold.support.errors import UserError
from scaffold.support.project_files import STAGE, ProjectFiles

JOURNAL: Final = "journal"
BACK: Final = "back"  # the journal's name while it is rolled back
WRITTEN: Final = "written"  # all new bytes in a row, to show what was edited since
NOW: Final = "now"
UNDO: Final = "undo"
KEPT: Final = 10
FOLDERS: Final = ("new", "old", "gone")
TMP: Final = "tmp"
POPPED: Final = "popped"  # the record that an undo has used up
IGNORE: Final = ".gitignore"
_KINDS: Final = {"create", "replace", "delete", "link"}
_VERSION: Final = 3


class FileStep(NamedTuple):
    """One file, by its number in the stage, and what it is afterwards: digest, mode, size; `was` is its digest before.

    `link` puts a symbolic link back, which is in gone/ until then.
    """

    path: str
    kind: str
    digest: str = ""
    mode: int = 0
    size: int = 0
    was: str = ""


class Transaction(NamedTuple):
    """What to do. `keep`: it becomes a record; `pops`: the record that it takes back."""

    steps: tuple[FileStep, ...]
    made: dict[str, int | None]  # folders that do not exist yet, outermost first; None: any mode
    modes: dict[str, int]  # folders that go if they are empty afterwards
    command: str = ""
    keep: bool = False
    pops: str = ""


def open_stage(stage: Path, keep: bool) -> None:
    """Make the folders that `save` and its caller write into."""
    if not stage.is_dir():
        os.mkdir(stage)
    if keep:
        if not (stage / IGNORE).exists():
            write(stage / IGNORE, b"*\n", None)
        if not (stage / UNDO).is_dir():
            os.mkdir(stage / UNDO)
    os.mkdir(stage / NOW)
    for name in FOLDERS:
        os.mkdir(stage / NOW / name)


def save(stage: Path, log: Transaction, name: str = JOURNAL) -> None:
    """Put the journal beside the staged bytes: from this rename on, the plan counts as done."""
    import json

    now = stage / NOW
    steps = [list(step) for step in log.steps]
    write(
        now / TMP,
        json.dumps({"version": _VERSION, **log._asdict(), "steps": steps}).encode(),
        None,
    )
    folders = [now / folder for folder in FOLDERS]
    sync_all([now / TMP, *_copies(folders), *folders])
    os.replace(now / TMP, now / name)
    sync(now)
    sync(stage)
    sync(stage.parent)


def _copies(folders: Iterable[Path]) -> Iterator[Path]:
    """Files that are not hard links to another file."""
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_symlink() and entry.stat().st_nlink == 1:
                    yield Path(entry.path)


def load(top: Path, journal: Path) -> Transaction:
    """The journal in that file. Raises UserError if it is not one, or leads out of the project."""
    import json

    where = journal.relative_to(top).as_posix()
    try:
        data = json.loads(journal.read_bytes())
        if data["version"] != _VERSION:
            raise UserError(f"`{where}` is from another version of scaffold", f"delete `{STAGE}`")
        log = Transaction(
            tuple(
                FileStep(str(path), str(kind), str(digest), int(mode), int(size), str(was))
                for path, kind, digest, mode, size, was in data["steps"]
            ),
            {str(path): None if mode is None else int(mode) for path, mode in data["made"].items()},
            {str(path): int(mode) for path, mode in data["modes"].items()},
            str(data["command"]),
            bool(data["keep"]),
            str(data["pops"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"`{where}` is damaged", f"delete `{STAGE}`") from error
    odd = {step.kind for step in log.steps} - _KINDS
    if odd or (log.pops and not log.pops.isdecimal()):
        raise UserError(f"`{where}` is damaged", f"delete `{STAGE}`")
    places = ProjectFiles(top)
    for path in (*(step.path for step in log.steps), *log.made, *log.modes):
        places.locate(path)  # a journal may come with a cloned repository: it must not lead outside
    return log


def forward(top: Path, now: Path, log: Transaction) -> None:
    """Do what is left to do of the journal."""
    places = ProjectFiles(top)
    touched = {str(top), *(os.path.dirname(top / folder) for folder in log.made)}
    for folder in log.made:
        with explained(folder):
            make_folders(top / folder, [])
    for n, step in enumerate(log.steps):
        target = places.locate(step.path)
        folder = os.path.dirname(target)
        with explained(step.path):
            if pending(now, n, step):
                if step.kind != "delete":
                    make_folders(Path(folder), [])
                    os.replace(_staged(now, n, step), target)
                elif os.path.lexists(target):
                    os.replace(target, now / "gone" / str(n))
        touched.add(folder)
    for folder, mode in log.made.items():
        if mode is not None and stat.S_IMODE(os.stat(top / folder).st_mode) != mode:
            with explained(folder):
                os.chmod(top / folder, mode)
    for folder in sorted(log.modes, reverse=True):
        with explained(folder):
            remove_empty([top / folder])
    sync_all(touched)


def backward(top: Path, stage: Path, log: Transaction) -> None:
    """Take back what is done of the journal, which must be called `BACK` by now.

    Otherwise the next command after a kill in here would roll the rest forward, without the new
    bytes that are gone.
    """
    now = stage / NOW
    if log.pops and (now / POPPED).exists():
        os.replace(now / POPPED, stage / UNDO / log.pops)
    for folder, mode in sorted(log.modes.items()):
        with explained(folder):
            make_folders(top / folder, [])
            if stat.S_IMODE(os.stat(top / folder).st_mode) != mode:
                os.chmod(top / folder, mode)
    places = ProjectFiles(top)
    for n, step in reversed(list(enumerate(log.steps))):
        target = places.locate(step.path)
        staged, old, gone = _staged(now, n, step), now / "old" / str(n), now / "gone" / str(n)
        with explained(step.path):
            if step.kind == "delete":
                if os.path.lexists(gone):
                    os.replace(gone, target)
            elif not os.path.lexists(staged):
                if step.kind == "replace" and os.path.lexists(old):
                    os.replace(old, target)
                elif step.kind != "replace" and os.path.lexists(target):
                    os.replace(target, staged)
    remove_empty(top / folder for folder in reversed(log.made))


def pending(now: Path, n: int, step: FileStep) -> bool:
    """Whether that step is still to be done."""
    if step.kind == "delete":
        return not os.path.lexists(now / "gone" / str(n))
    return os.path.lexists(_staged(now, n, step))


def finish(stage: Path, log: Transaction) -> None:
    """All is done: make the stage a record, or remove the journal, and with it the record taken back.

    Either is one rename, so a record belongs to what is on disk or does not exist.
    """
    now = stage / NOW
    with explained(STAGE):
        if log.keep:
            if not (stage / UNDO).is_dir():
                os.mkdir(stage / UNDO)
            number = max((int(name) for name in os.listdir(stage / UNDO)), default=0) + 1
            os.replace(now, stage / UNDO / str(number))
            return
        if log.pops and (stage / UNDO / log.pops).exists():
            os.replace(stage / UNDO / log.pops, now / POPPED)
            sync(stage / UNDO)
            sync(now)
        os.unlink(now / JOURNAL)


def clear(stage: Path) -> None:
    """Remove what is left over, and the whole folder if no command is on record."""
    if (stage / NOW).exists():
        remove_all(stage / NOW)
    known = numbers(stage)
    for number in known[:-KEPT]:
        # Without its journal it is no longer a record, wherever this is cut off.
        os.unlink(stage / UNDO / number / JOURNAL)
        remove_all(stage / UNDO / number)
    if (stage / UNDO).exists():
        for name in os.listdir(stage / UNDO):
            if name not in known:
                remove_all(stage / UNDO / name)
    if known:
        return
    if (stage / UNDO).exists():
        os.rmdir(stage / UNDO)
    with suppress(FileNotFoundError):
        os.unlink(stage / IGNORE)
    os.rmdir(stage)


def numbers(stage: Path) -> list[str]:
    """The records, oldest first."""
    try:
        names = os.listdir(stage / UNDO)
    except FileNotFoundError:
        return []
    found = (name for name in names if (stage / UNDO / name / JOURNAL).exists())
    return sorted((name for name in found if name.isdecimal()), key=int)


def _staged(now: Path, n: int, step: FileStep) -> Path:
    return now / ("gone" if step.kind == "link" else "new") / str(n)

"""Write a plan to disk, all or nothing: the only writer in a target project.

New and old bytes are staged in `.scaffold/`, then a journal is renamed into place: from there on
the plan counts as done, and whoever comes after a kill finishes it. `forward` and `backward` look
at what is in the stage to see how far they came, so either can be cut off anywhere and run again.
A finished plan stays on record for `scaffold undo`.
"""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.planning.plan import FileChange, Plan
from scaffold.support.durable import (
    above,
    digest_of,
    explained,
    keep,
    make_folders,
    remove_empty,
    sync,
    write,
)
from scaffold.support.errors import UserError
from scaffold.support.project_files import STAGE, ProjectFiles
from scaffold.writing import journal, stage_check
from scaffold.writing.journal import BACK, JOURNAL, NOW, WRITTEN, FileStep, Transaction

_WAIT: Final = 10.0


class Item(NamedTuple):
    """One file of a journal: its bytes now and afterwards.

    The new file gets owner, mode and times of `like`, or owner and mode of the file on disk if that
    is None; `link` is the target of a symbolic link to make.
    """

    before: bytes | None
    after: bytes | None
    like: os.stat_result | None = None
    link: str = ""


def apply(root: Path, plan: Plan, *, keep: bool = True, command: str = "") -> None:
    """Make every change of `plan` in `root` (created if missing), or none.

    Hold `lock(root)` around it. Existing files keep their modes, writes follow a link inside the
    project, and folders that our deletes emptied go. With `keep`, the plan is on record afterwards
    under `command`, and `scaffold undo` can take it back. Raises UserError, with nothing written, if
    a file is not as it was when the plan was made, or if the system refuses (rights, space); raises
    any other exception again after the roll-back.
    """
    changes = [change for change in plan.changes if change.before != change.after]
    if not changes:
        return
    recover(root)
    top = Path(os.path.realpath(root))
    log = _prepare(top, changes)._replace(keep=keep, command=command)
    carry_out(root, [Item(change.before, change.after) for change in changes], log)


def carry_out(root: Path, items: Sequence[Item], log: Transaction) -> None:
    """Do the steps of `log` in `root`, one for each item, or none; see `apply`."""
    top = Path(os.path.realpath(root))
    stage = top / STAGE
    roots: list[Path] = []
    try:
        with explained(str(root)):
            make_folders(top, roots)
            journal.open_stage(stage, log.keep)
        log = _stage(top, stage, items, log)
        journal.forward(top, stage / NOW, log)
        journal.finish(stage, log)
    except BaseException as error:
        try:
            _roll_back(top, stage, log)
            _give_up(stage, roots)
        except (OSError, UserError) as failed:
            error.add_note(f"rolling back failed as well ({failed}); the next command finishes it")
        raise
    with suppress(OSError):  # the plan is done: what is left in the stage is for the next `recover`
        sync(stage)
        journal.clear(stage)


def recover(root: Path) -> bool:
    """Finish what a killed `apply` began in `root`, or clear away what it had only staged.

    Returns whether there was anything. Hold `lock(root)`. Raises UserError, with nothing written,
    if somebody edited a file that is still to be written, or if `.scaffold` is not ours.
    """
    top = Path(os.path.realpath(root))
    stage = top / STAGE
    if not os.path.lexists(stage):
        return False
    stage_check.check_ours(stage)
    now = stage / NOW
    if not now.exists() and 0 < len(journal.numbers(stage)) <= journal.KEPT:
        return False
    if (now / BACK).exists() or (now / JOURNAL).exists():
        stage_check.check_writer(stage)
    with explained(STAGE):
        if (now / BACK).exists():
            with suppress(FileNotFoundError):
                os.unlink(now / JOURNAL)
            journal.backward(top, stage, journal.load(top, now / BACK))
            os.unlink(now / BACK)
        elif (now / JOURNAL).exists():
            log = journal.load(top, now / JOURNAL)
            stage_check.check_unedited(top, now, log)
            journal.forward(top, now, log)
            journal.finish(stage, log)
        sync(stage)
        journal.clear(stage)
    return True


@contextmanager
def lock(root: Path) -> Iterator[None]:
    """Keep every other `scaffold` out of `root` meanwhile; not re-entrant.

    The lock is on the folder itself, so nothing has to be cleaned up after a kill. A missing `root`
    is created, and removed again if it is still empty at the end. Raises UserError after about 10 s
    of waiting.
    """
    deadline = time.monotonic() + _WAIT
    made: list[Path] = []
    top = Path(os.path.realpath(root))
    while (handle := _try_lock(root, top, made)) is None:
        if time.monotonic() > deadline:
            raise UserError(
                f"another scaffold is still at work in `{root}`",
                "wait for it, then run the command again",
            )
        time.sleep(0.01)
    try:
        yield
    finally:
        with suppress(OSError):
            remove_empty(reversed(made))
        os.close(handle)


def _try_lock(root: Path, top: Path, made: list[Path]) -> int | None:
    """The locked folder's file descriptor, or None if somebody else holds it; made folders go to
    `made`."""
    import fcntl

    with explained(str(root)):
        try:
            make_folders(top, made)
            handle = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
        except (FileNotFoundError, FileExistsError):
            return None  # another process removed or made a folder on the way
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever held it may have removed the folder that we opened: then we hold a lock on nothing.
        if top.exists() and os.path.samestat(os.fstat(handle), os.stat(top)):
            return handle
    except BlockingIOError:
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _prepare(top: Path, changes: list[FileChange]) -> Transaction:
    """Check that the disk is as planned and list what to do; writes nothing."""
    steps: list[FileStep] = []
    made: dict[str, int | None] = {}
    asked: set[str] = set()
    modes: dict[str, int] = {}
    targets: list[str] = []
    places = ProjectFiles(top)
    for change in changes:
        if places.read(change.path) != change.before:
            raise UserError(
                f"`{change.path}` changed while scaffold was at work", "run the command again"
            )
        if change.after is None:
            steps.append(FileStep(change.path, "delete"))
            targets.append(places.real(change.path))
            for folder in above(top, top / change.path):
                modes[folder.relative_to(top).as_posix()] = stat.S_IMODE(os.stat(folder).st_mode)
            continue
        target = places.real(change.path)
        targets.append(target)
        kind = "create" if change.before is None else "replace"
        steps.append(FileStep(Path(target).relative_to(top).as_posix(), kind))
        # Many files share a few folders.
        if kind == "create" and (within := os.path.dirname(target)) not in asked:
            asked.add(within)
            missing = [place for place in above(top, Path(target)) if not place.exists()]
            made.update({place.relative_to(top).as_posix(): None for place in reversed(missing)})
    times = Counter(targets)
    for change, target in zip(changes, targets, strict=True):
        if times[target] > 1:
            raise UserError(
                f"`{change.path}` is a link to another file of this plan",
                "make it a separate file",
            )
    return Transaction(tuple(steps), made, modes)


def _stage(top: Path, stage: Path, items: Sequence[Item], log: Transaction) -> Transaction:
    """Stage all bytes, then the journal; returns the log with what each file is afterwards."""
    now = stage / NOW
    steps = []
    for n, (item, step) in enumerate(zip(items, log.steps, strict=True)):
        with explained(step.path):
            status = None if item.before is None else os.stat(top / step.path)
            if item.link:
                os.symlink(item.link, now / "gone" / str(n))
            if item.after is not None:
                mode = write(now / "new" / str(n), item.after, item.like or status)
                step = step._replace(digest=digest_of(item.after), mode=mode, size=len(item.after))
                if item.like is not None:
                    times = (item.like.st_atime_ns, item.like.st_mtime_ns)
                    os.utime(now / "new" / str(n), ns=times)
            if item.before is not None:
                assert status is not None
                file = Path(os.path.realpath(top / step.path))
                keep(now / "old" / str(n), file, item.before, status)
                step = step._replace(was=digest_of(item.before))
        steps.append(step)
    log = log._replace(steps=tuple(steps))
    with explained(STAGE):
        if log.keep:
            # If a power cut loses it, only a message misses it, so nothing waits for the disk.
            (now / WRITTEN).write_bytes(b"".join(item.after or b"" for item in items))
            os.chmod(now / WRITTEN, 0o600)
        journal.save(stage, log)
    return log


def _roll_back(top: Path, stage: Path, log: Transaction) -> None:
    now = stage / NOW
    if (now / JOURNAL).exists():
        os.replace(now / JOURNAL, now / BACK)
        journal.backward(top, stage, log)
        os.unlink(now / BACK)


def _give_up(stage: Path, roots: list[Path]) -> None:
    if stage.exists():
        journal.clear(stage)
    remove_empty(reversed(roots))

"""Write a plan to disk, all or nothing: the only writer in a target project.

New and old bytes are staged in `.scaffold/`, then a journal is renamed into place: from there on
the plan counts as done, and whoever comes after a kill finishes it. `_forward` and `_backward` look
at what lies in the stage to see how far they came, so either can be cut off anywhere and run again.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.errors import UserError
from scaffold.plan import STAGE, FileChange, Plan, locate, read

JOURNAL: Final = "journal.json"
_UNDO: Final = "undo.json"  # the journal's name while it is rolled back
_TMP: Final = "journal.tmp"
_FOLDERS: Final = ("new", "old", "gone")
_WAIT: Final = 10.0
_EXPLAINED: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EXDEV}
    | {errno.ENAMETOOLONG, errno.ENOTDIR}
)
_NOT_EMPTY: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EBUSY})


class _Step(NamedTuple):
    """One file: `kind` is create, replace or delete; its staged bytes are new/<n> and old/<n>."""

    path: str
    kind: str


class _Log(NamedTuple):
    steps: tuple[_Step, ...]
    made: tuple[str, ...]  # folders that do not exist yet, outermost first
    modes: dict[str, int]  # folders that may become empty


def apply(root: Path, plan: Plan) -> None:
    """Make every change of `plan` in `root` (created if missing), or none.

    Hold `lock(root)` around it. Modes of existing files stay, a link inside the project is written
    through, folders that our deletes emptied go. Raises UserError, with nothing written, if a file
    is not as it was when the plan was made, or if the system refuses (rights, space); any other
    exception is raised again after the roll-back.
    """
    changes = [change for change in plan.changes if change.before != change.after]
    if not changes:
        return
    recover(root)
    top = Path(os.path.realpath(root))
    log = _prepare(top, changes)
    stage = top / STAGE
    roots: list[Path] = []
    try:
        with _explained(str(root)):
            _make_folders(top, roots)
            os.mkdir(stage)
    except BaseException:
        _remove_empty(reversed(roots))
        raise
    try:
        _stage(top, stage, changes, log)
        _forward(top, stage, log)
        with _explained(STAGE):
            os.unlink(stage / JOURNAL)
    except BaseException as error:
        try:
            _roll_back(top, stage, log, roots)
        except (OSError, UserError) as failed:
            error.add_note(f"rolling back failed as well ({failed}); the next command finishes it")
        raise
    with suppress(OSError):  # the plan is done: what is left in the stage is for the next `recover`
        _sync(stage)
        _discard(stage)


def recover(root: Path) -> bool:
    """Finish what a killed `apply` began in `root`, or clear away what it had only staged.

    Returns whether there was anything. Hold `lock(root)`. Raises UserError, with nothing written,
    if a file that is still to be written was edited meanwhile, or if `.scaffold` is not ours.
    """
    top = Path(os.path.realpath(root))
    stage = top / STAGE
    if not os.path.lexists(stage):
        return False
    _check_ours(stage)
    with _explained(STAGE):
        if (stage / _UNDO).exists():
            _backward(top, stage, _load(top, stage / _UNDO))
            os.unlink(stage / _UNDO)
        elif (stage / JOURNAL).exists():
            log = _load(top, stage / JOURNAL)
            _check_unedited(top, stage, log)
            _forward(top, stage, log)
            os.unlink(stage / JOURNAL)
        _sync(stage)
        _discard(stage)
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
            _remove_empty(reversed(made))
        os.close(handle)


def _try_lock(root: Path, top: Path, made: list[Path]) -> int | None:
    """The locked folder's file descriptor, or None if somebody else is there; made folders go to
    `made`."""
    import fcntl

    with _explained(str(root)):
        try:
            _make_folders(top, made)
            handle = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
        except (FileNotFoundError, FileExistsError):
            return None  # another process removed or made a folder on the way
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who held it may have removed the folder that we opened: then ours is the lock of nothing.
        if top.exists() and os.path.samestat(os.fstat(handle), os.stat(top)):
            return handle
    except BlockingIOError:
        pass
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _prepare(top: Path, changes: list[FileChange]) -> _Log:
    """Check that the disk is as planned and say what is to be done; nothing is written."""
    steps: list[_Step] = []
    made: dict[str, None] = {}
    modes: dict[str, int] = {}
    for change in changes:
        if read(top, change.path) != change.before:
            raise UserError(
                f"`{change.path}` changed while scaffold was at work", "run the command again"
            )
        place = locate(top, change.path)
        if change.after is None:
            steps.append(_Step(change.path, "delete"))
            for folder in _above(top, place):
                modes[folder.relative_to(top).as_posix()] = stat.S_IMODE(os.stat(folder).st_mode)
        else:
            place = Path(os.path.realpath(place))
            kind = "create" if change.before is None else "replace"
            steps.append(_Step(place.relative_to(top).as_posix(), kind))
            missing = [folder for folder in _above(top, place) if not folder.exists()]
            made.update({folder.relative_to(top).as_posix(): None for folder in reversed(missing)})
    targets = [os.path.realpath(top / step.path) for step in steps]
    for change, target in zip(changes, targets, strict=True):
        if targets.count(target) > 1:
            raise UserError(
                f"`{change.path}` is a link to another file of this plan",
                "make it a file of its own",
            )
    return _Log(tuple(steps), tuple(made), modes)


def _stage(top: Path, stage: Path, changes: list[FileChange], log: _Log) -> None:
    """Put all bytes aside, then the journal: its rename is the point from which on the plan
    counts."""
    import json

    with _explained(STAGE):
        for name in _FOLDERS:
            os.mkdir(stage / name)
    for n, (change, step) in enumerate(zip(changes, log.steps, strict=True)):
        with _explained(change.path):
            status = None if change.before is None else os.stat(top / step.path)
            if change.after is not None:
                _write(stage / "new" / str(n), change.after, status)
            if change.before is not None:
                _write(stage / "old" / str(n), change.before, status)
                assert status is not None
                os.utime(stage / "old" / str(n), ns=(status.st_atime_ns, status.st_mtime_ns))
    with _explained(STAGE):
        steps = [[step.path, step.kind] for step in log.steps]
        data = {"version": 1, "steps": steps, "made": log.made, "modes": log.modes}
        _write(stage / _TMP, json.dumps(data).encode(), None)
        for name in _FOLDERS:
            _sync(stage / name)
        os.replace(stage / _TMP, stage / JOURNAL)
        _sync(stage)
        _sync(top)


def _forward(top: Path, stage: Path, log: _Log) -> None:
    """Do what is not done yet of the journal."""
    touched = {top, *((top / folder).parent for folder in log.made)}
    for n, step in enumerate(log.steps):
        target = locate(top, step.path)
        with _explained(step.path):
            if _pending(stage, n, step):
                if step.kind != "delete":
                    _make_folders(target.parent, [])
                    os.replace(stage / "new" / str(n), target)
                elif os.path.lexists(target):
                    os.replace(target, stage / "gone" / str(n))
        touched.add(target.parent)
    for step in log.steps:
        if step.kind == "delete":
            with _explained(step.path):
                _remove_empty(_above(top, top / step.path))
    for folder in touched:
        with suppress(FileNotFoundError):
            _sync(folder)


def _backward(top: Path, stage: Path, log: _Log) -> None:
    """Take back what is done of the journal; the journal must have its undo name by now.

    Otherwise a kill in here would have the rest rolled forward, without the new bytes that are
    gone.
    """
    for folder, mode in sorted(log.modes.items()):
        with _explained(folder):
            _make_folders(top / folder, [])
            if stat.S_IMODE(os.stat(top / folder).st_mode) != mode:
                os.chmod(top / folder, mode)
    for n, step in reversed(list(enumerate(log.steps))):
        target = locate(top, step.path)
        new, old, gone = (stage / name / str(n) for name in _FOLDERS)
        with _explained(step.path):
            if step.kind == "delete":
                if os.path.lexists(gone):
                    os.replace(gone, target)
            elif not os.path.lexists(new):
                if step.kind == "create" and os.path.lexists(target):
                    os.replace(target, new)
                elif step.kind == "replace" and os.path.lexists(old):
                    os.replace(old, target)
    _remove_empty(top / folder for folder in reversed(log.made))


def _roll_back(top: Path, stage: Path, log: _Log, roots: list[Path]) -> None:
    if (stage / JOURNAL).exists():
        os.replace(stage / JOURNAL, stage / _UNDO)
        _backward(top, stage, log)
        os.unlink(stage / _UNDO)
    _discard(stage)
    _remove_empty(reversed(roots))


def _pending(stage: Path, n: int, step: _Step) -> bool:
    if step.kind == "delete":
        return not os.path.lexists(stage / "gone" / str(n))
    return os.path.lexists(stage / "new" / str(n))


def _check_unedited(top: Path, stage: Path, log: _Log) -> None:
    for n, step in enumerate(log.steps):
        if not _pending(stage, n, step):
            continue
        disk = read(top, step.path)
        if step.kind == "delete" and disk is None:
            continue
        if disk != (None if step.kind == "create" else (stage / "old" / str(n)).read_bytes()):
            raise UserError(
                f"`{step.path}` changed after a scaffold was killed that was still to write it",
                f"put that file back, or delete `{STAGE}` to keep all files as they are",
            )


def _check_ours(stage: Path) -> None:
    """Refuse a stage that somebody else made: what is in it would be deleted, or renamed into the
    project."""
    odd = [STAGE] if stage.is_symlink() or not stage.is_dir() else []
    for entry in [] if odd else sorted(stage.iterdir()):
        if entry.is_symlink() or entry.name not in (*_FOLDERS, JOURNAL, _UNDO, _TMP):
            odd.append(entry.name)
        elif entry.name in _FOLDERS:
            links = entry.name == "gone"  # a deleted link is put aside as one
            odd += [
                file.name
                for file in entry.iterdir()
                if not file.name.isdigit() or (file.is_symlink() and not links)
            ]
    if odd:
        raise UserError(
            f"`{STAGE}` holds `{odd[0]}`, which scaffold did not put there",
            f"move `{stage}` elsewhere, scaffold needs that name",
        )


def _load(top: Path, journal: Path) -> _Log:
    import json

    try:
        data = json.loads(journal.read_bytes())
        steps = tuple(_Step(str(path), str(kind)) for path, kind in data["steps"])
        log = _Log(
            steps, tuple(map(str, data["made"])), {f: int(m) for f, m in data["modes"].items()}
        )
        known = data["version"] == 1 and {step.kind for step in steps} <= {
            "create",
            "replace",
            "delete",
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"`{STAGE}/{journal.name}` is damaged", f"delete `{STAGE}`") from error
    if not known:
        raise UserError(f"`{STAGE}/{journal.name}` is of another version", f"delete `{STAGE}`")
    for path in (*(step.path for step in steps), *log.made, *log.modes):
        locate(top, path)  # a journal may come with a cloned repository: it must not lead outside
    return log


def _write(place: Path, data: bytes, like: os.stat_result | None) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        if like is not None:
            own = os.fstat(handle)
            if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
                with suppress(PermissionError):
                    os.fchown(handle, like.st_uid, like.st_gid)
            os.fchmod(handle, stat.S_IMODE(like.st_mode))
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    """Make renames in `folder` durable, where the file system can."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


def _discard(stage: Path) -> None:
    for folder in (stage / name for name in _FOLDERS):
        if folder.is_dir():
            for name in os.listdir(folder):
                os.unlink(folder / name)
            os.rmdir(folder)
    with suppress(FileNotFoundError):
        os.unlink(stage / _TMP)
    os.rmdir(stage)


def _above(top: Path, place: Path) -> list[Path]:
    """The folders that `place` is in, up to but without `top`, innermost first."""
    return [folder for folder in place.parents if folder != top and folder.is_relative_to(top)]


def _make_folders(folder: Path, made: list[Path]) -> None:
    """Make `folder` and what is missing above it, each noted in `made`, outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        os.mkdir(folder)
        made.append(folder)


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in folders:
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turn what the system refuses into a UserError that names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _EXPLAINED:
            raise
        raise UserError(f"`{path}` cannot be written: {error.strerror}") from error

"""Writing files and folders so that they survive a power cut."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from scaffold.support.errors import UserError

_EXPLAINED: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EXDEV}
    | {errno.ENAMETOOLONG, errno.ENOTDIR}
)
_AT_ONCE: Final = 16
_NOT_EMPTY: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EBUSY})


def write(place: Path, data: bytes, like: os.stat_result | None) -> int:
    """Create a file with the owner and mode of `like`, and return its mode; `sync_all` makes it durable.

    Raises OSError if the file exists or the system refuses.
    """
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
        return stat.S_IMODE(os.fstat(handle).st_mode)
    finally:
        os.close(handle)


def keep(place: Path, file: Path, data: bytes, status: os.stat_result) -> None:
    """Save `file` as `place`: as a hard link, else as a copy with the same owner, mode and times."""
    try:
        os.link(file, place, follow_symlinks=False)
    except OSError:  # no hard links on this file system, or the file belongs to another user
        write(place, data, status)
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))


def digest_of(data: bytes) -> str:
    """The SHA-256 of the bytes, in hex."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def sync_all(places: Iterable[Path | str]) -> None:
    """Sync files and folders in parallel: a file system flushes concurrent requests together.

    Skips paths that no longer exist. Raises the first OSError.
    """
    import threading

    waiting, failed = list(places), list[BaseException]()

    def work() -> None:
        while waiting and not failed:
            with suppress(IndexError):
                place = waiting.pop()
                try:
                    sync(place)
                except FileNotFoundError:
                    pass
                except BaseException as error:
                    failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(min(_AT_ONCE, len(waiting)) - 1)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def sync(place: Path | str) -> None:
    """Sync a file, or the renames in a folder, if the file system can."""
    try:
        handle = os.open(place, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(handle)


def above(top: Path, place: Path) -> list[Path]:
    """The folders between `place` and `top`, both excluded, innermost first."""
    return [folder for folder in place.parents if folder != top and folder.is_relative_to(top)]


def make_folders(folder: Path, made: list[Path]) -> None:
    """Create `folder` and its missing parents; append each to `made`, outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        os.mkdir(folder)
        made.append(folder)


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove the folders that are empty; pass the innermost first."""
    for folder in folders:
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise


def remove_all(folder: Path) -> None:
    """Remove a folder that scaffold made and everything in it, without following links."""
    for name in os.listdir(folder):
        place = folder / name
        if place.is_dir() and not place.is_symlink():
            remove_all(place)
        else:
            os.unlink(place)
    os.rmdir(folder)


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn an OSError that the user can fix into a UserError that names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _EXPLAINED:
            raise
        raise UserError(f"cannot write `{path}`: {error.strerror}") from error

"""Files and folders, written so that they are still there after a power cut."""

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
    """Write a file that does not exist yet, with owner and mode of `like`; its mode. `sync_all` makes it durable."""
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
    """Keep what `file` is as `place`: by a second name, or as a copy with owner, mode and times."""
    try:
        os.link(file, place, follow_symlinks=False)
    except OSError:  # the file system has no links, or the file is somebody else's
        write(place, data, status)
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))


def digest_of(data: bytes) -> str:
    """What tells the bytes from others."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def sync_all(places: Iterable[Path | str]) -> None:
    """Make files and folders durable, many at a time: a file system writes those out together that wait for it."""
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
    """Make a file, or renames in a folder, durable, where the file system can."""
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
    """The folders that `place` is in, up to but without `top`, innermost first."""
    return [folder for folder in place.parents if folder != top and folder.is_relative_to(top)]


def make_folders(folder: Path, made: list[Path]) -> None:
    """Make `folder` and what is missing above it, each noted in `made`, outermost first."""
    missing = []
    while not os.path.lexists(folder):
        missing.append(folder)
        folder = folder.parent
    for folder in reversed(missing):
        os.mkdir(folder)
        made.append(folder)


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of the folders that are empty; give the innermost first."""
    for folder in folders:
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            continue
        except OSError as error:
            if error.errno not in _NOT_EMPTY:
                raise


def remove_all(folder: Path) -> None:
    """Remove a folder of ours with all that is in it; links are not followed."""
    for name in os.listdir(folder):
        place = folder / name
        if place.is_dir() and not place.is_symlink():
            remove_all(place)
        else:
            os.unlink(place)
    os.rmdir(folder)


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turn what the system refuses into a UserError that names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _EXPLAINED:
            raise
        raise UserError(f"`{path}` cannot be written: {error.strerror}") from error

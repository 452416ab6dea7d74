"""A project's files on disk: where its paths lead, and what is there."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.text import lf, line_end, printable

MANIFEST: Final = ".copier-answers.yml"
"""A project's manifest, which is also Copier's answers file."""

STAGE: Final = ".scaffold"
"""The folder in a project where `apply` stages files; no rendered tree may write to it."""

NOT_SOURCE: Final = frozenset({"venv", "env", "node_modules", "site-packages", "build", "dist"})
"""Folders in a project that hold no code of its own."""

# Letters of no width, which a Mac leaves out of names.
_IGNORED_ON_HFS: Final = dict.fromkeys(
    (*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF)
)
_MOVE: Final = "move it out of the way, then run the command again"


def regular_bytes(path: Path) -> bytes:
    """The bytes of a regular file; follows links.

    Raises OSError, also if anything else is there: a device has no end, and a named pipe would block for ever.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        with open(handle, "rb", buffering=0, closefd=False) as file:
            return file.read()
    finally:
        os.close(handle)


class FileOnDisk(NamedTuple):
    """What is at a path: `raw` is None if that is not a file, `taken` is true even for a broken link."""

    raw: bytes | None
    taken: bool

    @property
    def text(self) -> str | None:
        """The text with LF line endings; None if there is no file, or it is not UTF-8."""
        if self.raw is None:
            return None
        try:
            return lf(self.raw.decode())
        except UnicodeDecodeError:
            return None

    def encode(self, text: str) -> bytes:
        """`text` as bytes, with the line endings that the file has."""
        end = line_end(self.raw.decode("latin-1")) if self.raw is not None else "\n"
        return (lf(text).replace("\n", end) if end != "\n" else text).encode()


class ProjectFiles:
    """The files below a folder; follows links, but not out of it.

    Resolves each folder once, because a thousand files share a few. So make one of these for each
    look at the disk, and none that outlives a command.

    Every method takes a POSIX path, and raises UserError if the path is not relative, or leads out
    of the folder or into the stage.
    """

    def __init__(self, root: Path | str) -> None:
        self.top: Final = os.path.realpath(root)
        self._inside = os.path.join(self.top, "")
        self._folders = {"": self._inside[:-1]}

    def locate(self, path: str) -> str:
        """The place of the path on disk, with links as they are."""
        self.real(path)
        return f"{self._inside}{path}"

    def real(self, path: str) -> str:
        """The place of the path on disk, with all links followed."""
        parts = path.split("/")
        if "\0" in path or any(part in ("", ".", "..") for part in parts) or parts[0] == STAGE:
            raise UserError(f"`{path}` is not a path inside the project")
        if (not path.isascii() or "git" in path.lower()) and any(map(_is_gits, parts)):
            raise UserError(f"`{printable(path)}` is git's own folder, where scaffold never writes")
        folder, _, name = path.rpartition("/")
        real = _follow(f"{self._folder(folder)}/{name}")
        if not f"{real}/".startswith(self._inside) or f"{real}/".startswith(
            f"{self._inside}{STAGE}/"
        ):
            raise UserError(
                f"`{path}` leads out of the project, to `{real}`",
                "remove the symbolic link in that path",
            )
        return real

    def _folder(self, path: str) -> str:
        known = self._folders.get(path)
        if known is None:
            above, _, name = path.rpartition("/")
            known = self._folders[path] = _follow(f"{self._folder(above)}/{name}")
        return known

    def read(self, path: str) -> bytes | None:
        """The bytes of the file at the path; None if nothing is there.

        Also raises UserError if something is there that is not a readable file.
        """
        place = self.locate(path)
        try:
            # Check before opening: a named pipe would block for ever.
            mode = os.stat(place).st_mode
            if stat.S_ISREG(mode):
                with open(place, "rb", buffering=0) as file:
                    return file.read()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise UserError(
                f"cannot use `{path}`: one of its parent folders is a file", _MOVE
            ) from error
        except OSError as error:
            raise UserError(f"cannot read `{path}`: {error.strerror}") from error
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise UserError(f"`{path}` is {kind}, but scaffold needs a file there, or nothing", _MOVE)

    def disk(self, path: str) -> FileOnDisk:
        """What is at the path. Raises UserError as `read` does."""
        raw = self.read(path)
        return FileOnDisk(raw, raw is not None or os.path.lexists(f"{self._inside}{path}"))


def _is_gits(name: str) -> bool:
    """Whether some file system takes the name for `.git`: whoever writes there has git run programs.

    The spellings are those that git itself refuses (`is_hfs_dotgit` and `is_ntfs_dotgit` in its sources).
    """
    bare = name.translate(_IGNORED_ON_HFS).partition(":")[0].rstrip(". ").lower()
    return bare in (".git", "git~1")


def _follow(place: str) -> str:
    """The path with a link at its end followed; its folder is already real."""
    return os.path.realpath(place) if os.path.islink(place) else place

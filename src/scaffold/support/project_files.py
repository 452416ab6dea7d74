"""Where the paths of a project are on disk, and what stands there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.text import lf, line_end

MANIFEST: Final = ".copier-answers.yml"
"""The manifest of a project, which is Copier's answers file."""

STAGE: Final = ".scaffold"
"""The folder in a project where `apply` stages; no tree may emit into it."""

NOT_SOURCE: Final = frozenset({"venv", "env", "node_modules", "site-packages", "build", "dist"})
"""Folders of a project that hold no source code of its own."""

_MOVE: Final = "move it out of the way, then run the command again"


class FileOnDisk(NamedTuple):
    """A file as it stands: `raw` is None where none can be read, `text` also where it is not UTF-8."""

    raw: bytes | None
    taken: bool  # something has this name, if only a link that leads nowhere

    @property
    def text(self) -> str | None:
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
    """What stands at paths below a folder; links are followed, but not out of it.

    Where a folder really is gets looked up once, as a thousand files share a few: make one of these
    for each look at the disk, and none that outlives a command.

    Every method takes a POSIX path, and raises UserError if it is not a relative one, or leads out
    of the folder or into our stage.
    """

    def __init__(self, root: Path | str) -> None:
        self.top: Final = os.path.realpath(root)
        self._inside = os.path.join(self.top, "")
        self._folders = {"": self._inside[:-1]}

    def locate(self, path: str) -> str:
        """Where the path is; links in it are not followed in the result."""
        self.real(path)
        return f"{self._inside}{path}"

    def real(self, path: str) -> str:
        """Where the file is that a program would open at the path."""
        parts = path.split("/")
        if "\0" in path or any(part in ("", ".", "..") for part in parts) or parts[0] == STAGE:
            raise UserError(f"`{path}` is not a path inside the project")
        folder, _, name = path.rpartition("/")
        real = _follow(f"{self._folder(folder)}/{name}")
        if not f"{real}/".startswith(self._inside) or f"{real}/".startswith(
            f"{self._inside}{STAGE}/"
        ):
            raise UserError(
                f"`{path}` leads out of the project, to `{real}`",
                "remove the symbolic link on its way",
            )
        return real

    def _folder(self, path: str) -> str:
        known = self._folders.get(path)
        if known is None:
            above, _, name = path.rpartition("/")
            known = self._folders[path] = _follow(f"{self._folder(above)}/{name}")
        return known

    def read(self, path: str) -> bytes | None:
        """The bytes of the file at the path; None if there is none.

        Raises UserError as well if something stands there that is no readable file.
        """
        place = self.locate(path)
        try:
            # Asked before opening: to open a named pipe would wait for ever.
            mode = os.stat(place).st_mode
            if stat.S_ISREG(mode):
                with open(place, "rb", buffering=0) as file:
                    return file.read()
        except FileNotFoundError:
            return None
        except NotADirectoryError as error:
            raise UserError(f"`{path}` cannot be: a folder on its way is a file", _MOVE) from error
        except OSError as error:
            raise UserError(f"`{path}` cannot be read: {error.strerror}") from error
        what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
        raise UserError(f"`{path}` is {what}, it must be a file or absent", _MOVE)

    def disk(self, path: str) -> FileOnDisk:
        """The file at the path, as it stands. Raises UserError as `read` does."""
        raw = self.read(path)
        return FileOnDisk(raw, raw is not None or os.path.lexists(f"{self._inside}{path}"))


def _follow(place: str) -> str:
    """A path whose folder is real, as a real one."""
    return os.path.realpath(place) if os.path.islink(place) else place

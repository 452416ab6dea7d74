"""The files of one version of the templates: a folder of a checkout, or a pack, which is one file of the cache."""

from __future__ import annotations

import marshal
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from scaffold.support.errors import UserError
from scaffold.support.text import lf

PARTS = ("copier.yml", "templates", "agents")
SUFFIX = ".pack"


class Texts(Mapping[str, str]):
    """POSIX path → text, sorted by path. A file that is not text raises UserError when you ask for it."""

    def __init__(self, files: Mapping[str, bytes | str]) -> None:
        self._files = files

    def __getitem__(self, path: str) -> str:
        found = self._files[path]
        if isinstance(found, bytes):
            raise UserError(
                f"the templates' `{path}` is not UTF-8 text",
                "save it as UTF-8, or take it out of the repository of the templates",
            )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._files))

    def __len__(self) -> int:
        return len(self._files)


class _Folder(Mapping[str, bytes | str]):
    """The parts of a folder, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getitem__(self, path: str) -> bytes | str:
        try:
            return _decoded((self.folder / path).read_bytes())
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise KeyError(path) from None

    def __iter__(self) -> Iterator[str]:
        for part in PARTS:
            if (self.folder / part).is_file():
                yield part
            for folder, _, files in os.walk(self.folder / part):
                inside = Path(folder).relative_to(self.folder).as_posix()
                yield from (f"{inside}/{name}" for name in files)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def open_texts(place: Path) -> Texts:
    """The files of a folder, or of a pack that `pack` made. Raises UserError if a pack is damaged."""
    if place.is_dir():
        return Texts(_Folder(place))
    try:
        return Texts(marshal.loads(place.read_bytes()))
    except (EOFError, ValueError, TypeError):
        raise UserError(
            f"`{place}`, a version of the templates in the cache, is damaged",
            "delete that file, then run the command again",
        ) from None


def pack(files: Mapping[str, bytes]) -> bytes:
    """The content of a pack with those files: opening it is faster than looking up hundreds of files."""
    # The format that every Python since 3.4 reads, as they share the cache.
    return marshal.dumps({path: _decoded(data) for path, data in files.items()}, 4)


def _decoded(data: bytes) -> bytes | str:
    try:
        return lf(data.decode()).replace("\r", "\n")
    except UnicodeDecodeError:
        return data

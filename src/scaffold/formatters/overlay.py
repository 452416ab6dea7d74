"""A folder that looks like the project's repository to a tool, with texts of ours in the place of some files.

Everything else is a link to what is really there, so that configuration, ignored paths and packages are found where
they are looked for. Files of configuration are copies: tools ask where a link leads.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_LARGEST: Final = 1_000_000
_MOST: Final = 2_000
_LEFT_OUT: Final = frozenset({".git", ".hg", ".jj"})


@contextmanager
def overlay(top: Path, texts: Mapping[str, str]) -> Iterator[Path]:
    """A temporary folder in place of `top` that has these texts; the keys are POSIX paths below it.

    Raises OSError if the system refuses.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as name:
        folder = Path(os.path.realpath(name))
        ours: dict[str, set[str]] = {"": set()}
        for path in texts:
            parts = path.split("/")
            for depth in range(len(parts)):
                ours.setdefault("/".join(parts[:depth]), set()).add(parts[depth])
        for inside, names in ours.items():
            (folder / inside).mkdir(exist_ok=True)
            _link_rest(top / inside, folder / inside, names)
        for path, text in texts.items():
            (folder / path).write_bytes(text.encode())
        yield folder


def _link_rest(real: Path, copy: Path, names: set[str]) -> None:
    try:
        entries = sorted(os.scandir(real), key=lambda entry: entry.name)
    except OSError:  # a folder that is still to come
        return
    for entry in entries[:_MOST]:
        if entry.name in names or entry.name in _LEFT_OUT:
            continue
        place = copy / entry.name
        with suppress(OSError):
            if entry.is_file() and entry.stat().st_size <= _LARGEST:
                shutil.copyfile(entry.path, place)
            else:
                place.symlink_to(os.path.realpath(entry.path))

"""The source files of somebody else's Next.js project that name a word, without their comments."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from scaffold.frameworks.installed import bounded_text, folders_up
from scaffold.support.project_files import NOT_SOURCE

_CODE: Final = re.compile(r".*(?<!\.d)\.[cm]?[jt]sx?")
_TEST: Final = re.compile(r".*\.(?:test|spec)\.[cm]?[jt]sx?")
_LARGEST: Final = 200_000
_MOST: Final = 20_000
_OPENED: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
_COMMENT: Final = re.compile(
    r"(\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|//[^\n]*|/\*.*?(?:\*/|\Z)",
    re.DOTALL,
)


def naming(top: Path, words: Collection[str]) -> Iterator[tuple[str, str]]:
    """The path and the text of each source file that holds one of the words; tests and links are left out."""
    wanted = [word.encode() for word in words]
    seen = 0
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(
            name for name in folders if name not in NOT_SOURCE and not name.startswith(".")
        )
        for name in sorted(files):
            if not _CODE.fullmatch(name) or _TEST.fullmatch(name):
                continue
            seen += 1
            if seen > _MOST:
                return
            raw = _read(os.path.join(folder, name))
            if any(word in raw for word in wanted):
                path = Path(folder, name).relative_to(top).as_posix()
                yield path, uncommented(raw.decode("utf-8", "replace"))


def uncommented(text: str) -> str:
    """Code without its comments; strings stay."""
    return _COMMENT.sub(lambda match: match[1] or "", text)


def matched(top: Path, patterns: Sequence[str]) -> list[str]:
    """The files inside the project that the patterns of a config name; a folder stands for what is in it."""
    found: dict[str, None] = {}
    for pattern in patterns:
        plain = os.path.normpath(pattern.removeprefix("./"))
        if plain.startswith((os.sep, "..")) or len(plain) > 300:
            continue  # nothing outside of the project is read
        if (top / plain).is_dir():
            plain += "/*"
        for path in glob.iglob(plain, root_dir=top, recursive=True):
            if _CODE.fullmatch(path) and len(found) < 500:
                found[path.replace(os.sep, "/")] = None
    return sorted(found)


def text_of(top: Path, path: str) -> str:
    """A file's text without comments; empty if it cannot be read."""
    return uncommented(bounded_text(str(top / path), folders_up(top)[-1]) or "")


def _read(place: str) -> bytes:
    """A file's bytes; none of a link, a pipe, or what is too large."""
    try:
        descriptor = os.open(place, _OPENED)
    except OSError:
        return b""
    try:
        raw = os.read(descriptor, _LARGEST + 1)
    except OSError:  # a folder
        return b""
    finally:
        os.close(descriptor)
    return raw if len(raw) <= _LARGEST else b""

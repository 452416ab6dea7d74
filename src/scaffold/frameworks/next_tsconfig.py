"""Options of somebody else's tsconfig.json that the generated code does not compile under, and the line that helps."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding
from scaffold.support.errors import UserError
from scaffold.support.jsonc import object_of
from scaffold.support.text import printable

FILE: Final = "tsconfig.json"
YEAR: Final = 2022
"""The generated code uses `replaceAll`, `at` and the cause of an error, which that year's library has."""
_DEEPEST: Final = 6
_DEFAULT: Final = ("dom", "dom.iterable", "esnext")


class Obstacle(NamedTuple):
    """An option that has to change: how it is written and in which file, why, and the line for tsconfig.json."""

    said: str
    where: str
    why: str
    line: str

    def __str__(self) -> str:
        return f"{self.where} has {self.said}; {self.why}"


def require(root: Path) -> None:
    """Raises UserError if the generated code cannot compile under an option that the project sets."""
    found = next(_obstacles(root), None)
    if found:
        raise UserError(str(found), f"in `compilerOptions` of {FILE}: {found.line}")


def findings(root: Path) -> list[Finding]:
    """What `doctor` says about options that have to change."""
    return [Finding(f"{one.said} ({one.where})", False, one.line) for one in _obstacles(root)]


def _obstacles(root: Path) -> Iterator[Obstacle]:
    # What is not set, `next dev` and `next build` set themselves.
    options = _options(installed.folders_up(root), FILE)
    if "lib" in options:
        value, where = options["lib"]
        words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
        if words and not _is_new(words):
            kept = [word for word in words if not re.fullmatch(r"(?i)es\d+", word)]
            yield Obstacle(
                _said("lib", value),
                where,
                f"the generated code needs the library of ES{YEAR} or newer, whatever `target` is",
                _line("lib", [*kept, f"es{YEAR}"] if kept else [*_DEFAULT]),
            )
    name = "moduleResolution" if "moduleResolution" in options else "module"
    value, where = options.get(name, ("", ""))
    if isinstance(value, str) and re.fullmatch(r"(?i)node(?:\d\d|next)", value):
        yield Obstacle(
            _said(name, value),
            where,
            "the generated code imports its files without their endings",
            f"{_line('module', 'esnext')}, {_line('moduleResolution', 'bundler')}",
        )
    value, where = options.get("isolatedDeclarations", (False, ""))
    if value is True:
        yield Obstacle(
            _said("isolatedDeclarations", value),
            where,
            "the generated code leaves types of what it exports to the compiler",
            _line("isolatedDeclarations", False),
        )


def _is_new(words: list[str]) -> bool:
    """Whether a list of libraries has what we use; a list of parts of newer ones is believed."""
    years = [int(year[1]) for word in words if (year := re.match(r"(?i)es(\d{4})", word))]
    return max(years, default=0) >= YEAR or any(word.lower().startswith("esnext") for word in words)


def _options(folders: list[str], file: str) -> dict[str, tuple[Any, str]]:
    """The compiler's options, each with the file that sets it, as far as files up to the repository's folder say."""
    found: dict[str, tuple[Any, str]] = {}
    left = [(os.path.join(folders[0], file), 0)]
    while left:
        path, depth = left.pop(0)
        data = object_of(installed.bounded_text(path, folders[-1]) or "")
        options = data.get("compilerOptions")
        where = printable(os.path.relpath(path, folders[0]))
        for name, value in options.items() if isinstance(options, dict) else ():
            found.setdefault(name, (value, where))
        if depth < _DEEPEST:
            bases = data.get("extends")
            names = bases if isinstance(bases, list) else [bases]
            # The last one in the list counts most, and all of them less than the file itself.
            left[:0] = [
                (base, depth + 1)
                for name in reversed(names[:_DEEPEST])
                if isinstance(name, str) and (base := _base(path, name, folders))
            ]
    return found


def _base(path: str, name: str, folders: list[str]) -> str | None:
    """The file that `extends` means, beside the one that says so or in `node_modules`."""
    if "\0" in name:
        return None
    if name.startswith("."):
        places = [os.path.join(os.path.dirname(path), name)]
    else:
        places = [os.path.join(folder, "node_modules", name) for folder in folders]
    for place in places:
        for one in (place, f"{place}.json", os.path.join(place, FILE)):
            if os.path.isfile(one):
                return os.path.normpath(one)
    return None


def _said(name: str, value: Any) -> str:
    return f"`{printable(_line(name, value))[:120]}`"


def _line(name: str, value: Any) -> str:
    return f"{json.dumps(name)}: {json.dumps(value)}"

"""Modules of a Next.js project, read as text: where an import leads, and how our code would import a file."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.jsonc import read_object
from scaffold.support.project_files import NOT_SOURCE, ProjectFiles

_BIGGEST: Final = 200_000
"""Bytes. A larger file is not read."""

_MOST: Final = 5000
"""So many folders are looked through."""

_ENDINGS: Final = (".ts", ".tsx", ".js", ".jsx", ".mjs")
# What is not closed ends with its line or the file: to look for an end again and again would take for ever.
_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?"
_TOKEN: Final = re.compile(rf"(?P<string>{_STRING})|//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_API: Final = "lib/api"
"""The folder of our code that imports from theirs, below the source."""

_LIST: Final = re.compile(r"^export\s*\{([^}]*)\}(?!\s*from)", re.MULTILINE)
_DEFAULT: Final = re.compile(r"^export\s+default\s+([A-Za-z_$][\w$]*)[ \t]*;?[ \t]*$", re.MULTILINE)


class Module(NamedTuple):
    """A file of the project, its text without comments, and how our code imports it."""

    path: str
    code: str
    specifier: str


class Modules:
    """The modules below `root`, whose source folder and import alias are `source` and `alias`."""

    def __init__(self, root: Path, source: str, alias: str) -> None:
        self._root = root
        self._files = ProjectFiles(root)
        self._source, self._alias = "" if source == "." else f"{source}/", alias

    def at(self, specifier: str) -> Module | None:
        """The module of an import, or of a path from the project's folder; None for a package, or if there is none."""
        for base in self._places(specifier):
            bare = base.removesuffix(os.path.splitext(base)[1])
            same = [base] if base.endswith(_ENDINGS) and bare != base else []
            for path in (
                *same,
                *(f"{base}{ending}" for ending in _ENDINGS),
                *(f"{base}/index{ending}" for ending in _ENDINGS),
            ):
                code = self.code(path)
                if code is not None:
                    return Module(path, code, self.specifier(path))
        return None

    def like(self, words: re.Pattern[str], most: int) -> Iterator[Module]:
        """The modules whose path has one of the words; at most so many."""
        paths = (path for path in self._paths() if words.search(path))
        for path in islice(paths, most):
            code = self.code(path)
            if code is not None:
                yield Module(path, code, self.specifier(path))

    def in_source(self, path: str) -> str | None:
        """As `code`, for a path below the source folder."""
        return self.code(f"{self._source}{path}")

    def code(self, path: str) -> str | None:
        """The text of a file without its comments; None if there is none to be read."""
        try:
            if os.path.getsize(self._root / path) > _BIGGEST:
                return None
            raw = self._files.read(path)
        except (OSError, ValueError, UserError):
            return None
        if raw is None:
            return None
        return _TOKEN.sub(lambda match: match["string"] or " ", raw.decode("utf-8", "replace"))

    def specifier(self, path: str) -> str:
        """How our code imports the file."""
        bare = path.removesuffix(os.path.splitext(path)[1])
        # `./index` and what is beside it are one module to an import; `.` alone is not.
        bare = bare.removesuffix("/index")
        if self._alias and path.startswith(self._source):
            return f"{self._alias}{bare.removeprefix(self._source)}"
        return posixpath.relpath(bare, f"{self._source}{_API}")

    def _places(self, specifier: str) -> Iterator[str]:
        """Where an import may lead, as paths from the root."""
        if self._alias and specifier.startswith(self._alias):
            yield from _inside(f"{self._source}{specifier.removeprefix(self._alias)}")
        for pattern, target in self._aliases():
            if specifier.startswith(pattern):
                yield from _inside(f"{target}{specifier.removeprefix(pattern)}")
        yield from _inside(specifier)
        # As our code has it, where the project has no alias.
        yield from _inside(f"{self._source}{_API}/{specifier}")

    def _aliases(self) -> Iterator[tuple[str, str]]:
        try:
            options: Any = read_object(self._root / "tsconfig.json").get("compilerOptions")
        except UserError:
            return
        paths = options.get("paths") if isinstance(options, dict) else None
        base = options.get("baseUrl", ".") if isinstance(options, dict) else "."
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            for target in targets if isinstance(targets, list) else ():
                if isinstance(target, str) and pattern.endswith("*") and target.endswith("*"):
                    yield pattern[:-1], f"{base}/{target[:-1]}"

    def _paths(self) -> Iterator[str]:
        start = len(os.path.join(self._root, ""))
        for place, folders, files in islice(os.walk(self._root), _MOST):
            folders[:] = sorted(
                name for name in folders if name not in NOT_SOURCE and not name.startswith(".")
            )
            inside = place[start:].replace(os.sep, "/")
            for name in sorted(files):
                if name.endswith(_ENDINGS) and not name.endswith(".d.ts"):
                    yield f"{inside}/{name}" if inside else name


def exported(text: str, made: Mapping[str, bool], call: str) -> list[str]:
    """The names under which a module exports what it made; `default` only if there is no other.

    `made` says of each name whether its declaration exports it, `call` is a pattern of what makes one in its place.
    """
    names = [name for name, is_exported in made.items() if is_exported]
    for listed in _LIST.findall(text):
        for item in listed.split(","):
            name, _, other = (word.strip() for word in item.partition(" as "))
            if name in made and (other or name) not in names:
                names.append(other or name)
    if names:
        return names
    by_default = _DEFAULT.search(text)
    is_default = by_default and by_default[1] in made
    if is_default or re.search(rf"^export\s+default\s+{call}", text, re.MULTILINE):
        return ["default"]
    return []


def _inside(path: str) -> Iterator[str]:
    normal = posixpath.normpath(path)
    if not normal.startswith(("../", "/")) and normal not in (".", ".."):
        yield normal

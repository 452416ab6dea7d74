"""Where an import goes among those of the user's module: in the order of isort and of Ruff's `I`."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

_FUTURE, _STANDARD, _OTHERS, _OWN, _RELATIVE = range(5)
_FOLDERS: Final = ("", "src")
"""Where both look for modules of the project's own, unless they are told otherwise."""


class Place(NamedTuple):
    """After which line the import goes, with how many blank lines above and below it."""

    line: int
    above: int = 0
    below: int = 0


def own_modules(root: Path) -> frozenset[str]:
    """Names of the modules and packages that are the project's own."""
    found: set[str] = set()
    for folder in _FOLDERS:
        try:
            names = os.listdir(root / folder)
        except OSError:
            continue
        found |= {name for name in names if name.isidentifier() and (root / folder / name).is_dir()}
        found |= {name[:-3] for name in names if name.endswith(".py")}
    return frozenset(found)


def place_of(
    package: str, imports: Sequence[ast.stmt], lines: Sequence[str], own: Collection[str]
) -> Place:
    """The place of `from <package> import …` among imports that follow each other."""
    group = [one for one in imports if isinstance(one, ast.Import | ast.ImportFrom)]
    top = package.partition(".")[0]
    own = {*own, top} if top in own or not _with_others(top, group, lines) else own
    sections = [_section(one, own) for one in group]
    pairs = list(zip(group, group[1:], sections, sections[1:], strict=False))
    # `import b` stands behind `from a import c` where the two kinds are sorted as one.
    mixed = any(
        first == second and isinstance(a, ast.ImportFrom) and isinstance(b, ast.Import)
        for a, b, first, second in pairs
    )
    apart = [_is_apart(a, b, lines) for a, b, first, second in pairs if first != second]
    blank = int(all(apart))
    section = _section(ast.parse(f"from {package} import a").body[0], own)
    key = (section, not mixed, package.lower())
    before = [
        at
        for at, (one, found) in enumerate(zip(group, sections, strict=True))
        if (found, isinstance(one, ast.ImportFrom) and not mixed, _module(one)) <= key
    ]
    if not before:
        return Place(group[0].lineno - 1, 0, blank if sections[0] != section else 0)
    at = before[-1]
    line = group[at].end_lineno or group[at].lineno
    above = blank if sections[at] != section else 0
    if at + 1 == len(group):
        return Place(line, above)
    if sections[at + 1] == section and above:
        while line < len(lines) and not lines[line].strip():
            line, above = line + 1, 0
        # The comment of an import keeps its distance to the import above it.
        return Place(line, above, int(line < len(lines) and lines[line].startswith("#")))
    below = blank if sections[at + 1] != section else 0
    return Place(line, above, below and not _is_apart(group[at], group[at + 1], lines))


def _section(statement: ast.stmt, own: Collection[str]) -> int:
    if isinstance(statement, ast.ImportFrom) and statement.level:
        return _RELATIVE
    top = _module(statement).partition(".")[0]
    names = {name.lower() for name in own}
    if top == "__future__":
        return _FUTURE
    if top in names:
        return _OWN
    return _STANDARD if top in sys.stdlib_module_names else _OTHERS


def _module(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import):
        return statement.names[0].name.lower()
    assert isinstance(statement, ast.ImportFrom)
    return (statement.module or "").lower()


def _with_others(top: str, group: Sequence[ast.stmt], lines: Sequence[str]) -> bool:
    """Whether their imports of that package stand among those of other people's packages."""
    kinds = [_module(one).partition(".")[0] == top for one in group]
    return any(
        kinds[at] != kinds[at + 1]
        and not _is_apart(group[at], group[at + 1], lines)
        and {_section(group[at], ()), _section(group[at + 1], ())} == {_OTHERS}
        for at in range(len(group) - 1)
    )


def _is_apart(a: ast.stmt, b: ast.stmt, lines: Sequence[str]) -> bool:
    """Whether there is a blank line between two statements."""
    return any(not line.strip() for line in lines[(a.end_lineno or a.lineno) : b.lineno - 1])

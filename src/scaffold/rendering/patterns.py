"""Patterns of paths in copier.yml, read as Copier reads them: those of a .gitignore."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from pathspec import PathSpec

from scaffold.support.errors import UserError
from scaffold.support.text import printable

# Each star may try every rest of a name: templates of strangers get few of them.
_STARS: Final = 6
_LENGTH: Final = 300


def matching(patterns: Sequence[str], paths: Iterable[str]) -> set[str]:
    """Those of the paths that one of the patterns matches. Raises UserError if a pattern is too much."""
    for pattern in patterns:
        if len(pattern) > _LENGTH or pattern.count("*") > _STARS:
            raise UserError(
                f"`_skip_if_exists` in the templates' copier.yml has the pattern `{printable(pattern[:60])}`, which is "
                f"longer than {_LENGTH} characters or has more than {_STARS} stars",
                "correct it in the repository of the templates, commit, and tag a version",
            )
    found = PathSpec.from_lines("gitignore", patterns)
    return {path for path in paths if found.match_file(path)}

"""What a user says beside documents, and what the project shows: light to import, because each command does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

FRAMEWORK: Final = "stack.framework"
CHOSEN: Final = "--set"
"""The origin of a framework that the user chose."""
PROJECT_FILES: Final = ("package.json", "pyproject.toml", "requirements.txt", "Pipfile")
"""Files of a project that outrank documents."""
SUFFIXES: Final = (".md", ".mdc", ".txt", ".markdown")


class Fact(NamedTuple):
    """What the project itself shows about a convention, and what shows it."""

    value: str
    source: str


class Choice(NamedTuple):
    """What the user says beside the documents: settings, and whether what is not generated is accepted.

    `facts` are what the project itself shows, `known` what it accepted before.
    """

    settings: Sequence[str] = ()
    accept: bool = False
    facts: Mapping[str, Fact] = {}
    known: Sequence[str] = ()


NOTHING: Final = Choice()


def is_document(style: str | None) -> bool:
    """Whether `--style` names a user's document, or several, separated by commas."""
    if style is None:
        return False
    return "/" in style or "," in style or style.startswith(".") or style.endswith(SUFFIXES)


def find_document(text: str, root: Path) -> Path:
    """A document by its path from here or from the project."""
    return next((path for path in (Path(text), root / text) if path.is_file()), Path(text))

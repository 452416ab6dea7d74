"""The versions that the lock file of a Python project keeps: uv's, Poetry's, PDM's or Pipenv's."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Final

from scaffold.dependencies.version_ranges import Numbers, numbers
from scaffold.frameworks.installed import bounded_text, json_of
from scaffold.support.text import printable

LOCKS: Final = {
    "uv.lock": "uv add",
    "poetry.lock": "poetry add",
    "pdm.lock": "pdm add",
    "Pipfile.lock": "pipenv install",
}
"""Each lock file, and the command that brings another version into it."""

_ENTRY: Final = re.compile(r'\nname = "([^"\n]{1,100})"\r?\nversion = "([^"\n]{1,40})"')
# That of a large project has a megabyte.
_LARGEST: Final = 16_000_000


def lock_of(folders: Sequence[str]) -> str | None:
    """The nearest lock file, in the project's folder or one above it."""
    paths = (f"{folder}/{name}" for folder in folders for name in LOCKS)
    return next((path for path in paths if os.path.lexists(path)), None)


def locked(folders: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Of the lock file: package → its version, and the file; empty if there is none that we can read."""
    path = lock_of(folders)
    if path is None:
        return {}
    where = os.path.relpath(path, folders[0])
    found: dict[str, tuple[Numbers, str]] = {}
    for package, text in _entries(path, folders[-1]):
        version, package = numbers(text), re.sub(r"[-_.]+", "-", package).lower()
        # Several, if that depends on the Python: the highest is that of the newest one.
        if version and (package not in found or found[package][0] < version):
            found[package] = version, printable(text)
    return {package: (text, where) for package, (_, text) in found.items()}


def _entries(path: str, top: str) -> Iterator[tuple[str, str]]:
    if not path.endswith("Pipfile.lock"):
        for match in _ENTRY.finditer(bounded_text(path, top, _LARGEST) or ""):
            yield match[1], match[2]
        return
    data = json_of(path, top)
    for group in ("default", "develop"):
        packages = data.get(group)
        for package, entry in packages.items() if isinstance(packages, dict) else ():
            version = entry.get("version") if isinstance(entry, dict) else None
            if isinstance(version, str):
                yield package, version.removeprefix("==")[:40]

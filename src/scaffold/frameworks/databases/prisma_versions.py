"""Which Prisma somebody else's project has, and which versions of its packages fit that."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from scaffold.dependencies.version_ranges import Bounds, Numbers, npm_bounds, numbers
from scaffold.frameworks import installed

_SAME: Final = ("@prisma/client", "prisma", "@prisma/adapter-pg", "@prisma/driver-adapter-utils")
"""Packages that have one version, those first that tell which."""
_SEVEN: Final = (7, 0, 0)
_RELEASE: Final = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)
_WASM: Final = "@prisma/schema-engine-wasm"
_NEWEST: Final = "6.19.3"
# The newest first.
_ENGINES: Final = {
    "6.19.3": "7.1.1-3.c2990dca591cba766e3b7ef5d9e8a84796e47ab7",
    "6.19.2": "7.1.1-3.c2990dca591cba766e3b7ef5d9e8a84796e47ab7",
    "6.19.1": "7.1.1-3.c2990dca591cba766e3b7ef5d9e8a84796e47ab7",
    "6.19.0": "6.19.0-26.2ba551f319ab1df4bc874a89965d8b3641056773",
    "6.18.0": "6.18.0-8.34b5a692b7bd79939a9a2c3ef97d816e749cda2f",
    "6.17.1": "6.17.1-1.272a37d34178c2894197e17273bf937f25acdeac",
    "6.17.0": "6.17.0-16.c0aafc03b8ef6cdced8654b9a817999e02457d6a",
    "6.16.3": "6.16.1-1.bb420e667c1820a8c05a38023385f6cc7ef8e83a",
    "6.16.2": "6.16.0-7.1c57fdcd7e44b29b9313256c76699e91c3ac3c43",
    "6.16.1": "6.16.0-7.1c57fdcd7e44b29b9313256c76699e91c3ac3c43",
    "6.16.0": "6.16.0-7.1c57fdcd7e44b29b9313256c76699e91c3ac3c43",
}
"""Of each Prisma 6 that we can use, the schema engine of the same commit."""


def is_six(root: Path) -> bool:
    """Whether it is Prisma 6 or older: what is installed decides, else what package.json asks for."""
    bounds = next((one for _, one in _seen(root)), None)
    return bounds is not None and bounds.below is not None and bounds.below <= _SEVEN


def fitted(root: Path, wanted: str) -> str:
    """Our package.json for Prisma 6 with the version of it that *they* have: an adapter has to be its client's."""
    if f'"{_WASM}": "{_ENGINES[_NEWEST]}"' not in wanted:
        return wanted
    version = _version(root)
    same = "|".join(map(re.escape, _SAME))
    wanted = re.sub(rf'("(?:{same})": )"[^"]*"', rf'\g<1>"{version}"', wanted)
    return re.sub(rf'("{_WASM}": )"[^"]*"', rf'\g<1>"{_engine(version)}"', wanted)


def _version(root: Path) -> str:
    """The version that is installed, or else the newest that package.json allows."""
    said, bounds = next(_seen(root), ("", None))
    if _RELEASE.fullmatch(said):
        return said
    known = [one for one in _ENGINES if bounds and _is_within(numbers(one) or _SEVEN, bounds)]
    return known[0] if known else _NEWEST


def _engine(version: str) -> str:
    """The schema engine of that version, or of the last one that is known before it."""
    wanted = numbers(version) or _SEVEN
    known = [one for one in _ENGINES if (numbers(one) or _SEVEN) <= wanted]
    return _ENGINES[known[0] if known else _NEWEST]


def _is_within(version: Numbers, bounds: Bounds) -> bool:
    return bounds.lowest <= version and (bounds.below is None or version < bounds.below)


def _seen(root: Path) -> Iterator[tuple[str, Bounds]]:
    """Versions that are installed, then ranges of package.json, where they are versions."""
    folders = installed.folders_up(root)
    package = installed.json_of(os.path.join(folders[0], "package.json"), folders[-1])
    sections = [package.get(name) for name in ("dependencies", "devDependencies")]
    named: dict[str, Any] = {}
    for section in sections:
        named |= section if isinstance(section, dict) else {}
    for name in _SAME[:2]:
        there = installed.node_version(folders, name) if name in named else None
        version = numbers(there[0]) if there else None
        if there and version:
            yield there[0], installed.exactly(version)
    for name in _SAME[:2]:
        bounds = npm_bounds(named[name], name) if isinstance(named.get(name), str) else None
        if bounds is not None:
            yield named[name], bounds

"""The versions that the lock file of a JavaScript project keeps: npm's, pnpm's, Yarn's or bun's."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from scaffold.dependencies.version_ranges import npm_bounds, numbers
from scaffold.frameworks.installed import bounded_text, json_of
from scaffold.frameworks.package_managers import NodeProject
from scaffold.support.text import printable

# That of a large workspace has some megabytes.
_LARGEST: Final = 16_000_000
_VERSION: Final = r"(\d[\w.+-]{0,60})"
_YARN_ENTRY: Final = re.compile(rf'^([^ \n#][^\n]*):\n  version:? "?{_VERSION}', re.MULTILINE)


class _Asked(NamedTuple):
    """A package as the project in `path` (from the lock file's folder) asks for it; `member` is what that is called."""

    package: str
    said: str
    path: str
    member: str


def locked(project: NodeProject, named: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Of the packages that package.json names with a range: the version in the lock file, and that file.

    What a range no longer allows is left out: the next install changes it.
    """
    root, top = str(project.root), str(project.home)
    for folder in dict.fromkeys((str(project.home), root)):
        for name in _FILES[project.manager.name]:
            text = bounded_text(os.path.join(folder, name), top, _LARGEST)
            if text is not None:
                break
        else:
            continue
        where = printable(os.path.relpath(os.path.join(folder, name), root))
        path = os.path.relpath(root, folder)
        member = json_of(os.path.join(root, "package.json"), top).get("name")
        member = member if isinstance(member, str) else ""
        text = text.replace("\r\n", "\n")
        if name == "pnpm-lock.yaml":
            text = _of_importer(text, path)
        found = {}
        for package, said in named.items():
            version = _READ[name](text, _Asked(package, said, path, member))
            if version and _allows(said, version):
                found[package] = printable(version), where
        return found
    return {}


def _allows(said: str, version: str) -> bool:
    """Whether the range allows the version; one that cannot be read (`catalog:`) may."""
    bounds, known = npm_bounds(said), numbers(version)
    if known is None:
        return False
    if bounds is None:
        return True
    return bounds.lowest <= known and (bounds.below is None or known < bounds.below)


def _npm(text: str, asked: _Asked) -> str | None:
    """`"node_modules/zod": {"version": "3.25.76"`, or that of the member, which comes first."""
    places = [f"node_modules/{asked.package}"]
    if asked.path != ".":
        places.insert(0, f"{asked.path}/{places[0]}")
    return _first(
        text, (rf'"{re.escape(place)}": *\{{\s*"version": *"{_VERSION}"' for place in places)
    )


def _pnpm(text: str, asked: _Asked) -> str | None:
    name = re.escape(asked.package)
    entry = (
        rf"\n( +)['\"]?{name}['\"]?:\n\1  specifier: [^\n]*\n\1  version: ['\"]?(\d[\w.+-]{{0,60}})"
    )
    match = re.search(entry, text)
    return match[2] if match else None


def _of_importer(text: str, path: str) -> str:
    """What a lock file of pnpm says of one project; all of it before there were `importers`."""
    if not re.search(r"^importers:", text, re.MULTILINE):
        return text if path == "." else ""
    start = re.search(rf"^  ['\"]?{re.escape(path)}['\"]?:$", text, re.MULTILINE)
    if start is None:
        return ""
    end = re.compile(r"^ {0,2}\S", re.MULTILINE).search(text, start.end())
    return text[start.end() : end.start() if end else None]


def _yarn(text: str, asked: _Asked) -> str | None:
    """`zod@^3.24.1, zod@^3.25.0:` and the version below it; the newer Yarn writes `zod@npm:^3.24.1`."""
    wanted = {f"{asked.package}@{asked.said}", f"{asked.package}@npm:{asked.said}"}
    for entry in _YARN_ENTRY.finditer(text):
        if asked.package in entry[1] and wanted & {
            one.strip('"') for one in re.split(", *", entry[1])
        }:
            return entry[2]
    return None


def _bun(text: str, asked: _Asked) -> str | None:
    """`"zod": ["zod@3.25.76", …`, or that of the member, `"web/zod"`."""
    name = re.escape(asked.package)
    keys = [f"{re.escape(asked.member)}/{name}"] if asked.member else []
    return _first(text, (rf'^ +"{key}": \["{name}@{_VERSION}"' for key in (*keys, name)))


def _first(text: str, patterns: Iterable[str]) -> str | None:
    for pattern in patterns:
        match = re.search(pattern, text, re.MULTILINE)
        if match:
            return str(match[1])
    return None


_READ: Final[Mapping[str, Callable[[str, _Asked], str | None]]] = {
    "package-lock.json": _npm,
    "npm-shrinkwrap.json": _npm,
    "pnpm-lock.yaml": _pnpm,
    "yarn.lock": _yarn,
    "bun.lock": _bun,
}
_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "npm": ("npm-shrinkwrap.json", "package-lock.json"),
    "pnpm": ("pnpm-lock.yaml",),
    "yarn": ("yarn.lock",),
    "bun": ("bun.lock",),
}

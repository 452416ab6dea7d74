"""The members of a workspace that an app uses, such as `packages/db`: their folders, and how the app imports a file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks.installed import bounded_text, folders_up, json_of
from scaffold.frameworks.package_managers import members, node_project

_SECTIONS: Final = ("dependencies", "devDependencies")
_MOST: Final = 200
_DEEPEST: Final = 5
_ENDING: Final = re.compile(r"(?:\.d)?\.[cm]?[jt]sx?\Z")
_BUILT: Final = re.compile(r"^(?:dist|build|lib|out)/")
_PASSED_ON: Final = re.compile(
    r"""\bexport\s*(?:\*|\{(?P<names>[^}]*)\})\s*from\s*["'](?P<module>\.[^"'\n]*)["']"""
)


class Member(NamedTuple):
    """A member: its folder, its name, and what asks for it; `is_direct` is whether the app itself does."""

    folder: Path
    package: str
    asked: str
    is_direct: bool = True

    def asks(self, dependency: str) -> str | None:
        """What its package.json says of a dependency: a range, `catalog:`; None if it names none of that name."""
        return next(
            (named[dependency] for named in _named(self.folder) if dependency in named), None
        )

    def imports(self, path: str, name: str) -> str | None:
        """How others import `name` from that file of the member; None if its package.json does not let them."""
        for entry, target in sorted(_entries(self.folder), key=lambda one: len(one[0])):
            inside = _within(target, path)
            if inside is not None and ("*" in target or "*" not in entry):
                return self.package + entry.replace("*", inside)
        for entry, target in _entries(self.folder):
            if "*" not in target and _passes_on(self.folder, target, path, name):
                return self.package + entry
        return None


def used_by(root: Path) -> list[Member]:
    """The members that the app in `root` depends on, then those that these depend on; none outside of a workspace."""
    project = node_project(root)
    if project.home == project.root:
        return []
    home = project.home.resolve()
    folders: dict[str, Path] = {}
    for folder in islice(members(project.home), _MOST):
        real = folder.resolve()
        name = json_of(str(real / "package.json"), str(home)).get("name")
        if isinstance(name, str) and real.is_relative_to(home) and real != project.root:
            folders.setdefault(name, real)
    found: dict[str, Member] = {}
    left = [project.root]
    while left:
        place = left.pop(0)
        for name, asked in (one for named in _named(place) for one in named.items()):
            if name in folders and name not in found:
                found[name] = Member(folders[name], name, asked, place == project.root)
                left.append(folders[name])
    return list(found.values())


def _named(folder: Path) -> Iterator[Mapping[str, str]]:
    package = json_of(str(folder / "package.json"), folders_up(folder)[-1])
    for section in _SECTIONS:
        named = package.get(section)
        if isinstance(named, dict):
            yield {key: value for key, value in named.items() if isinstance(value, str)}


def _entries(folder: Path) -> Iterator[tuple[str, str]]:
    """What others may import, as the part after the package's name (`/client`), and the file that it leads to."""
    package = json_of(str(folder / "package.json"), folders_up(folder)[-1])
    exports = package.get("exports")
    if exports is None:
        for key in ("types", "module", "main"):
            if isinstance(package.get(key), str):
                yield "", posixpath.normpath(package[key])
        yield from (("", "index"), ("", "src/index"))
        return
    if not isinstance(exports, dict) or not all(key.startswith(".") for key in exports):
        exports = {".": exports}
    for key, value in islice(exports.items(), _MOST):
        for target in _targets(value):
            yield key[1:], posixpath.normpath(target)


def _targets(value: Any, deep: int = 0) -> Iterator[str]:
    """The files that an entry may lead to: the values of all conditions."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and deep < _DEEPEST:
        for one in value.values():
            yield from _targets(one, deep + 1)


def _within(target: str, path: str) -> str | None:
    """What a target's `*` stands for if it leads to the file, also by way of what is built from it; None if not."""
    bare = _ENDING.sub("", path)
    for wanted in (target, _BUILT.sub("src/", target), _BUILT.sub("", target)):
        before, star, after = _ENDING.sub("", wanted).partition("*")
        if star and bare.startswith(before) and bare.endswith(after):
            inside = bare[len(before) : len(bare) - len(after)]
            if inside:
                return inside
        elif not star and before in (bare, bare.removesuffix("/index")):
            return ""
    return None


def _passes_on(folder: Path, entry: str, path: str, name: str, deep: int = 0) -> bool:
    """Whether the module of an entry passes the file's `name` on: `export * from './client'`."""
    bare, wanted = _ENDING.sub("", entry), _ENDING.sub("", path)
    top = folders_up(folder)[-1]
    places = [bare, _BUILT.sub("src/", bare)]
    for place in (f"{one}{end}" for one in places for end in (".ts", "/index.ts", ".tsx", ".js")):
        text = bounded_text(str(folder / place), top)
        if text is None:
            continue
        for match in _PASSED_ON.finditer(text):
            inside = posixpath.normpath(posixpath.join(posixpath.dirname(place), match["module"]))
            inside = _ENDING.sub("", inside)
            listed = match["names"]
            if listed is not None and not re.search(
                rf"(?:^|[\s,]){re.escape(name)}\s*(?:,|$)", listed
            ):
                continue
            if inside in (wanted, wanted.removesuffix("/index")):
                return True
            further = deep < _DEEPEST and not inside.startswith("..")
            if further and _passes_on(folder, inside, path, name, deep + 1):
                return True
        return False
    return False

"""What a project of somebody else's has installed, or asks for, against what the generated code needs.

Read at each command and never stored. What is on the disk decides, else the lock file, else the range of the project's
own file.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.dependencies.version_ranges import Bounds, Numbers, numbers
from scaffold.frameworks.base import Finding, Values
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_LARGEST: Final = 1_000_000


class Need(NamedTuple):
    """A package of the user's that the generated code runs on: from `lowest`, and `below` another one.

    `when` are conventions, as `group.key` and value, that make us use it. With `unnamed` it counts even if no
    file of the project names it, because something else that they have needs the old one.
    """

    package: str
    lowest: str
    why: str
    below: str = ""
    when: tuple[tuple[str, str | bool], ...] = ()
    unnamed: bool = False

    def applies(self, values: Values | None) -> bool:
        """Whether a project with those conventions uses it; without them, whether every project does."""
        if values is None:
            return not self.when
        return all(
            values.get(key.partition(".")[0], {}).get(key.partition(".")[2]) == value
            for key, value in self.when
        )

    def admits(self, bounds: Bounds) -> bool:
        """Whether some version within the bounds is one that we can use."""
        lowest, below = numbers(self.lowest), numbers(self.below) if self.below else None
        too_old = lowest is not None and bounds.below is not None and bounds.below <= lowest
        return not too_old and not (below is not None and bounds.lowest >= below)

    @property
    def allowed(self) -> str:
        """The versions in words."""
        return f"{self.lowest} or newer" + (f", below {self.below}" if self.below else "")


class Seen(NamedTuple):
    """What a project says about a package: a version or a range as it is written, and where; empty is any version."""

    package: str
    said: str
    bounds: Bounds | None
    where: str
    installed: bool = False
    dev: bool = False
    named: bool = True


class Wrong(NamedTuple):
    """A package that cannot run the generated code, and what it has to be."""

    need: Need
    seen: Seen

    def __str__(self) -> str:
        seen, need = self.seen, self.need
        said = f"`{seen.said}`" if seen.said else "any version"
        has = f"is {seen.said}" if seen.installed else f"may only be {said}"
        return (
            f"`{need.package}` {has} ({seen.where}); the generated code needs {need.allowed}, "
            f"because {need.why}"
        )


def unfit(needs: Iterable[Need], seen: Sequence[Seen], values: Values | None) -> list[Wrong]:
    """Each package that the conventions make us use and that no command of ours can run on, once."""
    wrong: dict[str, Wrong] = {}
    for need in needs:
        for one in seen:
            counts = one.named or need.unnamed
            if one.package != need.package or not counts or not need.applies(values):
                continue
            if one.bounds is not None and not need.admits(one.bounds):
                known = wrong.get(need.package)
                # Of two needs for one package the higher is what helps.
                if known is None or (numbers(known.need.lowest) or ()) < (
                    numbers(need.lowest) or ()
                ):
                    wrong[need.package] = Wrong(need, known.seen if known else one)
    return list(wrong.values())


def refuse(root: Path, wrong: Sequence[Wrong], command: str) -> None:
    """Raises UserError if a package is unfit; `command` is what helps."""
    if not wrong:
        return
    if len(wrong) == 1:
        raise UserError(str(wrong[0]), command)
    lines = "".join(f"\n  {one}" for one in wrong)
    raise UserError(f"`{root}` cannot run the generated code:{lines}", command)


def refuse_mysql(root: Path, shown_by: str | None, service: str) -> None:
    """Raises UserError if something shows that the project's database is MySQL."""
    for one in mysql_finding(shown_by, service):
        raise UserError(f"`{root}` keeps its data in {one.what}", one.hint)


def mysql_finding(shown_by: str | None, service: str) -> list[Finding]:
    """What `doctor` says about that database."""
    if shown_by is None:
        return []
    what = f"MySQL ({shown_by}); the generated code needs PostgreSQL or SQLite"
    hint = f"make a service of its own beside it: `scaffold new api --style {service}`"
    return [Finding(what, False, hint)]


def findings(
    seen: Sequence[Seen], wrong: Sequence[Wrong], command: Callable[[Sequence[Wrong]], str]
) -> list[Finding]:
    """What `doctor` says: each version with its source, and the `command` that helps if it is not enough."""
    unfit = {one.need.package: one for one in wrong}
    known: dict[str, Seen] = {}
    for one in seen:
        # What is installed comes first, and says more than a range.
        if one.named or one.package in unfit:
            known.setdefault(one.package, one)
    found = []
    for package, one in known.items():
        bad = unfit.get(package)
        hint = f"needs {bad.need.allowed}: {command([bad])}" if bad else ""
        shown = bad.seen if bad else one
        found.append(
            Finding(f"{package} {shown.said or 'any version'} ({shown.where})", bad is None, hint)
        )
    return found


def exactly(version: Numbers) -> Bounds:
    """The bounds of one version."""
    return Bounds(version, (version[0], version[1], version[2] + 1))


def folders_up(root: Path) -> list[str]:
    """The project's folder and those above it, up to the one that git knows; without git it is alone."""
    real = os.path.realpath(root)
    found = [real]
    while not os.path.lexists(os.path.join(found[-1], ".git")):
        above = os.path.dirname(found[-1])
        if above == found[-1]:
            return [real]
        found.append(above)
    return found


def bounded_text(path: str, top: str, largest: int = _LARGEST) -> str | None:
    """A file's text; None if it is none, leads out of `top` or is larger than any that matters."""
    try:
        real = os.path.realpath(path)
        if not f"{real}/".startswith(os.path.join(top, "")):
            return None
        mode = os.stat(real)
        # A named pipe would block for ever.
        if not stat.S_ISREG(mode.st_mode) or mode.st_size > largest:
            return None
        with open(real, "rb") as file:
            return file.read(largest).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None


def json_of(path: str, top: str) -> dict[str, Any]:
    """The object in a JSON file; empty if there is none that we can read."""
    try:
        data = json.loads((bounded_text(path, top) or "").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def node_version(folders: Sequence[str], package: str) -> tuple[str, str] | None:
    """The version in the nearest `node_modules`, and the file that says it, as seen from the project."""
    for folder in folders:
        path = os.path.join(folder, "node_modules", package, "package.json")
        if not os.path.lexists(path):
            continue
        version = json_of(path, folders[-1]).get("version")
        if isinstance(version, str) and numbers(version):
            return printable(version[:40]), os.path.relpath(path, folders[0])
        return None
    return None


def python_versions(folders: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Of the project's virtual environment: package → its version, and the folder that says it."""
    for place in _environments(folders):
        found: dict[str, tuple[str, str]] = {}
        for name in _names(place):
            match = re.fullmatch(r"([A-Za-z0-9._-]+?)-(\d[^-/]{0,40})\.dist-info", name)
            if match is None:
                continue
            package = re.sub(r"[-_.]+", "-", match[1]).lower()
            known = found.get(package)
            # What an installer that was cut off left behind stands beside the newer one.
            if known is None or (numbers(known[0]) or ()) < (numbers(match[2]) or ()):
                found[package] = printable(match[2]), os.path.relpath(place, folders[0])
        if found:
            return found
    return {}


def _environments(folders: Sequence[str]) -> Iterator[str]:
    """Folders `site-packages` in the project or above it, those of the active environment first."""
    active = os.environ.get("VIRTUAL_ENV")
    places = [active] if active else []
    places += [os.path.join(folder, name) for folder in folders for name in (".venv", "venv")]
    for place in places:
        for lib in ("lib", "Lib"):
            base = os.path.join(place, lib)
            inner = [name for name in _names(base) if name.startswith("python")]
            for name in (*sorted(inner, reverse=True), "."):
                packages = os.path.join(base, name, "site-packages")
                real = os.path.realpath(packages)
                if os.path.isdir(real) and real.startswith(os.path.join(folders[-1], "")):
                    yield os.path.normpath(packages)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except (OSError, ValueError):
        return []


def from_here(root: Path, command: str) -> str:
    """The command as it works where the user stands."""
    folder = os.path.relpath(os.path.realpath(root), os.path.realpath(os.curdir))
    return command if folder == "." else f"cd {shlex.quote(folder)} && {command}"

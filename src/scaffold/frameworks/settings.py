"""The settings of our code in a project that scaffold did not make: said, and written into its example file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks.base import History
from scaffold.frameworks.foreign_files import changed, with_note
from scaffold.manifest.host import has_local_stack
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides
from scaffold.support.errors import UserError
from scaffold.support.project_files import FileOnDisk, ProjectFiles
from scaffold.support.text import BOM

EXAMPLE_FILES: Final = (".env.example", ".env.sample", ".env.local.example", ".env.dist")
"""Where projects show their settings; the first one that is there gets ours."""

OWN_FILE: Final = ".env.endpoints"
"""Which file the code reads besides `.env`; its names never meet settings of the project's."""

_OURS: Final = ".env.example"
_LARGEST: Final = 256 * 1024
_SETTING: Final = re.compile(
    r"^[ \t]*(?:#[ \t]*)*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=", re.MULTILINE
)
# Ours are comments: a copy of the file sets nothing that nobody asked for.
_COMMENTED: Final = re.compile(r"^# ([A-Z][A-Z0-9_]*)=", re.MULTILINE)


_UNAVAILABLE: Final = "while one is missing, our endpoints answer 503 and your app goes on"


class _Setting(NamedTuple):
    """A setting with the lines that show it: comments, then `# NAME=value`."""

    name: str
    lines: tuple[str, ...]


def with_settings(
    top: Path,
    sides: Sides,
    plan: Plan,
    without: str,
    strict: Callable[[Path], str | None] = lambda _: None,
) -> Plan:
    """The plan with a note that names each setting that this command brings, and their lines in an example file.

    `without` says what our code does while a needed one is missing. `strict` finds settings of the project that
    refuse names that they do not know: they never meet ours, so no example file shows them.
    """
    needed = _needed(sides.after)
    before = sides.before
    if needed is None or (before and _decides(before) == _decides(sides.after)):
        return plan
    known = (
        {setting.name for setting in _shown(before)} | {*(_needed(before) or ())}
        if before
        else set()
    )
    shown = [setting for setting in _shown(sides.after) if setting.name not in known]
    must = [name for name in needed if name not in known]
    may = [setting.name for setting in shown if setting.name not in needed]
    who = "production needs" if has_local_stack(sides.after.manifest.host) else "the endpoints need"
    if not has_local_stack(sides.after.manifest.host):
        without = _UNAVAILABLE
    said = [f"{who} {', '.join(must)}; {without}"] if must else []
    said += [f"optional: {', '.join(may)}"] if may else []
    if not said:
        return plan
    place = strict(top)
    if place:
        said.append(
            f"give them by the environment or in `{OWN_FILE}` (keep it out of git), never in `.env`: your settings "
            f"({place}) refuse names that they do not know"
        )
    else:
        plan = _added(top, plan, shown)
    return with_note(plan, f"settings: {'; '.join(said)}")


def without_shown(top: Path, before: Side, plan: Plan, history: History) -> Plan:
    """The plan with the lines that commands on record added to an example file taken out of it.

    They go as one piece, as they were written. What the user changed stays, with a note.
    """
    for path in EXAMPLE_FILES:
        disk = _readable(top, path)
        if disk is None or disk.raw is None:
            continue
        text = disk.raw
        for was, became in reversed(history(path)):
            # The first command may also have added the last newline that the file lacked.
            piece = became.removeprefix(was) if became.startswith(was) else b""
            if piece and text.count(piece) == 1:
                text = text.replace(piece, b"")
        ours = {setting.name for setting in _shown(before)}
        left = [
            name for name in _COMMENTED.findall(text.decode("utf-8", "replace")) if name in ours
        ]
        if text != disk.raw:
            plan = changed(plan, path, disk.raw, text.decode(), ())
        if left:
            names = ", ".join(f"`# {name}=`" for name in dict.fromkeys(left))
            plan = with_note(
                plan, f"{path}: {names} may be scaffold's; remove by hand what you do not use"
            )
    return plan


def _decides(side: Side) -> object:
    return side.templates.conventions(side.manifest), side.manifest.host


def _needed(side: Side) -> list[str] | None:
    """What the code cannot run without in production; None for templates that do not say it."""
    found = side.templates.context(side.manifest).get("needed_settings")
    return None if found is None else [*found]


def _shown(side: Side) -> list[_Setting]:
    """What the example file of a whole service with these conventions shows."""
    text = side.templates.text_of_service(side.manifest, _OURS) or ""
    return [setting for part in text.split("\n\n") for setting in _settings(part)]


def _settings(paragraph: str) -> Iterator[_Setting]:
    """The settings of a paragraph; a name that it shows twice keeps its first line."""
    above: list[str] = []
    names = set()
    for line in paragraph.splitlines():
        found = _COMMENTED.match(line)
        if found is None:
            above.append(line)
        elif found[1] not in names:
            names.add(found[1])
            yield _Setting(found[1], (*above, line))
            above = []


def _added(top: Path, plan: Plan, settings: list[_Setting]) -> Plan:
    """The plan with what the project's example file lacks at its end. One that cannot be read is left alone."""
    for path in EXAMPLE_FILES:
        disk = _readable(top, path)
        if disk is None or disk.raw is None or disk.text is None:
            continue
        there = {*_SETTING.findall(disk.text)}
        lacking = [setting for setting in settings if setting.name not in there]
        if not lacking:
            return plan
        lines = [line for setting in lacking for line in setting.lines]
        gap = "" if disk.text in ("", BOM) else "\n" if disk.text.endswith("\n") else "\n\n"
        text = disk.encode("\n".join([disk.text + gap + lines[0], *lines[1:], ""])).decode()
        names = ", ".join(setting.name for setting in lacking)
        return changed(plan, path, disk.raw, text, (f"shows {names}, as comments",))
    return plan


def _readable(top: Path, path: str) -> FileOnDisk | None:
    """A file of the project's own; None for a link, or what is too large or not to be read."""
    place = top / path
    try:
        if place.is_symlink() or not place.is_file() or os.path.getsize(place) > _LARGEST:
            return None
        return ProjectFiles(top).disk(path)
    except (OSError, UserError):
        return None

"""Where a plan's paths and files meet those of somebody else's FastAPI application."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi.routes import Found, routes_of
from scaffold.frameworks.taken import new_urls, prefix_of, require_free_files, way_out
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Sides
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable

_COLLECTION: Final = frozenset({"GET", "POST"})
_ITEM: Final = frozenset({"GET", "PUT", "PATCH", "DELETE"})
_ACCOUNTS: Final = "auth/routes.py"
_DECORATOR: Final = re.compile(r"^@router\.(\w+)\(\s*\"([^\"]*)\"", re.MULTILINE)
_EVERY: Final = re.compile(r"/?\{\w+:path\}")
_MOST: Final = 3


def conflicts(
    top: Path, sides: Sides, plan: Plan, application: Application | None
) -> tuple[str, ...]:
    """Sentences about what could not be compared. Raises UserError for a path of ours that is taken."""
    require_free_files(sides, plan)
    ours = list(_ours(sides, plan))
    if not ours:
        return ()
    module, variable = _application(top, sides, application)
    if module is None:
        unknown = (
            "their routes were not compared: no module beside our package makes the application"
        )
        return (unknown,)
    source = sides.after.manifest.source
    text, lines = _installed(top, application, sides.after.manifest.alias)
    found = [
        (
            theirs._replace(line=lines.get(theirs.line, theirs.line))
            if theirs.file == module
            else theirs
        )
        for theirs in routes_of(top, module, variable, without=source, text=text)
    ]
    for path, methods in ours:
        for theirs in found:
            # Where our routes are is not always known; the user may have put theirs after them.
            first = theirs.late
            if first is None:
                first = application is None or (theirs.last and theirs.file == module)
            why = _why(theirs, path, methods, first)
            if why:
                raise UserError(
                    f"`{theirs.file}:{theirs.line}` {why} `{printable(theirs.path) or '/'}`, and `{path}` "
                    "would be the endpoint's path",
                    _before_a_catch_all(module) if _takes_all(theirs) else way_out(sides),
                )
    return tuple(_unread(found, [path for path, _ in ours]))


def _ours(sides: Sides, plan: Plan) -> Iterator[tuple[str, frozenset[str]]]:
    for url in new_urls(sides):
        yield url, _COLLECTION
        yield f"{url}/{{id}}", _ITEM
    place = f"{sides.after.manifest.source}/{_ACCOUNTS}".removeprefix("./")
    for change in plan.changes:
        if change.path == place and change.before is None and change.after:
            for method, path in _DECORATOR.findall(change.after.decode()):
                yield f"{prefix_of(sides)}/auth{path}", frozenset({method.upper()})


def _application(
    top: Path, sides: Sides, application: Application | None
) -> tuple[str | None, str | None]:
    """The module that makes the application, and its variable; our package is always beside it."""
    if application:
        return application.module, application.variable
    from scaffold.frameworks.fastapi.install_call import makes_application

    manifest = sides.after.manifest
    folder = manifest.source.rpartition("/")[0]
    files = ProjectFiles(top)
    made = []
    for file in sorted((top / folder).glob("*.py"))[:200]:
        path = file.relative_to(top).as_posix()
        try:
            text = (files.read(path) or b"").decode("utf-8", "replace")
        except UserError:
            continue
        if f"{manifest.alias} import install" in text:
            return path, None
        if makes_application(text):
            made.append(path)
    return (made[0] if len(made) == 1 else None), None


def _why(theirs: Found, path: str, methods: frozenset[str], ours_first: bool) -> str | None:
    """What theirs does at a path of ours, as the words before it; None if both can be."""
    if theirs.opaque or theirs.methods == ("WEBSOCKET",):
        return None
    if theirs.mount:
        if not theirs.path and ours_first:
            return None
        return "mounts" if f"{path}/".startswith(f"{theirs.path}/") else None
    if _shape(theirs.path) == _shape(path):
        return "has"
    if theirs.methods and methods.isdisjoint(theirs.methods):
        return None
    if _EVERY.fullmatch(theirs.path) and ours_first:
        return None
    return "answers before ours with" if _covers(theirs.path, path) else None


def _installed(
    top: Path, application: Application | None, package: str
) -> tuple[str | None, dict[int, int]]:
    """The application's module with our call in it, and which line each of its lines was before."""
    if application is None:
        return None, {}
    from scaffold.frameworks.fastapi.install_call import install

    try:
        text = (ProjectFiles(top).read(application.module) or b"").decode()
    except (UserError, UnicodeDecodeError):
        return None, {}
    result = install(text, package, application.variable).text
    before = text.splitlines()
    lines: dict[int, int] = {}
    for number, line in enumerate(result.splitlines(), 1):
        if len(lines) < len(before) and line == before[len(lines)]:
            lines[number] = len(lines) + 1
    return result, lines


def _takes_all(theirs: Found) -> bool:
    return (theirs.mount and not theirs.path) or _EVERY.match(theirs.path) is not None


def _before_a_catch_all(module: str) -> str:
    return (
        f"make it a route of the application itself, with its path in the call, in `{module}`: `install` goes "
        "before such a route, but not before a router or a function that adds one"
    )


def _shape(path: str) -> list[str]:
    return [re.sub(r"^\{\w+(?::\w+)?\}$", "{}", part) for part in path.strip("/").split("/")]


def _covers(theirs: str, ours: str) -> bool:
    """Whether a path with parameters takes what `ours` is; one with a converter of numbers does not."""
    left, right = theirs.strip("/").split("/"), ours.strip("/").split("/")
    for at, part in enumerate(left):
        if re.fullmatch(r"\{\w+:path\}", part):
            return True
        if at >= len(right):
            return False
        if part != right[at] and not re.fullmatch(r"\{\w+(?::str)?\}", part):
            return False
    return len(left) == len(right)


def _unread(found: Sequence[Found], ours: Sequence[str]) -> Iterator[str]:
    places: dict[str, None] = {}
    for theirs in found:
        base = theirs.path.rstrip("/")
        if theirs.opaque and any(f"{path}/".startswith(f"{base}/") for path in ours):
            places[f"{theirs.file}:{theirs.line}"] = None
    if places:
        listed = ", ".join(list(places)[:_MOST])
        more = f" and {len(places) - _MOST} more places" if len(places) > _MOST else ""
        yield f"{listed}{more}: which routes this adds cannot be read; if {ours[0]} is one, yours answers"

"""The user's pyproject.toml (or Pipfile): what it names, and additions made to it as text.

Where a change is not certain to work there is none, and the caller says what to add by hand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

from scaffold.dependencies.pep508 import (
    Added,
    Wanted,
    as_poetry,
    from_poetry,
    missing,
    name_of,
    parse,
    python_report,
)
from scaffold.dependencies.toml_text import Keys, get, in_list, in_table, quoted, scan
from scaffold.support.errors import UserError
from scaffold.support.text import dressed_like, plain

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_GROUPS = ("dev", "test", "tests", "testing", "develop", "development")
_POETRY: Keys = ("tool", "poetry")


class _Place(NamedTuple):
    """Where dependencies are: a list of PEP 508 texts, or a table of names and versions."""

    path: Keys
    is_list: bool


def read(text: str, name: str) -> dict[str, Any]:
    """The file as data. Raises UserError, with the line, if it is not TOML."""
    try:
        return tomllib.loads(plain(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"`{name}` is not valid TOML: {error}", "correct the file, then run the command again"
        ) from None


def named(data: Mapping[str, Any]) -> set[str]:
    """Names of all dependencies, those of groups and extras too."""
    return {
        name
        for place in _places(data)
        for requirement in _items(data, place)
        if (name := _name(requirement))
    }


def project_name(data: Mapping[str, Any]) -> str | None:
    """The project's own name."""
    for path in (("project", "name"), (*_POETRY, "name")):
        value = get(data, path)
        if isinstance(value, str):
            return value
    return None


def runtime_place(data: Mapping[str, Any]) -> Keys | None:
    """Where this file keeps what the project needs to run; None if it does not say."""
    place = _runtime(data)
    return place.path if place else None


def dev_place(data: Mapping[str, Any]) -> Keys | None:
    """Where this file keeps what its tests need; None if it has no place for that."""
    place = _dev(data)
    return place.path if place else None


def requirements(data: Mapping[str, Any]) -> list[Requirement]:
    """What this file names, with its range; what the project needs to run outranks a group or an extra."""
    place = _runtime(data)
    found = _items(data, place) if place and get(data, place.path) else []
    names = set(map(_name, found))
    others = (requirement for place in _places(data) for requirement in _items(data, place))
    return found + [requirement for requirement in others if _name(requirement) not in names]


def add(text: str, wanted: Wanted, name: str) -> Added:
    """Adds what is missing; with nothing to add the text is the same, byte for byte.

    `by_hand` holds what has no place here. Raises UserError if the text is not TOML.
    """
    data = read(text, name)
    have = [requirement for place in _places(data) for requirement in _items(data, place)]
    reports, by_hand = list[str](), list[str]()
    older = python_report(_python(data), wanted.python)
    if older:
        reports.append(older)
    for items, place, what in (
        (wanted.runtime, _runtime(data), "dependencies"),
        (wanted.dev, _dev(data), "development dependencies"),
    ):
        absent, differing = missing(have, items)
        reports += differing
        if not absent:
            continue
        able = [
            dependency for dependency in absent if place and not _has_entry(data, place, dependency)
        ]
        changed = _with(text, data, place, tuple(able)) if place and able else None
        if changed is not None:
            text, data = changed, read(changed, name)
            have += [parsed for dependency in able if (parsed := parse(dependency))]
            absent = tuple(dependency for dependency in absent if dependency not in able)
        if absent:
            by_hand.append(
                f"add to the {what}: {', '.join(f'`{dependency}`' for dependency in absent)}"
            )
    return Added(text, tuple(reports), tuple(by_hand))


def _python(data: Mapping[str, Any]) -> str:
    for path in (("project", "requires-python"), (*_POETRY, "dependencies", "python")):
        value = get(data, path)
        if isinstance(value, str):
            return value
    return ""


def _runtime(data: Mapping[str, Any]) -> _Place | None:
    if isinstance(get(data, ("project", "dependencies")), list):
        return _Place(("project", "dependencies"), True)
    tables: tuple[Keys, ...] = ((*_POETRY, "dependencies"), ("packages",))
    for table in tables:
        if isinstance(get(data, table), dict):
            return _Place(table, False)
    project = data.get("project")
    if isinstance(project, dict) and "dependencies" not in project.get("dynamic", ()):
        return _Place(("project", "dependencies"), True)
    return None


def _dev(data: Mapping[str, Any]) -> _Place | None:
    """The group that has pytest, else one whose name suggests it."""
    places = [place for place in _places(data) if _is_dev(place.path)]
    with_pytest = [place for place in places if "pytest" in map(_name, _items(data, place))]
    return next(iter(with_pytest or places), None)


def _is_dev(path: Keys) -> bool:
    group = path[-2] if path[:3] == (*_POETRY, "group") else path[-1]
    return group in (*_GROUPS, "dev-dependencies", "dev-packages")


def _places(data: Mapping[str, Any]) -> Iterator[_Place]:
    """Everywhere that this file names dependencies; development groups in the order of `_GROUPS`."""
    lists: tuple[Keys, ...] = (("project", "dependencies"), ("tool", "uv", "dev-dependencies"))
    for path in lists:
        if isinstance(get(data, path), list):
            yield _Place(path, True)
    tables: list[Keys] = [(*_POETRY, "dependencies"), (*_POETRY, "dev-dependencies")]
    tables += [("packages",), ("dev-packages",)]
    groups = get(data, (*_POETRY, "group"))
    tables += [(*_POETRY, "group", key, "dependencies") for key in _ordered(groups)]
    for path in tables:
        if isinstance(get(data, path), dict):
            yield _Place(path, False)
    sets: tuple[Keys, ...] = (("dependency-groups",), ("project", "optional-dependencies"))
    for path in sets:
        for key in _ordered(get(data, path)):
            if isinstance(get(data, (*path, key)), list):
                yield _Place((*path, key), True)


def _ordered(groups: Any) -> list[str]:
    keys = list(groups) if isinstance(groups, dict) else []
    return sorted(keys, key=lambda key: _GROUPS.index(key) if key in _GROUPS else len(_GROUPS))


def _items(data: Mapping[str, Any], place: _Place) -> list[Requirement]:
    value = get(data, place.path)
    if place.is_list:
        found = [parse(entry) for entry in value if isinstance(entry, str)]
    else:
        found = [from_poetry(key, version) for key, version in value.items() if key != "python"]
    return [requirement for requirement in found if requirement is not None]


def _name(requirement: Requirement) -> str | None:
    return name_of(requirement.name)


def _has_entry(data: Mapping[str, Any], place: _Place, dependency: str) -> bool:
    """Whether a table has that name already: there can be no second entry, and the first is the user's."""
    names = () if place.is_list else map(_name, _items(data, place))
    return name_of(dependency) in names


def _with(text: str, data: dict[str, Any], place: _Place, items: tuple[str, ...]) -> str | None:
    """The text with the items at that place, or None if that is not certain to work."""
    expected = deepcopy(data)
    target = get(expected, place.path[:-1])
    if place.is_list:
        target[place.path[-1]] = [*target.get(place.path[-1], ()), *items]
    else:
        for dependency in items:
            key, value = as_poetry(dependency)
            target[place.path[-1]][key] = tomllib.loads(f"v = {value}")["v"]
    breaks = text.count("\r\n")
    if breaks and breaks != text.count("\n"):
        return None  # two kinds of line endings: which lines have which would be lost
    bare = plain(text)
    try:
        entries = list(scan(bare))
        if not place.is_list:
            lines = [" = ".join(as_poetry(dependency)) for dependency in items]
            changed = in_table(bare, entries, place.path, lines)
        elif any(entry.path == place.path and entry.start >= 0 for entry in entries):
            changed = in_list(bare, entries, place.path, items)
        else:
            block = [
                f"{place.path[-1]} = [",
                *(f"    {quoted(dependency)}," for dependency in items),
                "]",
            ]
            changed = in_table(bare, entries, place.path[:-1], block)
        if changed is None or tomllib.loads(changed) != expected:
            return None
    except (IndexError, ValueError):
        return None
    return dressed_like(changed, text)

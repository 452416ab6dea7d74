"""The user's pyproject.toml (or Pipfile): what it names, and additions made to it as text.

The standard library reads the TOML. For a change a scanner finds the place, and we read the result
again: if it is not what we meant, there is no change and the caller says what to add by hand.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
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
from scaffold.support.errors import UserError
from scaffold.support.text import dressed_like, plain

if TYPE_CHECKING:
    from packaging.requirements import Requirement

Keys = tuple[str, ...]
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
        value = _get(data, path)
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
    found = _items(data, place) if place and _get(data, place.path) else []
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


def extend(text: str, path: Keys, items: Sequence[str]) -> str | None:
    """A TOML text with the items at the end of the list at `path`; None if that is not certain to work.

    The list, or its table, is made where it is missing; everything else stays, byte for byte.
    """
    bare = plain(text)
    try:
        wanted = tomllib.loads(bare)
        entries = [*_scan(bare)]
    except (IndexError, ValueError, RecursionError):
        return None
    *tables, key = path
    target: Any = wanted
    for name in tables:
        target = target.setdefault(name, {}) if isinstance(target, dict) else None
    if not isinstance(target, dict) or not isinstance(target.get(key, []), list):
        return None
    more = ", ".join(map(_quoted, items))
    line = f"{key} = [{more}]"
    entry = next((one for one in entries if one.path == path and one.start >= 0), None)
    made: list[str | None] = []
    if entry is not None and "\n" not in bare[entry.start : entry.end]:
        inside = bare[: entry.end - 1].rstrip(" \t,")
        made += [f"{inside}{'' if inside.endswith('[') else ', '}{more}{bare[entry.end - 1 :]}"]
    elif entry is not None:
        made += [_in_list(bare, entries, path, (*items,))]
    elif not tables:
        made += [f"{line}\n{bare}"]
    else:
        made += [
            _in_table(bare, entries, (*tables,), [line]),
            f"{bare.rstrip()}\n\n[{'.'.join(tables)}]\n{line}\n".lstrip(),
            # Where the table is written by dotted keys.
            _in_table(bare, entries, (*tables[:-1],), [f"{tables[-1]}.{line}"]),
        ]
    target[key] = [*target.get(key, []), *items]
    return next((dressed_like(one, text) for one in made if one and _holds(one, wanted)), None)


def _holds(text: str, data: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == data
    except ValueError:
        return False


def shorten(text: str, path: Keys, items: Sequence[str]) -> str:
    """The text without what `extend` put there; as it is where that is not certain to work."""
    try:
        data = tomllib.loads(plain(text))
        entries = [*_scan(plain(text))]
    except (IndexError, ValueError, RecursionError):
        return text
    bare, have = plain(text), _get(data, path)
    entry = next((one for one in entries if one.path == path and one.start >= 0), None)
    if entry is None or not isinstance(have, list) or not {*items} <= {*map(str, have)}:
        return text
    if len(have) == len(items):
        start, stop = bare.rfind("\n", 0, entry.start) + 1, bare.find("\n", entry.end) + 1
        made = bare[:start] + (bare[stop:] if stop else "")
        header = f"\n[{'.'.join(path[:-1])}]\n"
        if made.endswith(header):
            made = made[: -len(header)]
    else:
        value = bare[entry.start : entry.end]
        for item in items:
            word = rf"[\"']{re.escape(item)}[\"']"
            value = re.sub(
                rf"\n[ \t]*{word},?(?=[ \t]*\n)|,[ \t]*{word}|{word},?[ \t]*", "", value, count=1
            )
        made = bare[: entry.start] + value + bare[entry.end :]
    try:
        left = _get(tomllib.loads(made), path) or []
    except ValueError:
        return text
    return dressed_like(made, text) if left == [one for one in have if one not in items] else text


def _python(data: Mapping[str, Any]) -> str:
    for path in (("project", "requires-python"), (*_POETRY, "dependencies", "python")):
        value = _get(data, path)
        if isinstance(value, str):
            return value
    return ""


def _runtime(data: Mapping[str, Any]) -> _Place | None:
    if isinstance(_get(data, ("project", "dependencies")), list):
        return _Place(("project", "dependencies"), True)
    tables: tuple[Keys, ...] = ((*_POETRY, "dependencies"), ("packages",))
    for table in tables:
        if isinstance(_get(data, table), dict):
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
        if isinstance(_get(data, path), list):
            yield _Place(path, True)
    tables: list[Keys] = [(*_POETRY, "dependencies"), (*_POETRY, "dev-dependencies")]
    tables += [("packages",), ("dev-packages",)]
    groups = _get(data, (*_POETRY, "group"))
    tables += [(*_POETRY, "group", key, "dependencies") for key in _ordered(groups)]
    for path in tables:
        if isinstance(_get(data, path), dict):
            yield _Place(path, False)
    sets: tuple[Keys, ...] = (("dependency-groups",), ("project", "optional-dependencies"))
    for path in sets:
        for key in _ordered(_get(data, path)):
            if isinstance(_get(data, (*path, key)), list):
                yield _Place((*path, key), True)


def _ordered(groups: Any) -> list[str]:
    keys = list(groups) if isinstance(groups, dict) else []
    return sorted(keys, key=lambda key: _GROUPS.index(key) if key in _GROUPS else len(_GROUPS))


def _items(data: Mapping[str, Any], place: _Place) -> list[Requirement]:
    value = _get(data, place.path)
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


def _get(data: Any, path: Keys) -> Any:
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return None
        data = data[key]
    return data


def _with(text: str, data: dict[str, Any], place: _Place, items: tuple[str, ...]) -> str | None:
    """The text with the items at that place, or None if that is not certain to work."""
    expected = deepcopy(data)
    target = _get(expected, place.path[:-1])
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
        entries = list(_scan(bare))
        if not place.is_list:
            lines = [" = ".join(as_poetry(dependency)) for dependency in items]
            changed = _in_table(bare, entries, place.path, lines)
        elif any(entry.path == place.path and entry.start >= 0 for entry in entries):
            changed = _in_list(bare, entries, place.path, items)
        else:
            block = [
                f"{place.path[-1]} = [",
                *(f"    {_quoted(dependency)}," for dependency in items),
                "]",
            ]
            changed = _in_table(bare, entries, place.path[:-1], block)
        if changed is None or tomllib.loads(changed) != expected:
            return None
    except (IndexError, ValueError):
        return None
    return dressed_like(changed, text)


class _Entry(NamedTuple):
    """A header (`start` is -1) or a key with its value, by place in the text; `table` is where it is."""

    path: Keys
    table: Keys
    start: int
    end: int


_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*(\.?)""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}#\n]+")


def _scan(text: str) -> Iterator[_Entry]:
    """Headers, and keys with their values, of a text that is known to be TOML."""
    table: Keys = ()
    at = 0
    while (at := _skip(text, at)) < len(text):
        if text[at] == "[":
            double = text.startswith("[[", at)
            table, stop = _key(text, at + 1 + double)
            at = stop + 1 + double
            yield _Entry(table, table, -1, at)
        else:
            key, stop = _key(text, at)
            start = stop + 1 + len(text[stop + 1 :]) - len(text[stop + 1 :].lstrip(" \t"))
            at = _value(text, start)
            yield _Entry((*table, *key), table, start, at)


def _skip(text: str, at: int) -> int:
    return _SKIP.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string too


def _key(text: str, at: int) -> tuple[Keys, int]:
    parts: list[str] = []
    while match := _KEY.match(text, at):
        parts.append(match[1] or match[2] or match[3] or "")
        at = match.end()
        if not match[4]:
            break
    return tuple(parts), at


def _value(text: str, at: int) -> int:
    """The end of the value that begins at `at`."""
    if text[at] in "[{":
        at = _skip(text, at + 1)
        while text[at] not in "]}":
            # Skips a key of an inline table as if it were a value too.
            at = _value(text, at)
            at = _skip(text, at)
            if text[at] in ",=":
                at = _skip(text, at + 1)
        return at + 1
    string = _STRING.match(text, at)
    if string:
        return string.end()
    bare = _BARE.match(text, at)
    if bare is None:
        raise ValueError(f"no value at {at}")
    value = bare[0].split("=")[0] if "=" in bare[0] else bare[0]
    return at + len(value.rstrip())


def _in_table(text: str, entries: list[_Entry], path: Keys, lines: list[str]) -> str | None:
    """Puts lines after the last entry of a table that has a header."""
    own = [entry for entry in entries if entry.table == path]
    if not own or own[0].start >= 0:
        return None
    stop = text.find("\n", own[-1].end)
    head, tail = (text + "\n", "") if stop < 0 else (text[: stop + 1], text[stop + 1 :])
    return head + "".join(f"{line}\n" for line in lines) + tail


def _in_list(text: str, entries: list[_Entry], path: Keys, items: tuple[str, ...]) -> str | None:
    """Puts items after the last one of a list, whose own text stays as it is."""
    entry = next(entry for entry in entries if entry.path == path and entry.start >= 0)
    close = entry.end - 1
    last, comma = entry.start + 1, -1
    at = _skip(text, last)
    begin = -1
    while at < close:
        begin, last, comma = at, _value(text, at), -1
        at = _skip(text, last)
        if text[at] == ",":
            comma = at
            at = _skip(text, at + 1)
    style = "'" if begin >= 0 and text[begin] == "'" else '"'
    line = text[text.rfind("\n", 0, begin) + 1 : begin] if begin >= 0 else ""
    indent = line if begin >= 0 and not line.strip() else "    "
    after = max(last, comma + 1)
    stop = text.find("\n", after)
    own_line = 0 <= stop < close
    rest = text[after:stop] if own_line else ""
    body = ",".join(f"\n{indent}{_quoted(dependency, style)}" for dependency in items)
    if comma >= 0 or begin < 0 or not own_line:
        body += ","
    before = text[:last] + ("," if begin >= 0 and comma < 0 else text[last:after])
    if own_line:
        return before + rest + body + text[stop:]
    if text[after:close].strip(" \t"):
        return None
    return before + body + "\n" + text[close:]


def _quoted(dependency: str, style: str = '"') -> str:
    """A dependency as a TOML string; one with a marker contains quotes."""
    mark = style if style not in dependency else "'" if style == '"' else '"'
    return f"{mark}{dependency}{mark}"

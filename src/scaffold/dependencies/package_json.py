"""Three-way merge of package.json as text: it merges values as data and keeps the user's formatting."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple, NoReturn

from scaffold.support.errors import UserError
from scaffold.support.merge import ABSENT, Conflict, insert, merge_json, same
from scaffold.support.text import dressed_like, plain

_DEPENDENCIES: Final = ("dependencies", "devDependencies")
SECTIONS: Final = (*_DEPENDENCIES, "scripts")
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_INDENT: Final = re.compile(r'^([ \t]+)"', re.MULTILINE)


class MergedPackage(NamedTuple):
    """The merged text, and one sentence for each value of the user's that differs from ours."""

    text: str
    reports: tuple[str, ...] = ()


def merge(base: str | None, mine: str, theirs: str, *, name: str = "package.json") -> MergedPackage:
    """Bring `theirs` into `mine`, the user's file; `name` is how messages call it.

    `base` is what we emitted last; None says that we never made the file: then we add
    missing dependencies, devDependencies and scripts, and touch nothing else.
    Indentation, order, line endings, byte order mark and the last newline of `mine` stay; with
    nothing to change the text is `mine`, byte for byte. If both changed a value, `mine` wins and
    we report it: there are no markers.

    Raises UserError if `mine` is not a JSON object, ValueError if `base` or `theirs` is not.
    """
    if theirs in (base, mine):
        return MergedPackage(mine)
    if mine == base:
        return MergedPackage(theirs)
    text = plain(mine)
    own, new = _parse_users(text, name), _parse(theirs)
    if base is None:
        data, reports = _add(own, new, name)
    else:
        old = _parse(base)
        new, reports = _without_moved(old, own, new)
        data, conflicts = merge_json(old, own, new)
        reports += [_report(conflict) for conflict in conflicts]
    if same(data, own, ordered=True):
        return MergedPackage(mine, tuple(reports))
    merged = _dump(text, own, data)
    return MergedPackage(dressed_like(merged, mine), tuple(reports))


def sections(text: str) -> dict[str, dict[str, Any]]:
    """The dependencies, devDependencies and scripts that are objects; none if it is no JSON object."""
    try:
        data = _parse(text)
    except (ValueError, RecursionError):
        return {}
    return {name: data[name] for name in SECTIONS if isinstance(data.get(name), dict)}


def without(mine: str, gone: Mapping[str, Collection[str]], before: str) -> str:
    """The text without those keys of each section; a section that this empties goes unless `before` has it.

    If nothing else differs from `before`, an earlier text, the result is that text, byte for byte.
    """
    own = _parse(plain(mine))
    known = sections(plain(before))
    data = dict(own)
    for section, keys in gone.items():
        left = {key: value for key, value in own[section].items() if key not in keys}
        if left or section in known:
            data[section] = left
        elif keys:
            del data[section]
    if known and same(data, _parse(plain(before)), ordered=True):
        return before
    if same(data, own, ordered=True):
        return mine
    return dressed_like(_dump(plain(mine), own, data), mine)


def with_value(mine: str, section: str, key: str, value: str) -> str | None:
    """The text with a value in an object at the top, which it gets if it has none; None if that cannot be."""
    try:
        own = _parse(plain(mine))
    except (ValueError, RecursionError):
        return None
    known = own.get(section, {})
    if not isinstance(known, dict):
        return None
    data = {**own, section: {**known, key: value}}
    return dressed_like(_dump(plain(mine), own, data), mine)


def restored(mine: str, earlier: str, first: str, section: str, key: str) -> str | None:
    """The text with what an `earlier` one has of that value. If nothing else differs from the `first`, that one.

    None if one of them cannot be read.
    """
    try:
        own, known = _parse(plain(mine)), _parse(plain(earlier)).get(section)
        begun = _parse(plain(first))
    except (ValueError, RecursionError):
        return None
    data = dict(own)
    left = {name: value for name, value in own[section].items() if name != key}
    if isinstance(known, dict) and key in known:
        data[section] = {**own[section], key: known[key]}
    elif left or known is not None:
        data[section] = left
    else:
        del data[section]
    if same(data, begun, ordered=True):
        return first
    return dressed_like(_dump(plain(mine), own, data), mine)


def _add(own: dict[str, Any], new: dict[str, Any], name: str) -> tuple[dict[str, Any], list[str]]:
    """A file that we never made: adds what is missing, leaves and reports what differs."""
    result, reports = dict(own), list[str]()
    here = {section: _section(own, section, name) for section in SECTIONS}
    for section in SECTIONS:
        added = dict[str, Any]()
        for key, value in new.get(section, {}).items():
            places = _DEPENDENCIES if section in _DEPENDENCIES else (section,)
            present = [here[place][key] for place in places if key in here[place]]
            if not present:
                added[key] = value
            elif not any(same(other, value) for other in present):
                reports.append(_report(Conflict((section, key), present[0], value)))
        if added:
            result[section] = insert(here[section], added)
    return result, reports


def _section(own: dict[str, Any], section: str, name: str) -> dict[str, Any]:
    value = own.get(section, {})
    if not isinstance(value, dict):
        raise UserError(f"`{section}` in `{name}` is {_show(value)}; it must be an object")
    return value


def _without_moved(
    old: dict[str, Any], own: dict[str, Any], new: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """`new` without a dependency that is new to us and that the user has in the other section."""
    new, reports = dict(new), list[str]()
    for section, other in (_DEPENDENCIES, _DEPENDENCIES[::-1]):
        ours, users = new.get(section), own.get(other)
        if not isinstance(ours, dict) or not isinstance(users, dict):
            continue
        known = {*old.get(section, {}), *old.get(other, {}), *new.get(other, {})}
        moved = [key for key in ours if key in users and key not in known]
        reports += [
            _report(Conflict((section, key), users[key], ours[key]))
            for key in moved
            if not same(users[key], ours[key])
        ]
        if moved:
            new[section] = {key: value for key, value in ours.items() if key not in moved}
            if not new[section] and section not in old:
                del new[section]
    return new, reports


def _report(conflict: Conflict) -> str:
    mine, theirs = conflict.mine, conflict.theirs
    path = ".".join(conflict.path)
    if mine is ABSENT:
        return f"`{path}` was removed here, scaffold has {_show(theirs)}"
    if theirs is ABSENT:
        return f"`{path}` is {_show(mine)} here, scaffold no longer has it"
    if conflict.path[0] in _DEPENDENCIES and isinstance(mine, str) and isinstance(theirs, str):
        return f"`{conflict.path[-1]}` is {mine} here, scaffold was tested with {theirs}"
    return f"`{path}` is {_show(mine)} here, scaffold has {_show(theirs)}"


def _show(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{text}`"


def _parse(text: str) -> dict[str, Any]:
    data = json.loads(text, parse_constant=_no_constant)
    if isinstance(data, dict):
        return data
    raise ValueError("not an object")


def _parse_users(text: str, name: str) -> dict[str, Any]:
    try:
        return _parse(text)
    except json.JSONDecodeError as error:
        raise UserError(
            f"`{name}` is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            "correct the file, then run the command again",
        ) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"`{name}` must be a JSON object: {error}") from error


def _no_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _dump(text: str, own: dict[str, Any], data: dict[str, Any]) -> str:
    """`data` as text; whatever is as in `own` (which `text` holds) keeps its own spelling."""
    found = _INDENT.search(text)
    start = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches the empty string too
    _, end = json.JSONDecoder().raw_decode(text, start)
    return (
        text[:start] + _object(text, start, own, data, found[1] if found else "  ", 1) + text[end:]
    )


def _object(
    text: str, start: int, own: dict[str, Any], data: dict[str, Any], indent: str, depth: int
) -> str:
    if not data:
        return "{}"
    members = _members(text, start)
    lines = []
    for key, value in data.items():
        raw = members.get(key)
        label = raw[0] if raw else json.dumps(key, ensure_ascii=False)
        if raw and same(value, own[key], ordered=True):
            body = text[raw[1] : raw[2]]
        elif raw and isinstance(value, dict) and isinstance(own[key], dict):
            body = _object(text, raw[1], own[key], value, indent, depth + 1)
        else:
            body = json.dumps(value, ensure_ascii=False, indent=indent)
            body = body.replace("\n", "\n" + indent * depth)
        lines.append(f"{indent * depth}{label}: {body}")
    return "{\n" + ",\n".join(lines) + "\n" + indent * (depth - 1) + "}"


def _members(text: str, start: int) -> dict[str, tuple[str, int, int]]:
    """Of the object that begins at `start`: key → its spelling, where its value begins and ends."""
    decode = json.JSONDecoder().raw_decode
    members: dict[str, tuple[str, int, int]] = {}

    def skip(place: int) -> int:
        return _SPACE.match(text, place).end()  # type: ignore[union-attr]

    place = skip(start + 1)
    while text[place] != "}":
        key, end = decode(text, place)
        value = skip(skip(end) + 1)  # past the colon
        _, stop = decode(text, value)
        members[key] = (text[place:end], value, stop)
        place = skip(stop)
        if text[place] == ",":
            place = skip(place + 1)
    return members

"""Changes to a TOML text that leave everything else as it is, byte for byte.

The standard library reads TOML and writes none. A scanner finds the place, and the result is read again:
if it is not what was meant, there is no change.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scaffold.support.text import dressed_like, plain

Keys = tuple[str, ...]


_SKIP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*(\.?)""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[^,\]}#\n]+")


class Entry(NamedTuple):
    """A header (`start` is -1) or a key with its value, by place in the text; `table` is where it is."""

    path: Keys
    table: Keys
    start: int
    end: int


def extend(text: str, path: Keys, items: Sequence[str]) -> str | None:
    """A TOML text with the items at the end of the list at `path`; None if that is not certain to work.

    The list, or its table, is made where it is missing; everything else stays, byte for byte.
    """
    bare = plain(text)
    try:
        wanted = tomllib.loads(bare)
        entries = [*scan(bare)]
    except (IndexError, ValueError, RecursionError):
        return None
    *tables, key = path
    target: Any = wanted
    for name in tables:
        target = target.setdefault(name, {}) if isinstance(target, dict) else None
    if not isinstance(target, dict) or not isinstance(target.get(key, []), list):
        return None
    more = ", ".join(map(quoted, items))
    line = f"{key} = [{more}]"
    entry = next((one for one in entries if one.path == path and one.start >= 0), None)
    made: list[str | None] = []
    if entry is not None and "\n" not in bare[entry.start : entry.end]:
        inside = bare[: entry.end - 1].rstrip(" \t,")
        made += [f"{inside}{'' if inside.endswith('[') else ', '}{more}{bare[entry.end - 1 :]}"]
    elif entry is not None:
        made += [in_list(bare, entries, path, (*items,))]
    elif not tables:
        made += [f"{line}\n{bare}"]
    else:
        made += [
            in_table(bare, entries, (*tables,), [line]),
            f"{bare.rstrip()}\n\n[{'.'.join(tables)}]\n{line}\n".lstrip(),
            # Where the table is written by dotted keys.
            in_table(bare, entries, (*tables[:-1],), [f"{tables[-1]}.{line}"]),
            f"{'.'.join(tables)}.{line}\n{bare}",
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
        entries = [*scan(plain(text))]
    except (IndexError, ValueError, RecursionError):
        return text
    bare, have = plain(text), get(data, path)
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
        left = get(tomllib.loads(made), path) or []
    except ValueError:
        return text
    return dressed_like(made, text) if left == [one for one in have if one not in items] else text


def get(data: Any, path: Keys) -> Any:
    """What the data has at that path; None if nothing."""
    for key in path:
        if not isinstance(data, dict) or key not in data:
            return None
        data = data[key]
    return data


def scan(text: str) -> Iterator[Entry]:
    """Headers, and keys with their values, of a text that is known to be TOML."""
    table: Keys = ()
    at = 0
    while (at := _skip(text, at)) < len(text):
        if text[at] == "[":
            double = text.startswith("[[", at)
            table, stop = _key(text, at + 1 + double)
            at = stop + 1 + double
            yield Entry(table, table, -1, at)
        else:
            key, stop = _key(text, at)
            start = stop + 1 + len(text[stop + 1 :]) - len(text[stop + 1 :].lstrip(" \t"))
            at = _value(text, start)
            yield Entry((*table, *key), table, start, at)


def in_table(text: str, entries: list[Entry], path: Keys, lines: list[str]) -> str | None:
    """Puts lines after the last entry of a table that has a header."""
    own = [entry for entry in entries if entry.table == path]
    if not own or own[0].start >= 0:
        return None
    stop = text.find("\n", own[-1].end)
    head, tail = (text + "\n", "") if stop < 0 else (text[: stop + 1], text[stop + 1 :])
    return head + "".join(f"{line}\n" for line in lines) + tail


def in_list(text: str, entries: list[Entry], path: Keys, items: tuple[str, ...]) -> str | None:
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
    body = ",".join(f"\n{indent}{quoted(dependency, style)}" for dependency in items)
    if comma >= 0 or begin < 0 or not own_line:
        body += ","
    before = text[:last] + ("," if begin >= 0 and comma < 0 else text[last:after])
    if own_line:
        return before + rest + body + text[stop:]
    if text[after:close].strip(" \t"):
        return None
    return before + body + "\n" + text[close:]


def quoted(dependency: str, style: str = '"') -> str:
    """A dependency as a TOML string; one with a marker contains quotes."""
    mark = style if style not in dependency else "'" if style == '"' else '"'
    return f"{mark}{dependency}{mark}"


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

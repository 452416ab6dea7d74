"""Bodies given by example: what an example may hold, so that every template can derive code from it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.support.text import nearest, printable

PLACEHOLDERS = (
    "$data",
    "$items",
    "$page",
    "$limit",
    "$total",
    "$next",
    "$code",
    "$message",
    "$details",
    "$status",
    "$request_id",
)
MAX_DEPTH = 6
MAX_LEAVES = 40
MAX_NUMBER = 2**53 - 1
KEY = r"[A-Za-z_$][A-Za-z0-9_-]{0,39}"
TEXT = r"[A-Za-z0-9 _.,:/-]{0,200}"
# Members of every JavaScript object: an example that has one would change more than a body.
UNSAFE_KEYS = (
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "prototype",
    "toLocaleString",
    "toString",
    "valueOf",
)

Wrong = tuple[str, str]


def wrong_envelope(spec: Mapping[str, Any], example: Any) -> list[Wrong]:
    """Everything that is wrong with an example: where in it (dotted, empty for all of it), and what.

    `spec["needs"]` are the placeholders that must be in it, `spec["may"]` those that may be; one
    that ends in `?` there can only be optional.
    """
    needs: list[str] = list(spec["needs"])
    may: list[str] = list(spec.get("may", PLACEHOLDERS))
    if not isinstance(example, Mapping) and (not isinstance(example, str) or len(needs) > 1):
        return [("", "must be an example of the body, as a mapping")]
    if isinstance(example, str) and (example not in needs or example == "$message"):
        bare = "" if "$message" in needs else f", or `{needs[0]}` alone"
        return [("", f"must be an example of the body, as a mapping{bare}")]
    found: list[str] = []
    wrong: list[Wrong] = []
    leaves = 0
    for number, (where, depth, value) in enumerate(_walk(example, "", 0)):
        if depth > MAX_DEPTH:
            return [(where, f"at most {MAX_DEPTH} levels are allowed")]
        if number > MAX_LEAVES * MAX_DEPTH:
            return [("", f"at most {MAX_LEAVES} values are allowed")]
        if isinstance(value, Mapping):
            wrong += _keys(where, value)
            continue
        if isinstance(value, (list, tuple)):
            wrong += _list(where, value)
            continue
        leaves += 1
        if isinstance(value, str) and value.startswith("$"):
            wrong += _placeholder(where, value, [*needs, *may])
            name = value.removesuffix("?")
            if name in needs and value != name:
                wrong.append((where, f"`{name}` must always be there: write it without `?`"))
            if name in found:
                wrong.append((where, f"`{name}` appears twice"))
            found.append(name)
        else:
            wrong += _leaf(where, value)
    if leaves > MAX_LEAVES:
        wrong.append(("", f"at most {MAX_LEAVES} values are allowed"))
    wrong += [("", f"`{name}` must appear once") for name in needs if name not in found]
    return wrong


def _walk(value: Any, where: str, depth: int) -> Iterator[tuple[str, int, Any]]:
    yield where, depth, value
    if depth > MAX_DEPTH:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, f"{where}.{key}" if where else str(key), depth + 1)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{where}.{index}" if where else str(index), depth + 1)


def _keys(where: str, mapping: Mapping[Any, Any]) -> list[Wrong]:
    wrong = []
    if not mapping:
        wrong.append((where, "an empty mapping is not allowed"))
    for key in mapping:
        below = f"{where}.{key}" if where else str(key)
        shown = printable(str(key)[:60])
        if not isinstance(key, str):
            quoted = " (in YAML `on`, `yes` and numbers need quotes)"
            wrong.append((below, f"key `{shown}` must be a word{quoted}"))
        elif not re.fullmatch(KEY, key):
            wrong.append((below, f"key `{shown}` must be a word of letters, digits, `_` and `-`"))
        elif key in UNSAFE_KEYS or key.startswith("__"):
            wrong.append((below, f"key `{shown}` is not allowed: JavaScript objects have one"))
    return wrong


def _list(where: str, values: list[Any] | tuple[Any, ...]) -> list[Wrong]:
    if len(values) != 1:
        return [(where, "a list in an example holds one element, which stands for all of them")]
    if isinstance(values[0], str) and values[0].startswith("$") and values[0].endswith("?"):
        return [(where, "an element of a list cannot be optional")]
    return []


def _placeholder(where: str, text: str, allowed: list[str]) -> list[Wrong]:
    name = text.removesuffix("?")
    shown = printable(text[:60])
    here = " ".join(allowed)
    if name not in PLACEHOLDERS:
        guess = nearest(name, PLACEHOLDERS)
        hint = f" (did you mean `{guess}`?)" if guess else ""
        return [(where, f"unknown placeholder `{shown}`; allowed here: {here}{hint}")]
    if name not in [word.removesuffix("?") for word in allowed]:
        return [(where, f"`{shown}` makes no sense in this body; allowed here: {here}")]
    if name not in allowed and text == name:
        return [(where, f"`{name}` is not always there: write `{name}?`")]
    return []


def _leaf(where: str, value: Any) -> list[Wrong]:
    if isinstance(value, str):
        if re.fullmatch(TEXT, value):
            return []
        shown = printable(value[:60])
        return [
            (where, f"`{shown}` must be plain text (letters, digits, ` _.,:/-`) or a placeholder")
        ]
    if value is None or isinstance(value, bool):
        return []
    if isinstance(value, int) and abs(value) <= MAX_NUMBER:
        return []
    return [(where, "must be text, a whole number, true, false, null or a placeholder")]

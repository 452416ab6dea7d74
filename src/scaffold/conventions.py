"""Conventions, as an agent states and a project overrides them, checked against the schema.

The schema, `templates/conventions.yml`, is data of the template version, because what is allowed is
what those templates cover.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from scaffold.envelope import Wrong, wrong_envelope
from scaffold.names import nearest, printable
from scaffold.resource import METHODS, ROLE

Schema = Mapping[str, Mapping[str, Mapping[str, Any]]]
Values = Mapping[str, Mapping[str, Any]]
ERROR_CODE = r"[A-Za-z][A-Za-z0-9_.-]{0,63}"
PREFIX = r"(/[a-z0-9][a-z0-9-]{0,39}){0,6}"
WINDOW = r"[1-9][0-9]{0,3}[smhd]"
VERBS = ("POST", "PUT")


class Problem(NamedTuple):
    """One thing wrong with a document.

    `key` is dotted, `line` counts from 1 (0 where unknown), `text` is a sentence.
    """

    key: str
    line: int
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}`{printable(self.key)}`: {self.text}"


def fill(schema: Schema, *layers: Values) -> dict[str, dict[str, Any]]:
    """Every convention with its value: from the last layer that states it, else its default."""
    filled: dict[str, dict[str, Any]] = {}
    for group, keys in schema.items():
        filled[group] = {}
        for key, spec in keys.items():
            value = _default(spec, filled)
            for layer in layers:
                stated = layer.get(group)
                if isinstance(stated, Mapping) and key in stated:
                    value = stated[key]
            filled[group][key] = value
    return filled


def check(schema: Schema, stated: Any, lines: Mapping[str, int] | None = None) -> list[Problem]:
    """Everything that is wrong with `stated` (group → key → value), in the document's order.

    `lines` maps dotted keys to line numbers. Values that are fine one by one are checked together,
    too, with the defaults that follow from them.
    """
    lines = lines or {}
    problems: list[Problem] = []

    def report(key: str, text: str) -> None:
        problems.append(Problem(key, line_of(lines, key), text))

    if not isinstance(stated, Mapping):
        return [Problem("conventions", line_of(lines, ""), "must be a mapping of groups")]
    for group, keys in stated.items():
        if group not in schema:
            report(
                str(group), f"unknown group; allowed: {', '.join(schema)}{_guess(group, schema)}"
            )
            continue
        if not isinstance(keys, Mapping):
            report(str(group), f"must be a mapping of {', '.join(schema[group])}")
            continue
        for key, value in keys.items():
            spec = schema[group].get(key)
            if spec is None:
                known = schema[group]
                report(
                    f"{group}.{key}",
                    f"unknown key; allowed: {', '.join(known)}{_guess(key, known)}",
                )
                continue
            for below, text in wrong_parts(spec, value):
                report(f"{group}.{key}{'.' if below else ''}{below}", text)
    wrong = {".".join(item.key.split(".")[:2]) for item in problems}
    for key, other, text in mismatches(schema, fill(schema, stated), wrong):
        if _is_stated(stated, key):
            report(key, text)
        else:
            report(other, f"`{key}` {text}")
    return problems


def line_of(lines: Mapping[str, int], key: str) -> int:
    """The line of the key, or of the nearest one above that has a line; 0 where there is none."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 0)


def wrong_parts(spec: Mapping[str, Any], value: Any) -> list[Wrong]:
    """What is wrong with a value: where in it (dotted, empty for all of it), and a sentence."""
    if spec.get("type") == "envelope":
        return wrong_envelope(spec, value)
    if spec.get("type") == "error":
        return _error(spec, value)
    allowed = wrong_value(spec, value)
    if allowed is None:
        return []
    guess = _guess(value, map(str, spec["allowed"])) if "allowed" in spec else ""
    return [("", f"`{shown(value)}` is not allowed: {allowed}{guess}")]


def wrong_value(spec: Mapping[str, Any], value: Any) -> str | None:
    """What a value should have been, or None where it is fine."""
    if "allowed" in spec:
        allowed = spec["allowed"]
        if any(value == item and type(value) is type(item) for item in allowed):
            return None
        return f"one of {', '.join(map(str, allowed))}"
    if spec["type"] in ("envelope", "error"):
        return "; ".join(text for _, text in wrong_parts(spec, value)) or None
    return _CHECKS[spec["type"]](spec, value)


def shown(value: Any) -> str:
    """A value for messages, as YAML would have it on one line, and not too much of it."""
    try:
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        )
    except ValueError:  # a number with thousands of digits
        text = "…"
    return printable(text[:60]) + ("…" if len(text) > 60 else "")


def _default(spec: Mapping[str, Any], filled: Values) -> Any:
    if "default_by" not in spec:
        return spec["default"]
    group, key = spec["default_by"].split(".")
    by = spec["default"]
    decided = filled[group][key]
    return by[decided] if isinstance(decided, str) and decided in by else next(iter(by.values()))


def mismatches(
    schema: Schema, filled: Values, wrong: Collection[str] = ()
) -> Iterable[tuple[str, str, str]]:
    """Values that are fine one by one and not together: the key, the other key, what is wrong.

    `wrong` are keys and groups that were found wrong already.
    """
    for group, keys in schema.items():
        for key, spec in keys.items():
            dotted, value = f"{group}.{key}", filled[group][key]
            if dotted in wrong or group in wrong:
                continue
            for other, fits in _needs(spec, value).items():
                found = _value(filled, other)
                if other not in wrong and found not in fits:
                    allowed = ", ".join(map(shown, fitting(spec, filled)))
                    yield dotted, other, (
                        f"cannot be `{shown(value)}` where `{other}` is `{shown(found)}`: "
                        f"it needs {' or '.join(map(str, fits))}"
                        + (f"; allowed here: {allowed}" if allowed else "")
                    )
            limit = spec.get("at_most")
            if limit and limit not in wrong and value > _value(filled, limit):
                yield dotted, limit, (
                    f"{value} is more than `{limit}`, which is {_value(filled, limit)}"
                )


def fitting(spec: Mapping[str, Any], filled: Values) -> list[Any]:
    """The values of a key that the other conventions allow."""
    every = spec.get("allowed", [False, True])
    return [
        value
        for value in every
        if all(_value(filled, other) in fits for other, fits in _needs(spec, value).items())
    ]


def _needs(spec: Mapping[str, Any], value: Any) -> Mapping[str, list[Any]]:
    if "requires" not in spec:
        return {}
    word = str(value).lower() if isinstance(value, bool) else value
    needs: Mapping[str, list[Any]] = spec["requires"].get(word, {})
    return needs


def _value(values: Values, dotted: str) -> Any:
    group, key = dotted.split(".")
    return values[group][key]


def _is_stated(stated: Values, dotted: str) -> bool:
    group, key = dotted.split(".")
    return isinstance(stated.get(group), Mapping) and key in stated[group]


def _guess(word: Any, allowed: Iterable[str]) -> str:
    guess = nearest(str(word)[:60], allowed)
    return f" (did you mean `{guess}`?)" if guess else ""


def _int(spec: Mapping[str, Any], value: Any) -> str | None:
    fine = type(value) is int and spec["min"] <= value <= spec["max"]
    return None if fine else f"a whole number in {spec['min']}..{spec['max']}"


def _matching(pattern: str, words: str) -> Callable[[Mapping[str, Any], Any], str | None]:
    return lambda _, value: (
        None if isinstance(value, str) and re.fullmatch(pattern, value) else words
    )


def _list_of(allowed: tuple[str, ...]) -> Callable[[Mapping[str, Any], Any], str | None]:
    def wrong(_: Mapping[str, Any], value: Any) -> str | None:
        fine = (
            isinstance(value, list)
            and all(isinstance(item, str) and item in allowed for item in value)
            and len(set(value)) == len(value)
        )
        return None if fine else f"a list of {', '.join(allowed)}, each once"

    return wrong


def _methods(spec: Mapping[str, Any], value: Any) -> str | None:
    return "a list of one or more methods" if value == [] else _list_of(METHODS)(spec, value)


def _roles(_: Mapping[str, Any], value: Any) -> str | None:
    fine = (
        isinstance(value, list)
        and len(value) <= 50
        and all(isinstance(item, str) and re.fullmatch(ROLE, item) for item in value)
        and len(set(value)) == len(value)
    )
    return None if fine else "a list of role words such as [editor, admin], each once"


def _error(spec: Mapping[str, Any], value: Any) -> list[Wrong]:
    statuses = " or ".join(map(str, spec["statuses"]))
    if not isinstance(value, Mapping):
        return [("", f"`{shown(value)}` is not allowed: {{code: a word, status: {statuses}}}")]
    wrong = [
        (str(key), f"unknown key; allowed: code, status{_guess(key, ('code', 'status'))}")
        for key in value
        if key not in ("code", "status")
    ]
    for key in ("code", "status"):
        if key not in value:
            default = spec["default"][key]
            wrong.append(("", f"`{key}` is missing; the default is `{key}: {default}`"))
    code, status = value.get("code", "X"), value.get("status", spec["statuses"][0])
    if not isinstance(code, str) or not re.fullmatch(ERROR_CODE, code):
        words = "a word of at most 64 letters, digits, `_`, `.` and `-`"
        wrong.append(("code", f"`{shown(code)}` is not allowed: {words}"))
    if type(status) is not int or status not in spec["statuses"]:
        wrong.append(("status", f"`{shown(status)}` is not allowed: {statuses}"))
    return wrong


_CHECKS: dict[str, Callable[[Mapping[str, Any], Any], str | None]] = {
    "int": _int,
    "bool": lambda _, value: None if isinstance(value, bool) else "true or false",
    "prefix": _matching(PREFIX, "a path such as /api or /api/v2, or '' for none"),
    "window": _matching(WINDOW, "a time such as 30s, 1m or 1h"),
    "methods": _methods,
    "verbs": _list_of(VERBS),
    "roles": _roles,
}

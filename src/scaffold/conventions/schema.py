"""Conventions, as an agent states and a project overrides them, checked against the schema.

The schema, `templates/conventions.yml`, is data of the template version, because what is allowed is
what those templates cover.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from scaffold.conventions.values import guessed, shown, wrong_parts
from scaffold.support.text import printable

Schema = Mapping[str, Mapping[str, Mapping[str, Any]]]
Values = Mapping[str, Mapping[str, Any]]


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

    `lines` maps dotted keys to line numbers. Values that are fine one by one must also fit
    together, and with the defaults that follow from them.
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
                str(group), f"unknown group; allowed: {', '.join(schema)}{guessed(group, schema)}"
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
                    f"unknown key; allowed: {', '.join(known)}{guessed(key, known)}",
                )
                continue
            for below, text in wrong_parts(spec, value):
                report(f"{group}.{key}{'.' if below else ''}{below}", text)
    wrong = {".".join(problem.key.split(".")[:2]) for problem in problems}
    for key, other, text in mismatches(schema, fill(schema, stated), wrong):
        if _is_stated(stated, key):
            report(key, text)
        else:
            report(other, f"`{key}` {text}")
    return problems


def line_of(lines: Mapping[str, int], key: str) -> int:
    """The line of the key, or of the nearest one above that has a line; 0 if none has."""
    while key and key not in lines:
        key = key.rpartition(".")[0]
    return lines.get(key, 0)


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
    """Values that are fine one by one but not together: the key, the other key, what is wrong.

    `wrong` are keys and groups already known to be wrong.
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
            # A value of a wrong type was told already.
            if not limit or limit in wrong:
                continue
            least = _value(filled, limit)
            if type(value) is type(least) is int and value > least:
                yield dotted, limit, (f"{value} is more than `{limit}`, which is {least}")


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

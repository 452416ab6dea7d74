"""Conventions, as an agent states and a project overrides them, checked against the schema.

The schema, `templates/conventions.yml`, is data of the template version, because what is allowed is
what those templates cover.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from scaffold.errors import UserError
from scaffold.names import nearest, printable
from scaffold.resource import METHODS
from scaffold.yamltext import YamlError
from scaffold.yamltext import load as load_yaml

Schema = Mapping[str, Mapping[str, Mapping[str, Any]]]
PLACEHOLDERS = {"$data", "$items", "$total", "$page", "$limit", "$next", "$code", "$message"}


class Problem(NamedTuple):
    """One thing wrong with a document.

    `key` is dotted, `line` counts from 1 (0 where unknown), `text` is a sentence.
    """

    key: str
    line: int
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}`{self.key}`: {self.text}"


def check(schema: Schema, stated: Any, lines: Mapping[str, int] | None = None) -> list[Problem]:
    """Everything that is wrong with `stated` (group → key → value), in the document's order.

    `lines` maps dotted keys to line numbers.
    """
    lines = lines or {}
    problems: list[Problem] = []

    def report(key: str, text: str) -> None:
        problems.append(Problem(key, lines.get(key, lines.get(key.split(".")[0], 0)), text))

    if not isinstance(stated, Mapping):
        report("conventions", "must be a mapping of groups")
        return problems
    for group, keys in stated.items():
        if group not in schema:
            report(
                str(group), f"unknown group; allowed: {', '.join(schema)}{_guess(group, schema)}"
            )
            continue
        if not isinstance(keys, Mapping):
            report(str(group), "must be a mapping")
            continue
        for key, value in keys.items():
            dotted = f"{group}.{key}"
            spec = schema[group].get(key)
            if spec is None:
                report(
                    dotted,
                    f"unknown key; allowed: {', '.join(schema[group])}{_guess(key, schema[group])}",
                )
                continue
            wrong = wrong_value(spec, value)
            if wrong:
                report(
                    dotted,
                    f"`{printable(json.dumps(value, ensure_ascii=False))}` is not allowed: {wrong}",
                )
    return problems


def wrong_value(spec: Mapping[str, Any], value: Any) -> str | None:
    """What a value should have been, or None where it is fine."""
    if "allowed" in spec:
        allowed = spec["allowed"]
        if not any(
            value is item or (value == item and type(value) is type(item)) for item in allowed
        ):
            return f"one of {', '.join(json.dumps(item).strip(chr(34)) for item in allowed)}"
        return None
    return _CHECKS[spec["type"]](spec, value)


def parse_settings(schema: Schema, settings: list[str]) -> dict[str, dict[str, Any]]:
    """`KEY=VALUE` words of the command line as group → key → value; values are YAML.

    Raises UserError on a malformed word, an unknown key or a value that is not allowed.
    """
    result: dict[str, dict[str, Any]] = {}
    for setting in settings:
        dotted, equals, text = setting.partition("=")
        group, _, key = dotted.partition(".")
        if not equals or not key:
            raise UserError(
                f"`{printable(setting)}` is not KEY=VALUE",
                "for example `scaffold set rate_limit.max=100`",
            )
        every = [f"{name}.{one}" for name, keys in schema.items() for one in keys]
        if dotted not in every:
            guess = nearest(dotted, every)
            raise UserError(
                f"unknown convention `{printable(dotted)}`; allowed: {', '.join(every)}",
                f"did you mean `{guess}`?" if guess else None,
            )
        try:
            value = load_yaml(text)
        except YamlError:
            raise UserError(
                f"the value of `{dotted}` is not valid YAML: `{printable(text)}`"
            ) from None
        wrong = wrong_value(schema[group][key], value)
        if wrong:
            raise UserError(
                f"`{dotted}` cannot be `{printable(text)}`: {wrong}",
                f"`scaffold agents show` lists {dotted}",
            )
        result.setdefault(group, {})[key] = value
    return result


def _guess(word: Any, allowed: Mapping[str, Any]) -> str:
    guess = nearest(str(word), allowed)
    return f" (did you mean `{guess}`?)" if guess else ""


def _int(spec: Mapping[str, Any], value: Any) -> str | None:
    fine = (
        isinstance(value, int)
        and not isinstance(value, bool)
        and spec["min"] <= value <= spec["max"]
    )
    return None if fine else f"a whole number in {spec['min']}..{spec['max']}"


def _matching(pattern: str, words: str) -> Callable[[Mapping[str, Any], Any], str | None]:
    return lambda _, value: (
        None if isinstance(value, str) and re.fullmatch(pattern, value) else words
    )


def _list_of(allowed: tuple[str, ...]) -> Callable[[Mapping[str, Any], Any], str | None]:
    def wrong(_: Mapping[str, Any], value: Any) -> str | None:
        fine = (
            isinstance(value, list)
            and all(item in allowed for item in value)
            and len(set(value)) == len(value)
        )
        return None if fine else f"a list of {', '.join(allowed)}"

    return wrong


def _error(spec: Mapping[str, Any], value: Any) -> str | None:
    fine = (
        isinstance(value, Mapping)
        and set(value) == {"code", "status"}
        and isinstance(value["code"], str)
        and re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{0,63}", value["code"])
        and value["status"] in spec["statuses"]
    )
    return None if fine else f"{{code: a word, status: {' or '.join(map(str, spec['statuses']))}}}"


def _envelope(spec: Mapping[str, Any], value: Any) -> str | None:
    if not isinstance(value, Mapping):
        return "an example of the body, as a mapping"
    found: list[str] = []
    for key, leaf in _leaves(value):
        if not isinstance(key, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", key):
            return f"key `{printable(str(key))}` must be a word"
        if isinstance(leaf, str) and leaf.startswith("$"):
            if leaf not in PLACEHOLDERS:
                allowed = " ".join(sorted(PLACEHOLDERS))
                return f"unknown placeholder `{printable(leaf)}`; allowed: {allowed}"
            found.append(leaf)
        elif isinstance(leaf, str):
            if not re.fullmatch(r"[A-Za-z0-9 _.,:/-]*", leaf):
                return f"`{printable(leaf)}` must be plain text or a placeholder"
        elif leaf is not None and not isinstance(leaf, (bool, int)):
            return "leaves must be text, whole numbers, true, false, null or placeholders"
    for needed in spec["needs"]:
        if found.count(needed) != 1:
            return f"`{needed}` must stand in it exactly once"
    twice = [item for item in found if found.count(item) > 1]
    return f"`{twice[0]}` stands in it twice" if twice else None


def _leaves(value: Mapping[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            if not inner:
                yield key, None
            yield from _leaves(inner)
            yield key, None
        else:
            yield key, inner


_CHECKS: dict[str, Callable[[Mapping[str, Any], Any], str | None]] = {
    "int": _int,
    "bool": lambda _, value: None if isinstance(value, bool) else "true or false",
    "prefix": _matching(r"(/[a-z0-9][a-z0-9-]{0,39}){1,6}", "a path such as /api or /api/v2"),
    "window": _matching(r"[1-9][0-9]{0,3}[smhd]", "a time such as 30s, 1m or 1h"),
    "methods": _list_of(METHODS),
    "verbs": _list_of(("POST", "PUT")),
    "envelope": _envelope,
    "error": _error,
}

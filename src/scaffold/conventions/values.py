"""Single values of conventions: what each type of key takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from scaffold.conventions.envelope import Wrong, wrong_envelope
from scaffold.resources.resource import METHODS, ROLE
from scaffold.support.text import nearest, printable

ERROR_CODE = r"[A-Za-z][A-Za-z0-9_.-]{0,63}"


PREFIX = r"(/[a-z0-9][a-z0-9-]{0,39}){0,6}"


WINDOW = r"[1-9][0-9]{0,3}[smhd]"


VERBS = ("POST", "PUT")


def wrong_parts(spec: Mapping[str, Any], value: Any) -> list[Wrong]:
    """What is wrong with a value: where in it (dotted, empty for all of it), and a sentence."""
    if spec.get("type") == "envelope":
        return wrong_envelope(spec, value)
    if spec.get("type") == "error":
        return _error(spec, value)
    allowed = wrong_value(spec, value)
    if allowed is None:
        return []
    guess = guessed(value, map(str, spec["allowed"])) if "allowed" in spec else ""
    return [("", f"`{shown(value)}` is not allowed: {allowed}{guess}")]


def wrong_value(spec: Mapping[str, Any], value: Any) -> str | None:
    """What a value should have been, or None if it is fine."""
    if "allowed" in spec:
        allowed = spec["allowed"]
        if any(value == choice and type(value) is type(choice) for choice in allowed):
            return None
        return f"one of {', '.join(map(str, allowed))}"
    if spec["type"] in ("envelope", "error"):
        return "; ".join(text for _, text in wrong_parts(spec, value)) or None
    return _CHECKS[spec["type"]](spec, value)


def shown(value: Any) -> str:
    """A value for messages, as YAML writes it on one line, and not too much of it."""
    try:
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        )
    except ValueError:  # a number with thousands of digits
        text = "…"
    return printable(text[:60]) + ("…" if len(text) > 60 else "")


def guessed(word: Any, allowed: Iterable[str]) -> str:
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
            and all(isinstance(word, str) and word in allowed for word in value)
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
        and all(isinstance(role, str) and re.fullmatch(ROLE, role) for role in value)
        and len(set(value)) == len(value)
    )
    return None if fine else "a list of role words such as [editor, admin], each once"


def _error(spec: Mapping[str, Any], value: Any) -> list[Wrong]:
    statuses = " or ".join(map(str, spec["statuses"]))
    if not isinstance(value, Mapping):
        return [("", f"`{shown(value)}` is not allowed: {{code: a word, status: {statuses}}}")]
    wrong = [
        (str(key), f"unknown key; allowed: code, status{guessed(key, ('code', 'status'))}")
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

"""The types that an option of a kind can have: the closed list of what a definition may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scaffold.resources.fields import Field, parse_fields
from scaffold.resources.names import parse_name
from scaffold.support.errors import UserError
from scaffold.support.text import printable

# As the manifest holds it. What names a resource is a mapping, so that renames find it: `{resource: …}`, as what
# names a field of the thing itself, `{own: …}`.
Value = Any

INT32: Final = (-(2**31), 2**31 - 1)
_CRON_FIELD: Final = r"(?:\*|[0-9]{1,2}(?:-[0-9]{1,2})?)(?:/[0-9]{1,2})?"
# The least and the most of minutes, hours, days, months and weekdays.
_CRON: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_DAYS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class OptionType:
    """One type: `read` turns what somebody typed into a Value, `allowed` says what that may be, `example` is one."""

    read: Callable[[str], Value]
    allowed: str
    example: str


def _matching(pattern: str, most: int = 200) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > most or not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return read


def _int(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or not INT32[0] <= int(text) <= INT32[1]:
        raise ValueError(text)
    return int(text)


def _bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _duration(text: str) -> str:
    found = re.fullmatch(r"([1-9][0-9]{0,6})([smhd])", text)
    # A timer of JavaScript takes 24 days, and no kind waits for longer.
    if not found or int(found[1]) * _SECONDS[found[2]] > 24 * 86400:
        raise ValueError(text)
    return text


def _cron(text: str) -> str:
    fields = text.split(" ")
    if len(fields) != len(_CRON):
        raise ValueError(text)
    for field, (least, most) in zip(fields, _CRON, strict=True):
        for part in field.split(","):
            if not re.fullmatch(_CRON_FIELD, part):
                raise ValueError(text)
            span, _, step = part.partition("/")
            numbers = [int(number) for number in span.split("-")] if span != "*" else []
            within = all(least <= number <= most for number in numbers)
            if not within or numbers != sorted(numbers) or step == "0":
                raise ValueError(text)
    if fields[4] == "*" and not any(
        day <= _DAYS[month - 1] for month in _named(fields[3], 12) for day in _named(fields[2], 31)
    ):
        raise ValueError(text)
    return text


def _named(field: str, most: int) -> set[int]:
    """The numbers from 1 that a part of a schedule names."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        first = 1 if span == "*" else int(low)
        last = most if span == "*" or (step and not high) else int(high or low)
        found |= {*range(first, last + 1, int(step or 1))}
    return found


def _resource(text: str) -> Mapping[str, str]:
    return {"resource": parse_name(text, "resource", "projects")}


def _field(text: str) -> Mapping[str, str]:
    resource, dot, field = text.partition(".")
    if not dot:
        raise ValueError(text)
    return {**_resource(resource), "field": parse_name(field, "field", "title")}


def _own(text: str) -> Mapping[str, str]:
    return {"own": parse_name(text, "field", "title")}


def _time(text: str) -> Mapping[str, str]:
    found = re.fullmatch(r"(\w+\.\w+) ?([+-]) ?(\w+)", text)
    if not found:
        return _field(text)
    return {**_field(found[1]), "sign": found[2], "by": _duration(found[3])}


# Text is plain wherever a template writes it: no quotes, no braces, nothing that ends a comment.
_TEXT: Final = r"[\w .,:;!?()%&/+#@=-]+"
TYPES: Final[Mapping[str, OptionType]] = {
    "word": OptionType(
        _matching(r"[a-z][a-z0-9_-]{0,39}"), "a letter, then letters, digits, `_`, `-`", "daily"
    ),
    "text": OptionType(
        _matching(_TEXT), "one line without quotes, braces, `<`, `>`, `$` or backslash", "Weekly"
    ),
    "int": OptionType(_int, "a whole number", "5"),
    "bool": OptionType(_bool, "`true` or `false`", "true"),
    "enum": OptionType(_matching(r"[A-Za-z][A-Za-z0-9_-]{0,39}"), "one of its values", "json"),
    "duration": OptionType(_duration, "a number with s, m, h or d, at most 24d", "10m"),
    "cron": OptionType(
        _cron, "minute, hour, day, month and weekday, as numbers, `*`, lists and steps", "0 3 * * *"
    ),
    "url": OptionType(
        _matching(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9_./~%-]*)?"),
        "an address with http:// or https://",
        "https://example.com/hook",
    ),
    "role": OptionType(_matching(r"[A-Za-z][A-Za-z0-9_.:-]{0,62}"), "the name of a role", "admin"),
    "path": OptionType(
        _matching(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*"),
        "parts of a-z, digits, `_` and `-`, with `/` between",
        "hooks/stripe",
    ),
    "resource": OptionType(_resource, "a resource of the project", "projects"),
    "field": OptionType(_field, "a field of a resource, as RESOURCE.FIELD", "projects.title"),
    "own": OptionType(_own, "one of its own fields", "title"),
    "time": OptionType(
        _time,
        "a field of a resource, and how long before or after it",
        "appointments.starts_at - 24h",
    ),
}
LIST: Final = "list"
FIELDS: Final = "fields"
NAMES: Final = (*TYPES, LIST, FIELDS)


def read(kind: str, text: str, where: str) -> Value:
    """What somebody typed for an option of that type, as the manifest holds it.

    `where` names the option in messages. Raises UserError, which says what is allowed.
    """
    wanted = TYPES[kind]
    try:
        return wanted.read(text)
    except ValueError:
        raise UserError(
            f"`{where}` does not take `{printable(text[:60])}`: {wanted.allowed}",
            f"for example `{where} {_quoted(wanted.example)}`",
        ) from None


def typed(value: Value) -> str:
    """A single Value as you would type it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        if "type" in value:
            return Field.from_data(value).spec()
        if "own" in value:
            return str(value["own"])
        text = value["resource"] + (f".{value['field']}" if "field" in value else "")
        return f"{text} {value['sign']} {value['by']}" if "by" in value else text
    return str(value)


def read_fields(texts: list[str]) -> list[dict[str, Any]]:
    """FIELDs as the manifest holds them. Raises UserError as `parse_fields` does."""
    return [field.to_data() for field in parse_fields(texts)]


def _quoted(text: str) -> str:
    return f"'{text}'" if " " in text else text

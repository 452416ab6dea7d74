"""What bodies of the service in memory may hold."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.contract.spec import Field, Resource, Spec
from tests.contract.values import bounds

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
Row = dict[str, Any]


class Refused(Exception):
    """An error: its kind, its message, and for invalid input what is wrong with which field."""

    def __init__(
        self, kind: str, message: str = "", headers: Any = None, issues: Any = None
    ) -> None:
        self.kind = kind
        self.issues = issues or [{"field": message.partition(":")[0], "message": message}]
        self.message = message
        self.headers: Mapping[str, str] = headers or {}


def invalid(*issues: tuple[str, str]) -> Refused:
    """Invalid input."""
    told = [{"field": name, "message": text} for name, text in issues]
    return Refused("validation", "; ".join(f"{a}: {b}" for a, b in issues), issues=told)


class Bodies:
    """Reads and checks bodies."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def body(self, headers: Mapping[str, str], text: bytes) -> Row:
        """The body, parsed."""
        if not re.match(r"application/json\s*(;|$)", headers.get("Content-Type") or ""):
            raise Refused("media_type", "Send JSON")
        if len(text) > self.spec.conventions["operations"]["body_limit"]:
            raise Refused("too_large", "The body is too large")
        try:
            data = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise Refused("malformed", "The body is not JSON") from None
        if not isinstance(data, dict):
            raise invalid(("body", "an object expected"))
        return data

    def check(self, item: Field, value: Any) -> str | None:
        """What is wrong with a value, or None."""
        if value is None:
            return None if item.optional else "must not be null"
        low, high = bounds(item)
        kind = item.type
        if kind in ("string", "text"):
            fine = isinstance(value, str) and low <= len(value) <= high and "\0" not in value
        elif kind == "int":
            fine = type(value) is int and low <= value <= high
        elif kind == "bigint":
            digits = isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value)
            fine = bool(digits) and low <= int(value) <= high
        elif kind in ("float", "decimal"):
            fine = type(value) in (int, float) and low <= value <= high
        elif kind == "json":
            fine = isinstance(value, (dict, list)) and "\\u0000" not in json.dumps(value)
        elif kind == "enum":
            fine = value in item.values
        elif kind == "ref":
            fine = isinstance(value, str) if item.external else self.is_id(value)
        else:
            fine = FORMATS[kind](value)
        return None if fine else f"not a valid {kind}"

    def is_id(self, value: Any) -> bool:
        """The form of ids."""
        kind = self.spec.conventions["data"]["id"]
        if kind == "int":
            return type(value) is int and value > 0
        return isinstance(value, str) and bool(UUID.fullmatch(value) if kind == "uuid" else value)

    def validated(self, resource: Resource, data: Row, whole: bool) -> Row:
        """Values of a body; of a whole row also those that are left out."""
        known = {item.prop: item for item in resource.fields}
        extra = {"version"} if self.spec.on("data.optimistic_version") else set()
        wrong = [(name, "unknown") for name in data if not self.is_known(name, {*known, *extra})]
        for name, item in known.items():
            if name in data:
                text = self.check(item, data[name])
                wrong += [(name, text)] if text else []
            elif whole and item.required:
                wrong.append((name, "required"))
        if "version" in data and "version" in extra and type(data["version"]) is not int:
            wrong.append(("version", "a number expected"))
        if not whole and not data:
            wrong.append(("body", "name a field to change"))
        if wrong:
            raise invalid(*wrong)
        defaults = {name: item.default for name, item in known.items()} if whole else {}
        return {
            **defaults,
            **{name: self.stored(known[name], data[name]) for name in data if name in known},
        }

    def is_known(self, name: str, known: set[str]) -> bool:
        """The property is one that a body may have."""
        return name in known

    def stored(self, item: Field, value: Any) -> Any:
        """A value as it is answered."""
        if item.type == "datetime" and value is not None:
            moment = datetime.datetime.fromisoformat(value).astimezone(datetime.UTC)
            return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return value


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _parses(parse: Any, pattern: str) -> Any:
    def fine(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(re.fullmatch(pattern, value) and parse(value))
        except ValueError:
            return False

    return fine


FORMATS = {
    "bool": lambda value: isinstance(value, bool),
    "date": _parses(datetime.date.fromisoformat, r"\d{4}-\d\d-\d\d"),
    "datetime": _parses(datetime.datetime.fromisoformat, r".{10}T.*(Z|[+-]\d\d:\d\d)"),
    "time": lambda value: isinstance(value, str) and bool(TIME.fullmatch(value)),
    "uuid": lambda value: isinstance(value, str) and bool(UUID.fullmatch(value)),
    "email": _parses(bool, r"[^@\s\0]+@[^@\s\0]+\.[a-z]+"),
    "url": _parses(bool, r"https?://[^\s\0]+"),
}

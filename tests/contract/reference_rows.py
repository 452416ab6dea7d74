"""Rows of the service in memory: what bodies and queries may hold, and what happens to rows."""

from __future__ import annotations

import base64
import datetime
import json
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any

from tests.contract.openapi import SUCCESS, errors_of
from tests.contract.spec import COLLECTION, HTTP, WRITES, Field, Resource, Spec
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


class Rows:
    """All rows, and the rules that they keep."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.rows: dict[str, list[Row]] = {it.name: [] for it in spec.resources}
        self.number = 0

    # What bodies may hold

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
            fine = _FORMATS[kind](value)
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

    # What happens to rows

    def alive(self, resource: Resource) -> list[Row]:
        """Rows that were not deleted."""
        return [row for row in self.rows[resource.name] if not row["#deleted"]]

    def owned(self, row: Row, owner: Any) -> bool:
        """The row is the caller's."""
        return bool(row[self.spec.keys["owner"]] == owner)

    def find(self, resource: Resource, owner: Any, identity: str, read: bool) -> Row:
        """One row that the caller may see."""
        for row in self.alive(resource):
            visible = self.owned(row, owner) or (resource.public and read)
            if str(row["id"]) == identity and visible:
                return row
        raise Refused("not_found", "Not found")

    def create(self, resource: Resource, owner: Any, data: Row) -> Row:
        """A new row."""
        values = self.validated(resource, data, whole=True)
        self.check_parents(resource, owner, values)
        self.check_unique(resource, owner, values, None)
        self.number += 1
        keys, now = self.spec.keys, self.now()
        row = {"id": self.new_id(), keys["owner"]: owner, **values}
        row |= {keys["created"]: now, keys["updated"]: now, "#deleted": False, "#at": self.number}
        row |= {"version": 1} if self.spec.on("data.optimistic_version") else {}
        self.rows[resource.name].append(row)
        return row

    def change(self, resource: Resource, owner: Any, row: Row, data: Row, whole: bool) -> None:
        """Other values."""
        values = self.validated(resource, data, whole)
        self.check_parents(resource, owner, values)
        self.check_unique(resource, owner, values, row)
        if "version" in row:
            if data.get("version", row["version"]) != row["version"]:
                raise Refused("conflict", "version: the row has another one")
            row["version"] += 1
        row.update(values)
        row[self.spec.keys["updated"]] = self.now()

    def remove(self, resource: Resource, row: Row) -> None:
        """Takes a row away."""
        if not resource.soft_delete:
            for child, item in self.spec.children(resource):
                if any(other[item.prop] == row["id"] for other in self.rows[child.name]):
                    raise Refused("conflict", f"{item.prop}: {child.name} point at it")
            self.rows[resource.name].remove(row)
        row["#deleted"] = True

    def check_parents(self, resource: Resource, owner: Any, values: Row) -> None:
        """Parents exist for the caller."""
        for item in resource.parents:
            if values.get(item.prop) is None:
                continue
            parent = self.spec.find(item.ref or "")
            found = [it for it in self.alive(parent) if it["id"] == values[item.prop]]
            if not found or not (self.owned(found[0], owner) or parent.public):
                raise Refused("conflict", f"{item.prop}: there is no such row")

    def check_unique(self, resource: Resource, owner: Any, values: Row, but: Row | None) -> None:
        """No other row has the value."""
        for item in resource.fields:
            if item.unique and values.get(item.prop) is not None:
                others = [row for row in self.alive(resource) if row is not but]
                if any(row[item.prop] == values[item.prop] for row in others):
                    raise Refused("conflict", f"{item.prop}: is taken")

    def shown(self, row: Row) -> Row:
        """A row as it is answered."""
        return {name: value for name, value in row.items() if not name.startswith("#")}

    def new_id(self) -> Any:
        """An id."""
        kind = self.spec.conventions["data"]["id"]
        made = {"uuid": str(uuid.uuid4()), "cuid": "c" + uuid.uuid4().hex[:24]}
        return made.get(kind, self.number)

    def now(self) -> str:
        """The time, as rows have it."""
        moment = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    # Lists

    def select(self, resource: Resource, owner: Any, query: list[tuple[str, str]]) -> Any:
        """Rows, and what else the envelope shows."""
        asked = dict(query)
        self.check_query(resource, asked)
        rows = [row for row in self.alive(resource) if resource.public or self.owned(row, owner)]
        rows = self.ordered(resource, self.filtered(resource, rows, asked), asked.get("sort", ""))
        limit, start, paging = self.size(asked), 0, self.spec.conventions["pagination"]
        slots: Row = {"$limit": limit, "$total": len(rows)}
        if resource.paginate == "page":
            slots["$page"] = int(asked.get("page", 1))
            start = (slots["$page"] - 1) * limit
        elif resource.paginate == "cursor":
            start = self.position(asked.get("cursor"))
            following = start + limit
            slots["$next"] = self.cursor(following) if following < len(rows) else None
        else:
            limit = paging["max_limit"]
        return [self.shown(row) for row in rows[start : start + limit]], slots

    def size(self, asked: Mapping[str, str]) -> int:
        """Rows of a page."""
        paging = self.spec.conventions["pagination"]
        return int(asked.get("limit", min(paging["default_limit"], paging["max_limit"])))

    def cursor(self, position: int) -> str:
        """A cursor of the next page."""
        return base64.urlsafe_b64encode(f"at {position}".encode()).decode()

    def position(self, cursor: str | None) -> int:
        """Where a cursor points."""
        if cursor is None:
            return 0
        try:
            return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("at "))
        except ValueError:
            raise invalid(("cursor", "not of this list")) from None

    def check_query(self, resource: Resource, asked: Mapping[str, str]) -> None:
        """Refuses what a list does not know."""
        fields = {item.prop: item for item in resource.fields if item.filterable}
        names = {"page": {"page", "limit", "sort"}, "cursor": {"cursor", "limit"}, "none": {"sort"}}
        most = self.spec.conventions["pagination"]["max_limit"]
        for name, value in asked.items():
            if name in names[resource.paginate]:
                top = {"limit": most, "page": 10**9}.get(name)
                if top and not (re.fullmatch(r"\d{1,9}", value) and 1 <= int(value) <= top):
                    raise invalid((name, f"1 to {top} expected"))
            elif name not in fields:
                raise invalid((name, "unknown"))
            elif _wrong_filter(fields[name], value):
                raise invalid((name, "malformed"))
        sortable = {*fields, self.spec.keys["created"], self.spec.keys["updated"]}
        for word in asked["sort"].split(",") if "sort" in asked else ():
            if word.removeprefix("-") not in sortable:
                raise invalid(("sort", "unknown"))

    def filtered(self, resource: Resource, rows: list[Row], asked: Mapping[str, str]) -> list[Row]:
        """Rows with the values that are asked for."""
        for item in resource.fields:
            if item.prop in asked and item.filterable:
                rows = [row for row in rows if _text(row[item.prop]) == asked[item.prop]]
        return rows

    def ordered(self, resource: Resource, rows: list[Row], sort: str) -> list[Row]:
        """Newest first, or as asked."""
        rows = sorted(rows, key=lambda row: -row["#at"])
        big = [item.prop for item in resource.fields if item.type == "bigint"]
        for word in reversed(sort.split(",") if sort else []):
            name = word.removeprefix("-")
            empty = [row for row in rows if row[name] is None]
            full = [row for row in rows if row[name] is not None]
            known = {row["#at"]: int(row[name]) if name in big else row[name] for row in full}
            full.sort(key=_by(known), reverse=word.startswith("-"))
            rows = full + empty
        return rows

    # Documentation

    def document(self) -> Row:
        """OpenAPI, as short as it can be."""
        paths: dict[str, Row] = {}
        names = {"page": ["page", "limit", "sort"], "cursor": ["cursor", "limit"], "none": ["sort"]}
        for resource in self.spec.resources:
            for operation in resource.methods:
                item = operation not in COLLECTION
                words = names[resource.paginate] + [it.prop for it in resource.fields]
                query = [{"name": word, "in": "query"} for word in words]
                described: Row = {
                    "operationId": f"{operation}_{resource.name}",
                    "parameters": query if operation == "list" else [],
                    "security": [] if resource.is_open(operation) else [{"bearer": []}],
                    "responses": {
                        status: {"description": status}
                        for status in (
                            SUCCESS.get(operation, "204"),
                            *errors_of(self.spec, resource, operation),
                        )
                    },
                }
                if item:
                    described["parameters"] = [{"name": "id", "in": "path", "required": True}]
                if operation in WRITES:
                    described["requestBody"] = {"content": {"application/json": {}}}
                path = f"{resource.path}/{{id}}" if item else resource.path
                paths.setdefault(path, {})[HTTP[operation].lower()] = described
        scheme = {"bearer": {"type": "http", "scheme": "bearer"}}
        return {
            "openapi": "3.1.0",
            "info": {"title": self.spec.name, "version": "1"},
            "paths": paths,
            "components": {"securitySchemes": scheme},
        }


def _by(known: Mapping[int, Any]) -> Any:
    return lambda row: known[row["#at"]]


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wrong_filter(item: Field, value: str) -> bool:
    if item.type in ("int", "bigint", "float", "decimal"):
        return not re.fullmatch(r"-?\d+(\.\d+)?", value)
    if item.type == "bool":
        return value not in ("true", "false")
    return item.type in ("date", "datetime", "time", "uuid") and not _FORMATS[item.type](value)


def _parses(parse: Any, pattern: str) -> Any:
    def fine(value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(re.fullmatch(pattern, value) and parse(value))
        except ValueError:
            return False

    return fine


_FORMATS = {
    "bool": lambda value: isinstance(value, bool),
    "date": _parses(datetime.date.fromisoformat, r"\d{4}-\d\d-\d\d"),
    "datetime": _parses(datetime.datetime.fromisoformat, r".{10}T.*(Z|[+-]\d\d:\d\d)"),
    "time": lambda value: isinstance(value, str) and bool(TIME.fullmatch(value)),
    "uuid": lambda value: isinstance(value, str) and bool(UUID.fullmatch(value)),
    "email": _parses(bool, r"[^@\s\0]+@[^@\s\0]+\.[a-z]+"),
    "url": _parses(bool, r"https?://[^\s\0]+"),
}

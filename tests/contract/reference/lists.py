"""Lists of the service in memory, and its documentation."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from tests.contract.openapi import SUCCESS, errors_of
from tests.contract.reference.bodies import FORMATS, Row, invalid
from tests.contract.reference.rows import Rows
from tests.contract.spec import COLLECTION, HTTP, WRITES, Field, Resource


class Lists(Rows):
    """Finds, orders and cuts rows."""

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


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wrong_filter(item: Field, value: str) -> bool:
    if item.type in ("int", "bigint", "float", "decimal"):
        return not re.fullmatch(r"-?\d+(\.\d+)?", value)
    if item.type == "bool":
        return value not in ("true", "false")
    return item.type in ("date", "datetime", "time", "uuid") and not FORMATS[item.type](value)

"""Bugs that a service may have, each by its name: the suite has to find every one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.contract.reference import Service
from tests.contract.reference.bodies import Refused

Bug = Callable[[Service], None]
Reply = tuple[int, dict[str, str], bytes]
BUGS: dict[str, Bug] = {}


def bug(name: str, method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A function that takes the place of a method; it gets the service, the right method and what that gets."""

    def add(wrong: Callable[..., Any]) -> Callable[..., Any]:
        def put(service: Service) -> None:
            right = getattr(service, method)
            setattr(service, method, lambda *given, **more: wrong(service, right, *given, **more))

        BUGS[name] = put
        return wrong

    return add


def answers(name: str, change: Callable[[int, dict[str, str], bytes], Reply]) -> None:
    """A bug of the answers."""
    bug(name, "handle")(lambda _, right, *request: change(*right(*request)))


def without(header: str, only: int | None = None) -> Callable[[int, dict[str, str], bytes], Reply]:
    """Answers (of one status) that lack a header."""
    return lambda status, headers, body: (
        status,
        {name: headers[name] for name in headers if name != header or only not in (None, status)},
        body,
    )


def status(was: int, now: int) -> Callable[[int, dict[str, str], bytes], Reply]:
    """Another status."""
    return lambda status, headers, body: (now if status == was else status, headers, body)


def text(old: str, new: str) -> Callable[[int, dict[str, str], bytes], Reply]:
    """Another body."""
    return lambda status, headers, body: (
        status,
        headers,
        body.replace(old.encode(), new.encode()),
    )


for header in ("X-Request-Id", "ETag", "Location", "Allow", "Retry-After", "WWW-Authenticate"):
    answers(f"no {header}", without(header))
for header in ("X-Frame-Options", "Content-Security-Policy", "Vary", "Access-Control-Allow-Origin"):
    answers(f"no {header}", without(header))
for was, now in (
    (201, 200),
    (204, 200),
    (404, 403),
    (403, 401),
    (409, 400),
    (413, 400),
    (415, 400),
):
    answers(f"{now} for {was}", status(was, now))
answers("503 for 429", status(429, 503))
answers("errors are cached", without("Cache-Control", 404))
answers("another envelope key", text('"data"', '"result"'))
answers("another constant", text('"success": true', '"success": 1'))
answers("one key too many", text('"success": true', '"success": true, "ok": 1'))
answers("another code", text("NOT_FOUND", "NOTFOUND"))
answers("another validation code", text("VALIDATION_ERROR", "BAD"))
answers("a stack trace", text("Not found", "Error at /app/src/index.ts:12"))
answers("no messages", text("A token is required", ""))

# What takes the place of a method, on one line each.
for name, method, wrong in (
    ("another's row can be read", "owned", lambda *_: True),
    ("tokens do not expire", "is_expired", lambda *_: False),
    ("roles are not checked", "check_role", lambda *_: None),
    ("unknown properties are taken", "is_known", lambda *_: True),
    (
        "an owner in the body is fine",
        "is_known",
        lambda _, ok, it, all: ok(it, all) or it == "ownerId",
    ),
    ("one more than the limit", "most", lambda _, right, it: right(it) + 1),
    ("one less than the limit", "most", lambda _, right, it: right(it) - 1),
    ("users share a limit", "key", lambda _, right, *given: right(*given)[:2]),
    ("operations share a limit", "key", lambda _, right, *given: right(*given)[1:]),
    ("parents are not checked", "check_parents", lambda *_: None),
    ("unique is not checked", "check_unique", lambda *_: None),
    ("deleted rows stay", "alive", lambda service, _, it: service.rows[it.name]),
    ("times have no zone", "now", lambda _, right: right().removesuffix("Z")),
    ("ids are numbers", "new_id", lambda service, _: service.number),
    ("the page size is ignored", "size", lambda *_: 20),
    ("filters are ignored", "filtered", lambda _, right, it, rows, asked: rows),
    ("sort is ignored", "ordered", lambda _, right, it, rows, sort: right(it, rows, "")),
    ("queries are not checked", "check_query", lambda *_: None),
    ("cursors start again", "position", lambda *_: 0),
    ("health is down", "health", lambda *_: {"status": "down", "database": "up"}),
    ("datetime keeps its offset", "stored", lambda _, right, it, value: value),
    ("values are not checked", "check", lambda *_: None),
    ("keys are not kept", "once", lambda _, right, *request: request[-1]()),
    ("another body is fine", "once", lambda _, ok, *of: ok(*of[:3], b"", *of[4:])),
    ("keys are everybody's", "once", lambda _, ok, *of: ok(*of[:4], {"id": "all"}, of[5])),
    ("a rule for deletions is ignored", "rule", lambda *_: None),
    ("children that should go have no parent", "rule", lambda _, right, it: right(it) and "null"),
    ("children that should stay go", "rule", lambda _, right, it: right(it) and "cascade"),
    ("a row is its own parent", "check_itself", lambda *_: None),
    (
        "children go with their parent",
        "remove",
        lambda it, _, of, row: it.rows[of.name].remove(row),
    ),
):
    bug(name, method)(wrong)


@bug("the owner comes from the body", "create")
def bug_1(_: Service, right: Any, resource: Any, owner: Any, data: Any) -> Any:
    return right(resource, data.pop("ownerId", owner), data)


@bug("oldest first", "ordered")
def bug_2(_: Service, right: Any, resource: Any, rows: Any, sort: str) -> Any:
    found = right(resource, rows, sort)
    return found if sort else found[::-1]


@bug("PATCH sets the rest to null", "change")
def bug_3(
    _: Service, right: Any, resource: Any, owner: Any, row: Any, data: Any, whole: bool
) -> None:
    rest = {item.prop: None for item in resource.fields if item.optional and data}
    right(resource, owner, row, {**rest, **data}, whole)


@bug("PUT keeps the rest", "change")
def bug_4(
    _: Service, right: Any, resource: Any, owner: Any, row: Any, data: Any, whole: bool
) -> None:
    right(resource, owner, row, data, whole and not data)


@bug("PUT needs nothing", "validated")
def bug_5(_: Service, right: Any, resource: Any, data: Any, whole: bool) -> Any:
    return right(resource, data, whole and "title" in data)


@bug("an empty PATCH is fine", "change")
def bug_6(
    _: Service, right: Any, resource: Any, owner: Any, row: Any, data: Any, whole: bool
) -> None:
    if data or whole:
        right(resource, owner, row, data, whole)


@bug("bigint is a number", "stored")
def bug_7(_: Service, right: Any, item: Any, value: Any) -> Any:
    return int(value) if item.type == "bigint" and value else right(item, value)


@bug("text is cut", "stored")
def bug_8(_: Service, right: Any, item: Any, value: Any) -> Any:
    return value[:15] if item.type == "string" and value else right(item, value)


@bug("hostile text is escaped", "stored")
def bug_9(_: Service, right: Any, item: Any, value: Any) -> Any:
    return value.replace("<", "&lt;") if isinstance(value, str) else right(item, value)


@bug("a length off by one", "check")
def bug_10(_: Service, right: Any, item: Any, value: Any) -> Any:
    one_over = isinstance(value, str) and item.max and len(value) == item.max + 1
    return None if one_over else right(item, value)


@bug("a bound that is exclusive", "check")
def bug_11(_: Service, right: Any, item: Any, value: Any) -> Any:
    return "too big" if value and value == item.max else right(item, value)


@bug("null is never allowed", "check")
def bug_12(_: Service, right: Any, item: Any, value: Any) -> Any:
    return "no" if value is None else right(item, value)


@bug("messages without the property", "failure")
def bug_13(_: Service, right: Any, refused: Refused, identity: str) -> Any:
    refused.message = "Invalid input" if refused.kind == "validation" else refused.message
    return right(refused, identity)


@bug("a path is not documented", "document")
def bug_14(_: Service, right: Any) -> Any:
    found = right()
    found["paths"].popitem()
    return found


@bug("an undocumented error", "document")
def bug_15(_: Service, right: Any) -> Any:
    return json.loads(json.dumps(right()).replace('"409"', '"418"'))


@bug("a reference that leads nowhere", "document")
def bug_16(_: Service, right: Any) -> Any:
    return {**right(), "x-more": {"$ref": "#/components/schemas/None"}}


@bug("any media type", "body")
def bug_17(_: Service, right: Any, headers: Any, body: bytes) -> Any:
    return right({"Content-Type": "application/json"}, body)


@bug("a bug that odd JSON meets", "body")
def bug_18(_: Service, right: Any, headers: Any, body: bytes) -> Any:
    if b"ud800" in body:
        raise Refused("internal", "Internal error")
    return right(headers, body)

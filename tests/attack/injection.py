"""Injection: words that a database, a shell, a template or a header would take for more than words."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

from tests.attack.attacker import Attacker, attack, items
from tests.contract import values
from tests.contract.spec import HTTP, Field, Resource
from tests.contract.world import User

KIND = "injection"
WORDS = (
    "' OR '1'='1' -- ",
    '" OR ""="',
    "1; DROP TABLE notes; --",
    "') UNION SELECT 1,2,3 -- ",
    "'||pg_sleep(3)||'",
    "1) OR randomblob(900000000) --",
    "\\' OR 1=1 -- ",
    "%' OR title LIKE '%",
    "${7919*7907}",
    "{{7919*7907}}",
    "<%= 7919*7907 %>",
    "$(sleep 3)",
    "`sleep 3`",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "<script>alert(1)</script>",
    "x\r\nSet-Cookie: a=b",
    "é漢🚀\u202e",
    "%00%0d%0a",
    "*)(uid=*",
    '{"$gt":""}',
    "=cmd|' /C calc'!A0",
)
OPERATORS: tuple[Any, ...] = (
    {"$gt": ""},
    {"$ne": None},
    {"not": "x"},
    {"contains": ""},
    {"increment": 1},
    {"set": "x"},
    {"connect": {"id": "x"}},
    ["x"],
)
SORTS = (
    "title desc",
    "(select 1)",
    "1",
    "title;drop table notes",
    "title--",
    "title,title",
    "-",
    "--title",
    "+title",
    "title collate nocase",
    "case when 1=1 then 1 end",
    "__proto__",
    "constructor",
    "toString",
    "id,id",
    "title'",
    'title"',
    "title)",
    "title\0",
    "metadata",
    "__table__",
    "password_hash",
    "ownerId",
    "owner_id",
    "deleted_at",
)
NUMBERS = (
    "",
    *[
        "0",
        "-1",
        "1e9",
        "NaN",
        "1;--",
        "0x10",
        "\u0661",
        "99999999999999999999",
        "1.5",
        "true",
        "null",
        "[]",
        "1,2",
    ],
)
SLOW = 2.5
MARKS = ("62615533", "root:x:", "uid=0")


@attack(KIND, "fields")
def fields(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        for item in resource.fields:
            for word in (*WORDS, *OPERATORS):
                _field(attacker, resource, item, word)


def _field(attacker: Attacker, resource: Resource, item: Field, word: Any) -> None:
    if item.type == "json" and not isinstance(word, str):
        return
    user = attacker.someone(resource, "create", 1)
    text = isinstance(word, str) and item.type in ("string", "text")
    sent = word
    if text:
        low, _high = values.bounds(item)
        sent = (word + values.valid(item) * item.unique).ljust(low, ".")
    answer = _timed(
        attacker, user, "create", resource, body=attacker.body(user, resource, **{item.prop: sent})
    )
    if answer.status == 201:
        found = attacker.data(answer, 201).get(item.prop)
        if found != sent:
            attacker.find(f"{resource.name}.{item.prop}: {word!r} is kept as {found!r}", answer)
    elif answer.status != attacker.spec.status("validation") or (
        text and len(str(sent)) <= values.bounds(item)[1] and "\0" not in str(sent)
    ):
        attacker.find(f"{resource.name}.{item.prop}: {word!r} is {answer.status}", answer)


@attack(KIND, "filters")
def filters(attacker: Attacker) -> None:
    for resource in attacker.spec.resources:
        if "list" not in resource.methods:
            continue
        names = [item.prop for item in resource.fields if item.filterable]
        for name in names:
            for word in WORDS:
                _filter(attacker, resource, {name: word})
            for odd in (f"{name}[$ne]", f"{name}[gt]", f"{name}__gt", f"{name}[]", f"{name}.x"):
                _filter(attacker, resource, {odd: "x"}, refused=True)
        # Of `__proto__` Next.js tells a route nothing.
        for odd in ("constructor", "toString", "where", "$where", "select", "or"):
            _filter(attacker, resource, {odd: "x"}, refused=True)


def _filter(
    attacker: Attacker, resource: Resource, query: dict[str, str], refused: bool = False
) -> None:
    rows: list[Any] = []
    user = attacker.someone(resource, "list", 1)
    # Somebody who has a row, that a filter may show by mistake.
    if "create" in resource.methods and not user.used[resource.name, "create"]:
        attacker.create(user, resource)
    answer = _timed(attacker, user, "list", resource, query=query)
    if answer.status == 200:
        [(name, word)] = query.items()
        found, _ = attacker.listed(answer, resource)
        rows = [row for row in found if row.get(name) != word]
    if answer.status not in (200, attacker.spec.status("validation")):
        attacker.find(f"a filter by {query} is {answer.status}", answer)
    elif rows or (refused and answer.status == 200):
        attacker.find(f"{resource.name}: a filter by {query} lists {len(rows)} rows", answer)


@attack(KIND, "sorts and pages")
def sorts(attacker: Attacker) -> None:
    for resource in attacker.spec.resources:
        if "list" not in resource.methods:
            continue
        known = {item.prop for item in resource.fields if item.filterable}
        queries = [{"sort": word} for word in SORTS if word not in known]
        queries.append({"sort": ",".join(["-id", "id"] * 500)})
        for name in ("limit", "page", "cursor"):
            queries += [{name: word} for word in (*NUMBERS, *WORDS[:6])]
        for query in queries:
            user = attacker.someone(resource, "list", 1)
            answer = _timed(attacker, user, "list", resource, query=query)
            what = f"{resource.name}: a list by {str(query)[:60]}"
            attacker.refused(answer, what, "validation")


@attack(KIND, "ids")
def ids(attacker: Attacker) -> None:
    for resource in attacker.spec.resources:
        for operation in items(resource):
            for word in WORDS if operation == "get" else WORDS[:5]:
                user = attacker.someone(resource, operation, 1, rows=0)
                body = {"nobodyKnowsThis": 1} if operation in ("update", "replace") else None
                if operation in ("update", "replace"):
                    body = attacker.body(user, resource)
                identity = quote(word, safe="")
                answer = _timed(attacker, user, operation, resource, row=identity, body=body)
                if answer.status not in (404, 400):
                    attacker.find(f"{operation} of the id {word!r} is {answer.status}", answer)


@attack(KIND, "headers")
def headers(attacker: Attacker) -> None:
    resource, operation = attacker.closed()
    names = [
        "X-Request-Id",
        "Idempotency-Key",
        "If-None-Match",
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "Host",
        "User-Agent",
        "Referer",
        "Origin",
        "Content-Type",
        "Cookie",
        "Range",
        "X-CSRF-Token",
        "If-Modified-Since",
        "X-API-Key",
        "Expect-CT",
    ]
    for name in names:
        for word in WORDS:
            value = word.replace("\r\n", " ").encode("ascii", "replace").decode()
            user = attacker.someone(resource, operation, 1)
            client = attacker.client(user, **{name: value + "#canary"})
            body = attacker.body(user, resource) if operation == "create" else None
            began = time.monotonic()
            answer = attacker.try_(client, HTTP[operation], resource.path, body)
            _slow(attacker, f"the header {name}: {word!r}", began)
            if any("#canary" in text for text in answer.headers.values()):
                attacker.find(f"the header {name} comes back", answer)


def _timed(attacker: Attacker, user: User, operation: str, resource: Resource, **more: Any) -> Any:
    began = time.monotonic()
    answer = attacker.send(user, operation, resource, **more)
    if time.monotonic() - began > SLOW:
        # The machine may be busy; what is slow by itself is slow again.
        began = time.monotonic()
        attacker.send(user, operation, resource, **more)
    _slow(attacker, f"{operation} of {resource.name} with {str(more)[:80]}", began)
    if any(mark.encode() in answer.body for mark in MARKS):
        attacker.find("something was carried out", answer)
    return answer


def _slow(attacker: Attacker, what: str, began: float) -> None:
    if time.monotonic() - began > SLOW:
        attacker.find(f"{what} takes {time.monotonic() - began:.0f} s")

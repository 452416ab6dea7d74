"""Bodies: too large, too deep, packed, in odd pieces, slow, and those that never end."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from contextlib import ExitStack, closing
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.attack.doors import door, enter, new_email
from tests.attack.sockets import connect, exchange, request
from tests.contract.http import COOKIE
from tests.contract.spec import HTTP, WRITES, Resource
from tests.contract.world import User

KIND = "bodies"
# A service does not read what nobody may send.
AWAITED = 4.0


def _writers(attacker: Attacker) -> list[tuple[Resource, str]]:
    found = [
        (resource, operation)
        for resource in attacker.creatable()
        for operation in WRITES
        if operation in resource.methods and resource.limit > 20
    ]
    return found[:6]


def _raw(attacker: Attacker, resource: Resource, operation: str, raw: bytes, **more: Any) -> Any:
    user = attacker.someone(resource, operation, 1)
    row = attacker.nobody()
    return attacker.send(user, operation, resource, row, raw=raw, **more)


@attack(KIND, "too large")
def too_large(attacker: Attacker) -> None:
    limit = attacker.spec.conventions["operations"]["body_limit"]
    for number, (resource, operation) in enumerate(_writers(attacker)):
        for size in (limit + 1, 4 * limit) if number == 0 else (limit + 1,):
            for chunked in (False, True):
                answer = _raw(attacker, resource, operation, b" " * size, chunked=chunked)
                what = f"{operation} of {size} bytes{' in chunks' * chunked}"
                attacker.refused(answer, what, "too_large")


@attack(KIND, "deep, wide and odd")
def odd(attacker: Attacker) -> None:
    limit = attacker.spec.conventions["operations"]["body_limit"]
    deep = limit // 8
    raws = {
        "lists in lists": b"[" * deep,
        "lists in lists that end": b"[" * deep + b"]" * deep,
        "objects in objects": b'{"a":' * (deep // 2) + b"1" + b"}" * (deep // 2),
        "many keys": json.dumps({f"k{n}": n for n in range(limit // 20)}).encode(),
        "one key many times": b"{" + b",".join([b'"title":"x"'] * (limit // 20)) + b"}",
        "a long number": b'{"title": ' + b"9" * (limit // 2) + b"}",
        "a number with a large exponent": b'{"title": 1e999999999}',
        "half a character": b'{"title": "\\ud800"}',
        "bytes that are no text": b'{"title": "\xff\xfe\xfd"}',
        "UTF-16": '{"title": "x"}'.encode("utf-16"),
        "a byte order mark": b'\xef\xbb\xbf{"title": "x"}',
        "a comment": b'{"title": "x" /* y */}',
        "NaN": b'{"title": NaN}',
        "nothing": b"",
        "spaces": b" " * 1000,
        "a form": b"title=x&rank=1",
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    }
    for resource, operation in _writers(attacker):
        for name, raw in raws.items():
            began = time.monotonic()
            answer = _raw(attacker, resource, operation, raw)
            what = f"{operation} with {name}"
            attacker.refused(answer, what, "malformed", "validation", "too_large", "not_found")
            if time.monotonic() - began > AWAITED:
                attacker.find(f"{what} takes {time.monotonic() - began:.0f} s", answer)


@attack(KIND, "a json field that is deep")
def deep_field(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        item = next((it for it in resource.fields if it.type == "json"), None)
        for depth in (50, 500, 5000, 20_000) if item else ():
            assert item
            user = attacker.someone(resource, "create", 2)
            marked: dict[str, Any] = {item.prop: "@@"}
            body = json.dumps(attacker.body(user, resource, **marked))
            nested = "[" * depth + "]" * depth
            answer = attacker.send(
                user, "create", resource, raw=body.replace('"@@"', nested).encode()
            )
            if answer.status == 201 and "list" in resource.methods:
                answer = attacker.send(user, "list", resource)
            if answer.status not in (200, 201, 400, 413, attacker.spec.status("validation")):
                attacker.find(f"a json field {depth} deep is {answer.status}", answer)


@attack(KIND, "packed")
def packed(attacker: Attacker) -> None:
    resource, operation = attacker.creatable()[0], "create"
    limit = attacker.spec.conventions["operations"]["body_limit"]
    user = attacker.someone(resource, "create", 4)
    fine = json.dumps(attacker.body(user, resource)).encode()
    bomb = gzip.compress(b" " * (50 * limit))
    for name, raw in {
        "gzip": gzip.compress(fine),
        "deflate": zlib.compress(fine),
        "br": fine,
        "gzip, gzip": gzip.compress(gzip.compress(fine)),
        "gzip ": bomb,
        "x-gzip": bomb,
    }.items():
        answer = _raw(attacker, resource, operation, raw, Content_Encoding=name.strip())
        if answer.status == 201 and raw is not fine:
            attacker.find(f"a body in {name} is unpacked", answer)
        elif answer.status not in (201, 400, 413, 415, attacker.spec.status("validation")):
            attacker.find(f"a body in {name} is {answer.status}", answer)


@attack(KIND, "lengths that do not agree")
def lengths(attacker: Attacker) -> None:
    if not attacker.target.has_socket:
        return
    resource = attacker.creatable()[0]
    user = attacker.someone(resource, "create", 20)
    smuggled = request("GET", f"{attacker.spec.prefix}/health", [("X-Smuggled", "1")])
    for name, framing in {
        "a length and chunks": [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        "two lengths": [("Content-Length", "0"), ("Content-Length", str(len(smuggled)))],
        "chunks of another name": [("Transfer-Encoding", "xchunked"), ("Content-Length", "4")],
        "chunks behind a space": [("Transfer-Encoding ", "chunked"), ("Content-Length", "4")],
        "a length below zero": [("Content-Length", "-1")],
        "a length that is no number": [("Content-Length", "0x10")],
        "a length with a plus": [("Content-Length", "+4")],
        "a length without an end": [("Content-Length", "9" * 30)],
    }.items():
        headers = [*_head(attacker, user), *framing]
        sent = request("POST", resource.path, headers, b"0\r\n\r\n" + smuggled)
        found, text = exchange(attacker.url, sent, 2)
        attacker.counted()
        if found and (found[0] >= 500 or found[0] < 300):
            attacker.find(f"{name} is {found[0]}")
        # A server may read chunks that carry a length, too, if it closes or reads both as RFC 9112 tells.
        if len(found) > 1 and name not in ("a length and chunks",):
            attacker.find(
                f"{name}: a second request is answered inside of the first: {text[:300]!r}"
            )
    _is_alive(attacker, "lengths that do not agree")


@attack(KIND, "half a body")
def half(attacker: Attacker) -> None:
    if not attacker.target.has_socket:
        return
    resource = attacker.creatable()[0]
    user = attacker.someone(resource, "create", 20)
    for size in (10, 1000, 100_000):
        head = [*_head(attacker, user), ("Content-Length", str(size * 2))]
        with closing(connect(attacker.url)) as line:
            line.sendall(request("POST", resource.path, head, b'{"a":"' + b"x" * size))
        chunks = [*_head(attacker, user), ("Transfer-Encoding", "chunked")]
        with closing(connect(attacker.url)) as line:
            line.sendall(request("POST", resource.path, chunks, b"ffff\r\n{"))
        attacker.counted(2)
    _is_alive(attacker, "half bodies")
    if attacker.target.log:
        time.sleep(0.3)
        text = attacker.target.log.read_text(errors="replace")
        if '"status":5' in text.replace(" ", ""):
            attacker.find("a caller who hangs up is logged as an error of the service")


@attack(KIND, "slow, and many")
def slow(attacker: Attacker) -> None:
    if not attacker.target.has_socket:
        return
    resource = attacker.creatable()[0]
    user = attacker.someone(resource, "create", 60)
    head = [*_head(attacker, user), ("Content-Length", "500")]
    with ExitStack() as stack:
        lines = [stack.enter_context(closing(connect(attacker.url))) for _ in range(40)]
        for turn in range(4):
            for line in lines:
                line.sendall(request("POST", resource.path, head, b"{") if turn == 0 else b" ")
            time.sleep(0.2)
        attacker.counted(len(lines))
        _is_alive(attacker, "forty slow bodies")


@attack(KIND, "of who may not send one")
def of_strangers(attacker: Attacker) -> None:
    """An answer comes before the body does."""
    if not attacker.target.has_socket:
        return
    limit = attacker.spec.conventions["operations"]["body_limit"]
    for resource, operation in _writers(attacker):
        path = attacker.path(resource, operation, attacker.nobody())
        head = [
            ("X-Forwarded-For", attacker.client().address or ""),
            ("Content-Length", str(limit)),
        ]
        head.append(("Content-Type", "application/json"))
        found, _text = exchange(attacker.url, request(HTTP[operation], path, head, b"{"), AWAITED)
        attacker.counted()
        if found[:1] != [attacker.spec.status("unauthorized")]:
            told = found[0] if found else "no answer while the body is not there"
            attacker.find(f"a body of {limit} bytes without a token: {told}")


@attack(KIND, "a password without an end")
def passwords(attacker: Attacker) -> None:
    """To hash it takes long, and to keep it takes room."""
    found = door(attacker)
    for size in (1_000, 100_000, 900_000) if found else ():
        assert found
        for path in (found.register, found.log_in):
            for email, password in (
                (new_email(), "x" * size),
                ("x" * size + "@example.com", "x" * 12),
            ):
                began = time.monotonic()
                answer = enter(attacker, found, path, email, password)
                if answer.status < 400 or time.monotonic() - began > AWAITED:
                    attacker.find(f"{size} letters at {path} are {answer.status}", answer)


def _head(attacker: Attacker, user: User) -> list[tuple[str, str]]:
    token = user.tokens[user.role]
    who = ("Authorization", f"Bearer {token}")
    if token.startswith(COOKIE):
        who = ("Cookie", token.removeprefix(COOKIE))
    return [who, ("X-Forwarded-For", user.address), ("Content-Type", "application/json")]


def _is_alive(attacker: Attacker, after: str) -> None:
    began = time.monotonic()
    answer = attacker.try_(attacker.client(), "GET", f"{attacker.spec.prefix}/health")
    if answer.status != 200 or time.monotonic() - began > AWAITED:
        attacker.find(f"after {after} the service is {answer.status}", answer)

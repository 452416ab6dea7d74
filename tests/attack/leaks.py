"""Leaks: what errors tell of the inside of a service, and what its log keeps of people."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from tests.attack.attacker import Attacker, attack, items
from tests.attack.doors import door, enter, new_email
from tests.contract import values
from tests.contract.http import Client
from tests.contract.spec import WRITES

KIND = "leaks"


@attack(KIND, "errors of the database")
def conflicts(attacker: Attacker) -> None:
    """What only the database refuses: values that are taken, parents that are not there, numbers out of range."""
    for resource in attacker.creatable():
        for item in resource.fields:
            user = attacker.someone(resource, "create", 3)
            if item.unique:
                row = attacker.create(user, resource)
                same = {item.prop: row[item.prop]}
                body = attacker.body(user, resource, **same)
                attacker.send(user, "create", resource, body=body)
            if item.ref and not item.external:
                for odd in (attacker.nobody(), "x", 7, 2**40, ""):
                    body = {**attacker.body(user, resource), item.prop: odd}
                    attacker.send(user, "create", resource, body=body)
            for word in (2**31, 2**63, 2**64, -(2**63) - 1, 1e308, "9" * 400, "\0", "\ud800"):
                body = {**attacker.body(user, resource), item.prop: word}
                user = attacker.someone(resource, "create", 2)
                attacker.send(user, "create", resource, body=body)
        for parent, _ in ((it, 0) for it in attacker.creatable() if "delete" in it.methods):
            for child, item in attacker.spec.children(parent):
                if child.name == resource.name and child.name != parent.name:
                    user = attacker.someone(resource, "create", 1)
                    row = attacker.create(user, resource)
                    if row[item.prop] is not None:
                        attacker.send(user, "delete", parent, row[item.prop])


@attack(KIND, "a value that several take at once")
def unique_race(attacker: Attacker) -> None:
    for resource in attacker.creatable() if attacker.target.has_socket else ():
        if not any(item.unique for item in resource.fields):
            continue
        user = attacker.fresh(resource)
        body = attacker.body(user, resource)
        client = attacker.client(user)
        answers = attacker.at_once(8, client, "POST", resource.path, body)
        made = [it for it in answers if it.status == 201]
        others = {it.status for it in answers} - {201, attacker.spec.status("conflict")}
        if len(made) != 1 or others:
            attacker.find(f"{len(made)} of eight have the value, others are {others}", answers[-1])


@attack(KIND, "errors of a request")
def requests(attacker: Attacker) -> None:
    resource, _operation = attacker.closed()
    long = "x" * 6000
    for path in (f"{resource.path}?a={long}", f"{resource.path}/{long}", f"{resource.path}/%ff"):
        attacker.try_(attacker.client(attacker.fresh(resource)), "GET", path)
    for path in ("/%", "/%c0%af", "/\\", "//evil.example/..", "/?a[b]=c&a=d", "/api//", "/api/%00"):
        answer = attacker.try_(attacker.client(), "GET", path)
        place = answer.headers.get("Location") or ""
        if "evil.example" in place:
            attacker.find("a path leads to another site", answer)
    for other in attacker.spec.resources:
        for one in other.methods:
            user = attacker.someone(other, one, 1, rows=0)
            raw = b'{"a"' if one in WRITES else None
            attacker.send(user, one, other, "%F0%9F", raw=raw, X_Request_Id="x" * 200)


@attack(KIND, "the log")
def logged(attacker: Attacker) -> None:
    """Bodies, tokens, passwords and queries are nobody's business, nor does a caller write lines of a log."""
    log, start = attacker.target.log, 0
    if log is None:
        return
    start = len(log.read_bytes())
    secret = f"canary{uuid.uuid4().hex}"
    forged = json.dumps({"level": "info", "message": "forged", "status": 200})
    for resource in attacker.creatable():
        user = attacker.someone(resource, "create", 3)
        texts = [it for it in resource.fields if it.type in ("string", "text") and not it.unique]
        for item in texts:
            value = secret[: int(values.bounds(item)[1])]
            body = {**attacker.body(user, resource), item.prop: value}
            attacker.send(user, "create", resource, body=body)
            attacker.send(user, "create", resource, body={**body, "nobodyKnowsThis": secret})
        if "list" in resource.methods:
            attacker.send(user, "list", resource, query={"token": secret})
        token = attacker.token(user, [])
        path = f"{resource.path}/{forged}".replace(" ", "%0a").replace('"', "%22")
        attacker.try_(attacker.client(user, **{"User-Agent": f"x {forged}"}), "GET", path)
        for identity in items(resource)[:1]:
            attacker.send(user, identity, resource, "%0a" + "forged" + "%0d%0a", body={})
    odd = {"Authorization": f"Bearer {secret}", "X-API-Key": secret, "Cookie": f"session={secret}"}
    attacker.try_(Client(attacker.url, None, attacker.client().address, odd), "GET", resource.path)
    found = door(attacker)
    if found:
        email = new_email()
        enter(attacker, found, found.register, email, secret)
        enter(attacker, found, found.log_in, email, secret + "x")
    time.sleep(0.5)
    _judge_log(attacker, log.read_bytes()[start:].decode(errors="replace"), secret, token)


def _judge_log(attacker: Attacker, text: str, secret: str, token: str) -> None:
    for word, what in ((secret, "what a caller sent"), (token.split(".")[-1], "a token")):
        if word[:40] in text:
            line = next(line for line in text.splitlines() if word[:40] in line)
            attacker.find(f"the log keeps {what}: {line[:200]}")
    for line in text.splitlines():
        entry: Any = None
        if line.strip():
            try:
                entry = json.loads(line)
            except ValueError:
                attacker.find(f"a line of the log is no JSON: {line[:120]}")
                break
        if isinstance(entry, dict) and entry.get("message") == "forged":
            attacker.find("a caller wrote a line of the log")

"""Caches: what is kept for one user and given to another."""

from __future__ import annotations

from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.contract.http import Answer
from tests.contract.spec import READS

KIND = "caches"


@attack(KIND, "a tag of another user")
def tags(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        alice = attacker.fresh(resource)
        row = attacker.create(alice, resource)
        bob = attacker.another(resource, alice)
        mine = attacker.create(bob, resource)
        for operation in READS:
            if operation not in resource.methods or resource.is_open(operation):
                continue
            theirs = attacker.send(alice, operation, resource, row)
            tag = theirs.headers.get("ETag") or ""
            for word in dict.fromkeys((tag, "*", f"W/{tag.removeprefix('W/')}", f'"x", {tag}')):
                answer = attacker.send(bob, operation, resource, row, If_None_Match=word)
                if operation == "get":
                    attacker.refused(answer, "a tag of somebody else's row", "not_found")
                elif word != "*" and answer.status == 304:
                    attacker.find("a tag of somebody else's list is 304", answer)
                answer = attacker.send(None, operation, resource, row, If_None_Match=word)
                attacker.refused(answer, "a tag, by nobody", "unauthorized")
            own = attacker.send(bob, operation, resource, mine, If_None_Match=tag)
            if own.status != 200 or own.headers.get("ETag") == tag:
                attacker.find(f"{operation}: two users have one tag", own)


@attack(KIND, "what may be kept")
def kept(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        user = attacker.fresh(resource)
        row = attacker.create(user, resource)
        for operation in READS:
            if operation in resource.methods:
                answer = attacker.send(user, operation, resource, row)
                _is_private(attacker, answer, f"{operation} of {resource.name}")
                for suffix in ("/x.css", ";x.css", "%2fx.css", ".css", "?x.css"):
                    path = attacker.path(resource, operation, row) + suffix
                    odd = attacker.try_(attacker.client(attacker.fresh(resource)), "GET", path)
                    _is_private(attacker, odd, "a path that ends like a file")
        answer = attacker.send(user, "create", resource, body=attacker.body(user, resource))
        _is_private(attacker, answer, f"create of {resource.name}", written=True)


def _is_private(attacker: Attacker, answer: Answer, what: str, written: bool = False) -> None:
    words = _words(answer.headers)
    if words & {"public", "s-maxage"} or any(
        word.startswith(("max-age=", "s-max")) for word in words
    ):
        attacker.find(f"{what} may be kept by a cache of all", answer)
    if answer.status == 200 and not written and not words & {"private", "no-store"}:
        attacker.find(f"{what} does not say whose it is", answer)


def _words(headers: Any) -> set[str]:
    text = ",".join(headers.get_all("Cache-Control", []))
    return {word.strip().lower() for word in text.split(",") if word.strip()}

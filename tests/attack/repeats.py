"""Idempotency keys: those of others, and those that are raced."""

from __future__ import annotations

import uuid
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.contract.spec import HTTP, Resource

KIND = "idempotency keys"


def _resource(attacker: Attacker) -> Resource | None:
    if "POST" not in attacker.spec.conventions["operations"]["idempotency"]:
        return None
    plain = [it for it in attacker.creatable() if not any(item.unique for item in it.fields)]
    return max(plain, key=lambda it: it.limit)


@attack(KIND, "of another user")
def of_others(attacker: Attacker) -> None:
    resource = _resource(attacker)
    if resource is None:
        return
    alice = attacker.fresh(resource)
    body = attacker.body(alice, resource, full=False)
    key = f"order-{uuid.uuid4()}"
    row = attacker.data(
        attacker.send(alice, "create", resource, body=body, Idempotency_Key=key), 201
    )
    bob = attacker.another(resource, alice)
    theirs = attacker.body(bob, resource, full=False)
    for sent, what in ((body, "the same body"), (theirs, "another body")):
        if any(item.ref for item in resource.fields) and sent is body:
            continue
        answer = attacker.send(bob, "create", resource, body=sent, Idempotency_Key=key + what[:3])
        again = attacker.send(bob, "create", resource, body=sent, Idempotency_Key=key)
        for one in (answer, again):
            _is_bobs(attacker, one, row, what)
        key = f"order-{uuid.uuid4()}"
        answer = attacker.send(alice, "create", resource, body=body, Idempotency_Key=key)
        row = attacker.data(answer, 201)
    answer = attacker.send(None, "create", resource, body=body, Idempotency_Key=key)
    attacker.refused(answer, "a key of somebody, by nobody", "unauthorized")


def _is_bobs(attacker: Attacker, answer: Any, row: dict[str, Any], what: str) -> None:
    if str(row["id"]).encode() in answer.body:
        attacker.find(f"somebody else's key with {what} gives their answer", answer)
    elif answer.status != 201:
        attacker.find(f"somebody else's key with {what} is {answer.status}", answer)


@attack(KIND, "in a race")
def race(attacker: Attacker) -> None:
    resource = _resource(attacker)
    if resource is None or not attacker.target.has_socket:
        return
    user = attacker.fresh(resource)
    body = attacker.body(user, resource, full=False)
    key = f"race-{uuid.uuid4()}"
    client = attacker.client(user, **{"Idempotency-Key": key})
    answers = attacker.at_once(8, client, HTTP["create"], resource.path, body)
    made = {attacker.data(it, 201)["id"] for it in answers if it.status == 201}
    if len(made) != 1:
        attacker.find(f"eight requests with one key made {len(made)} rows", answers[0])


@attack(KIND, "odd ones")
def odd(attacker: Attacker) -> None:
    resource = _resource(attacker)
    if resource is None:
        return
    for key in ("", " ", "a b", "x" * 256, "x" * 5000, "' OR '1'='1", "é", "a\tb", "null"):
        user = attacker.someone(resource, "create", 2)
        body = attacker.body(user, resource, full=False)
        answer = attacker.send(user, "create", resource, body=body, Idempotency_Key=key)
        if answer.status not in (201, attacker.spec.status("validation")):
            attacker.find(f"the key {key[:20]!r} is {answer.status}", answer)

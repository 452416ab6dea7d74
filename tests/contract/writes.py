"""What holds writes together: unique values, versions, and requests that are sent twice."""

from __future__ import annotations

import uuid
from typing import Any

from tests.contract.report import Failure, case
from tests.contract.spec import HTTP, Resource
from tests.contract.world import User, World


def _unique(_: World, resource: Resource) -> bool:
    return any(item.unique for item in resource.fields)


def _versions(world: World, _: Resource) -> bool:
    return world.spec.on("data.optimistic_version")


@case("a second of a unique value is 409, also of somebody else's", "create", when=_unique)
def unique(world: World, resource: Resource) -> None:
    for item in [item for item in resource.fields if item.unique]:
        alice, bob = world.fresh(resource), world.someone(resource, "create", 2)
        row = world.create(alice, resource)
        taken = {item.prop: row[item.prop]}
        for user in [alice] if item in resource.parents else [alice, bob]:
            body = world.body(user, resource, **taken)
            world.error(world.send(user, "create", resource, body=body), "conflict", item.prop)
        other = world.create(alice, resource)
        for operation in ("update", "replace"):
            if operation in resource.methods:
                body = taken if operation == "update" else world.body(alice, resource, **taken)
                answer = world.send(alice, operation, resource, other, body=body)
                world.error(answer, "conflict", item.prop)
        if "replace" in resource.methods:
            body = world.body(alice, resource, **taken)
            answer = world.send(alice, "replace", resource, row, body=body)
            world.data(answer)


@case("a unique value is free again once its row is gone", "create", "delete", when=_unique)
def freed(world: World, resource: Resource) -> None:
    item = next(item for item in resource.fields if item.unique)
    user = world.fresh(resource)
    row = world.create(user, resource)
    if world.send(user, "delete", resource, row).status == 204:
        world.create(user, resource, **{item.prop: row[item.prop]})


@case("a write that names an old version is 409", "create", when=_versions)
def versions(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    row = world.create(user, resource)
    if row.get("version") != 1:
        raise Failure(f"a new row has the version 1, and not {row.get('version')!r}")
    number = 1
    for operation in ("update", "replace"):
        if operation not in resource.methods:
            continue
        body = world.body(user, resource)
        answer = world.send(user, operation, resource, row, body={**body, "version": number})
        if world.data(answer).get("version") != number + 1:
            raise Failure(f"version {number + 1} expected", answer)
        answer = world.send(user, operation, resource, row, body={**body, "version": number})
        world.error(answer, "conflict", "version")
        answer = world.send(user, operation, resource, row, body={**body, "version": "x"})
        world.error(answer, "validation", "version")
        number += 1
        answer = world.send(user, operation, resource, row, body=body)
        if world.data(answer).get("version") != number + 1:
            raise Failure(f"version {number + 1} expected also without one in the body", answer)
        number += 1


@case("the same Idempotency-Key is done once", "create")
def once(world: World, resource: Resource) -> None:
    asked = world.spec.conventions["operations"]["idempotency"]
    user = world.fresh(resource)
    key = uuid.uuid4().hex
    body = world.body(user, resource)
    first = world.send(user, "create", resource, body=body, Idempotency_Key=key)
    row = world.data(first, 201)
    again = world.send(user, "create", resource, body=body, Idempotency_Key=key)
    if "POST" not in asked:
        if again.status == 201 and world.data(again, 201)["id"] == row["id"]:
            raise Failure("nobody asked for idempotency, so there are two rows", again)
        return
    if (again.status, again.body) != (first.status, first.body):
        raise Failure(f"the first answer again expected: {first}", again)
    if again.headers.get("Location") != first.headers.get("Location"):
        raise Failure("the same Location expected", again)
    _count(world, resource, user, 1)
    other = {**body, **world.body(user, resource)}
    answer = world.send(user, "create", resource, body=other, Idempotency_Key=key)
    world.error(answer, "idempotency")
    bob = world.fresh(resource)
    theirs = world.body(bob, resource)
    answer = world.send(bob, "create", resource, body=theirs, Idempotency_Key=key)
    if world.data(answer, 201)["id"] == row["id"]:
        raise Failure("another user has keys of his own", answer)


@case("the same Idempotency-Key of PUT is done once", "create", "replace")
def once_put(world: World, resource: Resource) -> None:
    if HTTP["replace"] not in world.spec.conventions["operations"]["idempotency"]:
        return
    user = world.fresh(resource)
    row = world.create(user, resource)
    key = uuid.uuid4().hex
    body = world.body(user, resource)
    first = world.send(user, "replace", resource, row, body=body, Idempotency_Key=key)
    again = world.send(user, "replace", resource, row, body=body, Idempotency_Key=key)
    world.data(first)
    if (again.status, again.body) != (first.status, first.body):
        raise Failure(f"the first answer again expected: {first}", again)
    other = world.body(user, resource)
    answer = world.send(user, "replace", resource, row, body=other, Idempotency_Key=key)
    world.error(answer, "idempotency")


def _count(world: World, resource: Resource, user: User, wanted: int) -> None:
    if "list" not in resource.methods:
        return
    answer = world.send(user, "list", resource)
    rows, _ = world.listed(answer, resource)
    mine: list[Any] = [
        row for row in rows if row[world.spec.keys["owner"]] == user.id or not user.id
    ]
    if len(mine) != wanted and not resource.public:
        raise Failure(f"{wanted} row expected", answer)

"""One row's life: made, read, changed, replaced, taken away."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.contract import values
from tests.contract.edges import compare, defaults_of
from tests.contract.report import Failure, case
from tests.contract.spec import Resource
from tests.contract.world import World

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def shape(world: World, resource: Resource, row: Any) -> None:
    """Fails unless a row has the properties that it should have, and no other."""
    keys = world.spec.keys
    wanted = {"id", keys["owner"], keys["created"], keys["updated"]}
    wanted |= {item.prop for item in resource.fields}
    if world.spec.on("data.optimistic_version"):
        wanted.add("version")
    if not isinstance(row, dict) or set(row) != wanted:
        raise Failure(f"a row with {sorted(wanted)} expected, and not {row!r}")
    if not world.is_id(row["id"]):
        kind = world.spec.conventions["data"]["id"]
        raise Failure(f"the id {row['id']!r} is no {kind}")
    for name in (keys["created"], keys["updated"]):
        if not isinstance(row[name], str) or not INSTANT.fullmatch(row[name]):
            raise Failure(f"{name} is {row[name]!r}, and no UTC time that ends in Z")


@case("POST makes a row and says where it is", "create")
def create(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    body = world.body(user, resource)
    answer = world.send(user, "create", resource, body=body)
    row = world.data(answer, 201)
    shape(world, resource, row)
    compare(resource.fields, body, row)
    if answer.headers.get("Location") != f"{resource.path}/{row['id']}":
        raise Failure(f"Location {resource.path}/{row['id']} expected", answer)
    if "get" in resource.methods:
        read = world.send(user, "get", resource, row)
        if world.data(read) != row:
            raise Failure(f"the row {row} expected", read)


@case("PATCH changes what it names, and nothing else", "create", "update")
def update(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    row = world.create(user, resource)
    # Times are compared, and clocks may count in milliseconds.
    time.sleep(0.01)
    moved = {world.spec.keys["updated"], "version"}
    fields = [item for item in resource.fields if item.ref != resource.name]
    for item in fields[: world.left(user, resource, "update")]:
        value = world.value(user, resource, item)
        answer = world.send(user, "update", resource, row, body={item.prop: value})
        after = world.data(answer)
        shape(world, resource, after)
        compare([item], {item.prop: value}, after)
        for name in set(row) - moved - {item.prop}:
            if after[name] != row[name]:
                raise Failure(f"PATCH of {item.prop} changed {name}", answer)
        updated = world.spec.keys["updated"]
        if values.instant(after[updated]) <= values.instant(row[updated]):
            raise Failure(f"{updated} is not later than {row[updated]}", answer)
        row = after
        time.sleep(0.002)
    if "get" in resource.methods:
        read = world.send(user, "get", resource, row)
        if world.data(read) != row:
            raise Failure(f"the row {row} expected", read)


@case("PUT replaces: what is left out goes to its default", "create", "replace")
def replace(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    row = world.create(user, resource)
    body = world.body(user, resource, full=False)
    answer = world.send(user, "replace", resource, row, body=body)
    after = world.data(answer)
    shape(world, resource, after)
    compare(resource.fields, {**defaults_of(resource), **body}, after)
    keys = world.spec.keys
    for name in ("id", keys["owner"], keys["created"]):
        if after[name] != row[name]:
            raise Failure(f"PUT changed {name}", answer)
    if "get" in resource.methods:
        read = world.send(user, "get", resource, row)
        if world.data(read) != after:
            raise Failure(f"the row {after} expected", read)


@case("DELETE takes the row away", "create", "delete")
def delete(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    stays, row = world.create(user, resource), world.create(user, resource)
    answer = world.send(user, "delete", resource, row)
    if answer.status != 204 or answer.body:
        raise Failure("204 and no body expected", answer)
    for operation in resource.methods:
        if operation in ("get", "update", "replace", "delete"):
            what = world.attempt(user, operation, resource, row)
            world.error(world.send(user, operation, resource, **what), "not_found")
    if "list" in resource.methods:
        answer = world.send(user, "list", resource)
        rows, _ = world.listed(answer, resource)
        found = [item["id"] for item in rows]
        if row["id"] in found or stays["id"] not in found:
            raise Failure(f"{stays['id']} without {row['id']} expected", answer)

"""Values at the edge of what is allowed, hostile ones and defaults: what is stored is what comes back."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from tests.contract import values
from tests.contract.bodies import Writer, takes_bodies, writes
from tests.contract.report import Failure, case
from tests.contract.spec import Field, Resource
from tests.contract.world import World


@case("values at the edge are accepted and come back", when=takes_bodies)
def edges(world: World, resource: Resource) -> None:
    largest = world.spec.conventions["operations"]["body_limit"] - 20_000
    plain = [
        item for item in resource.fields if not item.ref and not item.unique and not item.differs
    ]
    rounds = list(zip_longest(*(values.accepted(item, largest) for item in plain)))
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        for found in rounds if operation == "create" else rounds[:1]:
            sent = {
                item.prop: value
                for item, value in zip(plain, found, strict=True)
                if value is not None
            }
            writer.ready()
            if not sent and operation == "update":
                continue
            answer = writer.send(writer.body(**sent))
            row = world.data(answer, 201 if operation == "create" else 200)
            compare(plain, sent, row)


@case("every optional property may be null", when=takes_bodies)
def nulls(world: World, resource: Resource) -> None:
    sent = {item.prop: None for item in resource.fields if item.optional}
    for operation in writes(resource) if sent else []:
        writer = Writer(world, resource, operation)
        answer = writer.send(writer.body(**sent))
        row = world.data(answer, 201 if operation == "create" else 200)
        compare(resource.fields, sent, row)


@case("what is left out takes its default", "create")
def defaults(world: World, resource: Resource) -> None:
    user = world.someone(resource, "create", 2)
    row = world.create(user, resource, full=False)
    compare(resource.fields, defaults_of(resource), row)


@case("hostile text is text", when=takes_bodies)
def hostile(world: World, resource: Resource) -> None:
    sent: dict[str, Any] = {}
    for item in resource.fields:
        if item.type in ("string", "text"):
            low, high = values.bounds(item)
            text = values.HOSTILE + ("" if not item.unique else values.valid(item))
            sent[item.prop] = text.ljust(low, ".")
            if len(sent[item.prop].encode("utf-16-le")) // 2 > high:
                sent.pop(item.prop)
        elif item.type == "json":
            sent[item.prop] = {"constructor": {"a": [values.HOSTILE]}, "$where": "1", "": None}
    if not sent:
        return
    writer = Writer(world, resource, "create")
    writer.ready()
    answer = writer.send(writer.body(**sent))
    row = world.data(answer, 201)
    compare(resource.fields, sent, row)
    assert writer.user is not None
    if "get" in resource.methods:
        again = world.send(writer.user, "get", resource, row)
        compare(resource.fields, sent, world.data(again))
    by = next((item for item in resource.fields if item.filterable and item.prop in sent), None)
    if by and "list" in resource.methods:
        query = {by.prop: sent[by.prop]}
        found = world.send(writer.user, "list", resource, query=query)
        rows, _ = world.listed(found, resource)
        if row["id"] not in [one["id"] for one in rows]:
            raise Failure(f"the row with the {by.prop} {sent[by.prop]!r}", found)


def defaults_of(resource: Resource) -> dict[str, Any]:
    """What fields have that a body does not name."""
    return {item.prop: item.default for item in resource.fields if not item.required}


def compare(fields: Any, sent: dict[str, Any], row: dict[str, Any]) -> None:
    """Fails unless the row shows what was sent."""
    for item in fields:
        if item.prop not in sent:
            continue
        if item.prop not in row or not values.same(item, sent[item.prop], row[item.prop]):
            raise Failure(
                f"{item.prop} ({item.type}) was sent as {_shown(sent[item.prop])} "
                f"and came back as {_shown(row.get(item.prop, 'nothing'))}"
            )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 120 else f"{text[:60]}… ({len(text)})"


__all__ = ["Field", "compare", "defaults_of"]

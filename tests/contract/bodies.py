"""Bodies: what is no JSON, too much, unknown or wrong is refused, with the property's name."""

from __future__ import annotations

from typing import Any

from tests.contract import values
from tests.contract.report import Failure, case
from tests.contract.spec import WRITES, Field, Resource
from tests.contract.world import User, World

MEGABYTES = 4 << 20


def writes(resource: Resource) -> list[str]:
    """Operations with a body."""
    return [name for name in WRITES if name in resource.methods]


def takes_bodies(_: World, resource: Resource) -> bool:
    """There is something to send a body to."""
    return bool(writes(resource)) and "create" in resource.methods


class Writer:
    """Sends bodies with one operation, as users who may still do so; each gets a row to change."""

    def __init__(self, world: World, resource: Resource, operation: str) -> None:
        self.world, self.resource, self.operation = world, resource, operation
        self.user: User | None = None
        self.row: Any = None

    def ready(self) -> User:
        """A user who may send one more, with a row to send it to."""
        world, resource, operation = self.world, self.resource, self.operation
        if self.user is None or world.left(self.user, resource, operation) < 1:
            self.user = world.someone(resource, operation, 1 if operation == "create" else 2)
            if operation != "create":
                self.row = world.create(self.user, resource)
        return self.user

    def body(self, **changes: Any) -> dict[str, Any]:
        """A valid body with changes; of PATCH, the changes alone."""
        user = self.ready()
        if self.operation == "update" and changes:
            return changes
        return self.world.body(user, self.resource, full=False, **changes)

    def send(self, body: object = None, raw: bytes | None = None, **more: Any) -> Any:
        """The answer."""
        return self.world.send(
            self.ready(), self.operation, self.resource, self.row, None, body, raw, **more
        )


@case("a body that is no JSON is 400", when=takes_bodies)
def malformed(world: World, resource: Resource) -> None:
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        for raw in (b"{", b"", b"{'a': 1}", b'{"a": 1} x') if operation == "create" else (b"{",):
            world.error(writer.send(raw=raw), "malformed")


@case("another media type is 415", when=takes_bodies)
def media_type(world: World, resource: Resource) -> None:
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        for media in ("text/plain", "application/x-www-form-urlencoded"):
            answer = writer.send(raw=b"{}", Content_Type=media)
            world.error(answer, "media_type")
    writer = Writer(world, resource, "create")
    answer = writer.send(writer.body(), Content_Type="application/json; charset=utf-8")
    world.data(answer, 201)


@case("a body over the limit is 413", when=takes_bodies)
def too_large(world: World, resource: Resource) -> None:
    limit = world.spec.conventions["operations"]["body_limit"]
    if limit > MEGABYTES:
        return
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        over = b" " * (limit + 1)
        world.error(writer.send(raw=over), "too_large")
        world.error(writer.send(raw=over, chunked=True), "too_large")
    writer = Writer(world, resource, "create")
    world.error(writer.send(raw=b" " * limit), "malformed")


@case("a body that is no object is refused", when=takes_bodies)
def no_object(world: World, resource: Resource) -> None:
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        for raw in (b"[]", b"null", b"7", b'"text"') if operation == "create" else (b"[]",):
            world.error(writer.send(raw=raw), "validation")


@case("unknown properties, and those that the service sets, are refused", when=takes_bodies)
def unknown(world: World, resource: Resource) -> None:
    keys = world.spec.keys
    own = ["id", keys["created"], keys["updated"], keys["deleted"]]
    own += [] if world.spec.on("data.optimistic_version") else ["version"]
    own = [name for name in own if name not in [item.prop for item in resource.fields]]
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        body = world.body(writer.ready(), resource, full=False)
        for name in ["nobodyKnowsThis", *(own if operation == "create" else own[:2])]:
            answer = writer.send({**body, name: "2024-02-29T12:00:00Z"})
            world.error(answer, "validation", name)
        answer = writer.send(raw=b'{"__proto__": {"a": 1}, "constructor": 1}')
        world.error(answer, "validation")


@case("each required property has to be there", when=takes_bodies)
def required(world: World, resource: Resource) -> None:
    for operation in writes(resource):
        if operation == "update":
            continue
        writer = Writer(world, resource, operation)
        for item in resource.fields:
            if item.required:
                body = writer.body()
                body.pop(item.prop)
                world.error(writer.send(body), "validation", item.prop)


@case("values outside of what a field allows are refused", when=takes_bodies)
def wrong_values(world: World, resource: Resource) -> None:
    largest = world.spec.conventions["operations"]["body_limit"] - 20_000
    few = resource.limit < 20
    for operation in writes(resource):
        writer = Writer(world, resource, operation)
        for item in resource.fields:
            found = values.refused(item, largest)
            for value in found if operation == "create" and not few else found[:1]:
                answer = writer.send(writer.body(**{item.prop: value}))
                try:
                    world.error(answer, "validation", item.prop)
                except Failure as failure:
                    raise Failure(
                        f"{operation} of {item.prop} {_shown(value)}: {failure}"
                    ) from None


@case("two wrong values are both named", when=takes_bodies)
def two_wrong(world: World, resource: Resource) -> None:
    if len(resource.fields) > 1 and "create" in resource.methods:
        one, two = resource.fields[:2]
        writer = Writer(world, resource, "create")
        answer = writer.send(writer.body(**{one.prop: {"a": [1]}, two.prop: {"b": [2]}}))
        for item in (one, two):
            if item.type != "json":
                world.error(answer, "validation", item.prop)


@case("odd JSON is refused, or stored, but no bug", when=takes_bodies)
def odd_json(world: World, resource: Resource) -> None:
    writer = Writer(world, resource, "create")
    raws = [b"[" * 20_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b"\xff\xfe{}", b'{"\\ud800": 1}']
    for item in resource.fields[:3] if resource.limit < 20 else resource.fields:
        raws += [_with(writer, item, text) for text in _odd(item)]
    for raw in raws:
        answer = writer.send(raw=raw)
        if answer.status not in (201, world.spec.status("validation"), 400, 409):
            raise Failure("a 4xx that tells what is wrong with the body", answer)


def _odd(item: Field) -> list[str]:
    if item.type in ("float", "decimal", "int"):
        return ["NaN", "Infinity", "1e999", "-1e999", "1" * 400]
    if item.type in ("string", "text", "email", "url", "date", "datetime", "time"):
        return ['"\\ud800"', '"\\u0000"']
    return []


def _with(writer: Writer, item: Field, text: str) -> bytes:
    import json

    whole = json.dumps(writer.body(**{item.prop: "@@"}))
    return whole.replace('"@@"', text).encode()


@case("a change of nothing is refused", "update", when=takes_bodies)
def empty_patch(world: World, resource: Resource) -> None:
    world.error(Writer(world, resource, "update").send({}), "validation")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else f"{text[:40]}… of {len(text)}"

"""HTTP itself: methods, request ids, caching."""

from __future__ import annotations

import uuid

from tests.contract.report import Failure, case
from tests.contract.spec import COLLECTION, HTTP, READS, Resource
from tests.contract.world import World

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed(resource: Resource, item: bool) -> set[str]:
    """Methods of a route."""
    names = [name for name in resource.methods if (name in COLLECTION) != item]
    return {HTTP[name] for name in names} | {"OPTIONS"}


@case("a method that a route has not is 405, with those that it has")
def methods(world: World, resource: Resource) -> None:
    for item in (False, True):
        path = world.path(resource, "get" if item else "list", world.nobody())
        known = allowed(resource, item)
        if known == {"OPTIONS"}:
            # There is no such route at all.
            user = world.someone(resource, resource.methods[0])
            answer = world.client(user)("GET", path)
            if answer.status != 404:
                raise Failure("404 expected: the resource has no such route", answer)
            continue
        for verb in VERBS:
            if verb not in known:
                user = world.someone(resource, resource.methods[0])
                body: object = {} if verb in ("POST", "PUT", "PATCH") else None
                answer = world.client(user)(verb, path, body)
                world.common(answer)
                world.error(answer, "method_not_allowed")
                _allow(answer.headers.get("Allow"), known, answer)
        answer = world.client()("OPTIONS", path)
        world.common(answer)
        if answer.status != 204 or answer.body:
            raise Failure("204 and no body expected", answer)
        _allow(answer.headers.get("Allow"), known, answer)


def _allow(header: str | None, known: set[str], answer: object) -> None:
    found = {word.strip() for word in (header or "").split(",")}
    if found - {"HEAD"} != known:
        raise Failure(f"Allow: {', '.join(sorted(known))} expected", answer)  # type: ignore[arg-type]


@case("the caller's request id comes back, where it is one")
def request_id(world: World, resource: Resource) -> None:
    operation = resource.methods[0]
    row = world.nobody()
    given = f"suite:{uuid.uuid4()}.x-y"
    for user in (world.someone(resource, operation, 5), None):
        answer = world.send(user, operation, resource, row, X_Request_Id=given)
        if answer.headers.get("X-Request-Id") != given:
            raise Failure(f"X-Request-Id {given} expected", answer)
    for odd in ("with spaces", "a" * 129, "<script>", "é"):
        answer = world.send(None, operation, resource, row, X_Request_Id=odd)
        found = answer.headers.get("X-Request-Id")
        if found == odd or not found:
            raise Failure(f"a request id of the service's own, and not {odd!r}", answer)


@case("what the client already has is 304", "create")
def cached(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    row = world.create(user, resource)
    for operation in READS:
        if operation not in resource.methods:
            continue
        first = world.send(user, operation, resource, row)
        tag = first.headers.get("ETag")
        if not tag or first.headers.get("Cache-Control") != "private, no-cache":
            raise Failure("ETag and Cache-Control: private, no-cache expected", first)
        again = world.send(user, operation, resource, row, If_None_Match=tag)
        if again.status != 304 or again.body:
            raise Failure("304 and no body expected", again)
        several = world.send(user, operation, resource, row, If_None_Match=f'"x", {tag}')
        if several.status != 304:
            raise Failure("304 expected for one of several tags", several)
        other = world.send(user, operation, resource, row, If_None_Match='"x"')
        if other.status != 200:
            raise Failure("200 expected for another tag", other)
        field = next((item for item in resource.fields if not item.ref), None)
        if "update" in resource.methods and field and field.type != "bool":
            value = world.value(user, resource, field)
            world.data(world.send(user, "update", resource, row, body={field.prop: value}))
            after = world.send(user, operation, resource, row, If_None_Match=tag)
            if after.status != 200 or after.headers.get("ETag") == tag:
                raise Failure("200 and another ETag expected after a change", after)

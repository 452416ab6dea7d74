"""The rate limit: so many requests of a caller and a route in a window."""

from __future__ import annotations

import time
from math import ceil

from tests.contract.http import Answer
from tests.contract.report import Failure, case
from tests.contract.spec import HTTP, READS, Resource
from tests.contract.world import User, World

MOST = 300


@case("over the limit is 429 with Retry-After", when=lambda _, it: it.limit <= MOST)
def limited(world: World, resource: Resource) -> None:
    operation = next(
        name for name in ("list", "get", "create", *resource.methods) if name in resource.methods
    )
    user = world.fresh(resource)
    kind = world.spec.conventions["rate_limit"]
    bucket = kind["algorithm"] == "token_bucket"
    began = time.monotonic()
    served, answer = 0, _ask(world, user, operation, resource)
    while answer.status != world.spec.status("rate_limited"):
        served += 1
        refilled = (time.monotonic() - began) * resource.limit / resource.window if bucket else 0
        if served > resource.limit + ceil(refilled):
            raise Failure(f"429 expected after {resource.limit} requests", answer)
        answer = _ask(world, user, operation, resource)
    if served < resource.limit:
        raise Failure(f"429 after {served} requests, and not after {resource.limit}", answer)
    world.error(answer, "rate_limited")
    after = answer.headers.get("Retry-After") or ""
    if not after.isdigit() or not 1 <= int(after) <= resource.window:
        raise Failure(f"Retry-After of 1 to {resource.window} seconds expected", answer)
    _others(world, resource, operation, user, by_address=kind["key"] == "ip")


def _ask(world: World, user: User, operation: str, resource: Resource) -> Answer:
    # A body that is wrong costs a request, too, and makes no rows.
    body = {"nobodyKnowsThis": 1} if operation in ("create", "update", "replace") else None
    return world.send(user, operation, resource, world.nobody(), body=body)


def _others(world: World, resource: Resource, operation: str, user: User, by_address: bool) -> None:
    """Other methods, other callers and other resources are counted by themselves."""
    refused = world.spec.status("rate_limited")
    for other in resource.methods:
        if HTTP[other] != HTTP[operation]:
            answer = _ask(world, user, other, resource)
            if answer.status == refused:
                raise Failure(f"{HTTP[other]} is counted apart from {HTTP[operation]}", answer)
            break
    answer = _ask(world, world.fresh(resource), operation, resource)
    if answer.status == refused:
        raise Failure("another caller is counted apart", answer)
    # A bucket has filled a little while the others asked.
    for _ in range(resource.limit):
        if _ask(world, user, operation, resource).status == refused:
            break
    address = user.address
    user.address = world.client().address or ""
    answer = _ask(world, user, operation, resource)
    user.address = address
    if (answer.status == refused) == by_address:
        raise Failure(f"requests are counted by {'address' if by_address else 'user'}", answer)


@case(
    "callers without a token are counted by address",
    when=lambda _, it: it.public and it.limit <= 60,
)
def anonymous(world: World, resource: Resource) -> None:
    operation = next((name for name in READS if name in resource.methods), None)
    if operation is None:
        return
    client = world.client()
    path = world.path(resource, operation, world.nobody())
    statuses = [client("GET", path).status for _ in range(resource.limit)]
    began = time.monotonic()
    refused = world.spec.status("rate_limited")
    if refused in statuses:
        raise Failure(f"429 among the first {resource.limit} requests of an address")
    for _ in range(2 + ceil((time.monotonic() - began) * resource.limit / resource.window)):
        answer = client("GET", path)
        if answer.status == refused:
            break
    else:
        raise Failure(f"429 expected after {resource.limit} requests of an address", answer)
    if world.client()("GET", path).status == refused:
        raise Failure("another address is counted apart")

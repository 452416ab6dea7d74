"""Who may do what: tokens, roles, and the rows of others."""

from __future__ import annotations

from tests.contract.http import COOKIE
from tests.contract.report import Failure, case
from tests.contract.spec import COLLECTION, HTTP, WRITES, Resource
from tests.contract.values import HOSTILE
from tests.contract.world import World


@case("no token, or one that nobody signed, is 401")
def strangers(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    signed = world.token(user, [])
    bent = signed[:-4] + ("AAAA" if signed[-4:] != "AAAA" else "BBBB")
    expired = world.expired(user.role)
    bad = ["Bearer nonsense", "Bearer a.b.c", f"Bearer {bent}", "Basic YTpi", "Bearer"]
    for operation in resource.methods:
        body: object = {} if operation in WRITES else None
        row = world.nobody()
        if not resource.is_open(operation):
            answer = world.send(None, operation, resource, row, body=body)
            world.error(answer, "unauthorized")
        for header in bad if operation == resource.methods[0] else bad[1:3]:
            answer = world.send(None, operation, resource, row, body=body, Authorization=header)
            # No token at all is nobody, and nobody may read what is public.
            if not (resource.is_open(operation) and header in ("Basic YTpi", "Bearer")):
                world.error(answer, "unauthorized")
        if expired:
            header = f"Bearer {expired}"
            answer = world.send(None, operation, resource, row, body=body, Authorization=header)
            world.error(answer, "unauthorized")
        if signed.startswith(COOKIE) and not resource.is_open(operation):
            cookies = bent.removeprefix(COOKIE)
            answer = world.send(None, operation, resource, row, body=body, Cookie=cookies)
            world.error(answer, "unauthorized")


@case("another site may not write with a user's cookies", "create")
def cross_site(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    if not world.token(user, []).startswith(COOKIE):
        return
    body = world.body(user, resource)
    answer = world.send(user, "create", resource, body=body, Origin="https://evil.example")
    world.error(answer, "forbidden")


@case("another role is 403, whatever the row")
def wrong_role(world: World, resource: Resource) -> None:
    for operation in resource.methods:
        roles = resource.roles(operation)
        if not roles:
            continue
        others = [role for role in world.spec.provider_roles if role not in roles]
        for role in (None, *others[:1]):
            user = world.fresh_as(resource, role)
            answer = world.client(user)(*_request(world, resource, operation))
            world.common(answer)
            world.error(answer, "forbidden")


def _request(world: World, resource: Resource, operation: str) -> tuple[str, str, object]:
    body: object = {} if operation in WRITES else None
    return HTTP[operation], world.path(resource, operation, world.nobody()), body


@case("each of the roles may", when=lambda _, it: any(len(it.roles(m)) > 1 for m in it.methods))
def every_role(world: World, resource: Resource) -> None:
    for operation in ("list", "create"):
        for role in resource.roles(operation) if operation in resource.methods else []:
            user = world.fresh_as(resource, role)
            answer = world.send(
                user, operation, resource, **world.attempt(user, operation, resource)
            )
            if answer.status not in (200, 201):
                raise Failure(f"the role {role} may {operation}", answer)


@case("rows of others are 404, and stay as they are", "create")
def others(world: World, resource: Resource) -> None:
    alice = world.fresh(resource)
    row = world.create(alice, resource)
    bob = world.fresh(resource)
    for operation in resource.methods:
        if operation in COLLECTION:
            continue
        answer = world.send(
            bob, operation, resource, **world.attempt(bob, operation, resource, row)
        )
        if resource.is_open(operation):
            if world.data(answer) != row:
                raise Failure("anybody reads the row", answer)
        else:
            world.error(answer, "not_found")
    if "get" in resource.methods:
        after = world.send(alice, "get", resource, row)
        if world.data(after) != row:
            raise Failure("the row changed through somebody else's request", after)


@case("ids of nothing are 404, whatever they look like", when=lambda _, it: it.has_item)
def nothing(world: World, resource: Resource) -> None:
    odd = ["nonsense", "0", "-1", "99999999999999999999", "%00", "%F0%9F%9A%80", "a" * 300]
    odd += ["'%20OR%20'1'='1", "undefined"]
    for operation in resource.methods:
        if operation in COLLECTION:
            continue
        for identity in (world.nobody(), *(odd if operation == "get" else odd[:1])):
            user = world.someone(resource, operation, 2)
            what = world.attempt(user, operation, resource, identity)
            world.error(world.send(user, operation, resource, **what), "not_found")


@case("the owner comes from the token", "create")
def owner(world: World, resource: Resource) -> None:
    alice, bob = world.fresh(resource), world.someone(resource, "create", 3)
    key = world.spec.keys["owner"]
    row = world.create(alice, resource)
    again = world.create(alice, resource)
    bob_row = world.create(bob, resource) if bob is not alice else None
    if row[key] != again[key] or not row[key]:
        raise Failure(f"rows of one user have the owners {row[key]!r} and {again[key]!r}")
    if bob_row and bob_row[key] == row[key]:
        raise Failure(f"rows of two users have the owner {row[key]!r}")
    for operation in ("create", "update", "replace"):
        if operation in resource.methods:
            user = world.someone(resource, operation, 2)
            what = world.attempt(user, operation, resource, world.nobody())
            if operation != "create":
                what["row"] = world.create(user, resource)
            what["body"] = {**what["body"], key: row[key]}
            world.error(world.send(user, operation, resource, **what), "validation", key)


@case("a list has the caller's rows only", "list", "create")
def own_list(world: World, resource: Resource) -> None:
    alice, key = world.fresh(resource), world.spec.keys["owner"]
    row = world.create(alice, resource)
    bob = world.fresh(resource)
    answer = world.send(bob, "list", resource)
    rows, _ = world.listed(answer, resource)
    if resource.public:
        if row not in rows:
            raise Failure(f"a public list has everybody's rows, newest first: {row}", answer)
    elif rows:
        raise Failure("a new user has no rows", answer)
    mine = world.send(alice, "list", resource)
    rows, _ = world.listed(mine, resource)
    if row not in rows or (not resource.public and {item[key] for item in rows} != {row[key]}):
        raise Failure("the caller's rows, and no others", mine)


@case("reads of a public resource need no token", when=lambda _, it: it.public)
def public(world: World, resource: Resource) -> None:
    if "list" in resource.methods:
        world.listed(world.send(None, "list", resource), resource)
    if {"get", "create"} <= set(resource.methods):
        row = world.create(world.someone(resource, "create"), resource)
        answer = world.send(None, "get", resource, row)
        if world.data(answer) != row:
            raise Failure(f"the row {row}", answer)


@case("hostile words in a query stay words", "list")
def hostile_query(world: World, resource: Resource) -> None:
    user = world.someone(resource, "list", 3)
    world.error(world.send(user, "list", resource, query={HOSTILE: "1"}), "validation")
    answer = world.send(user, "list", resource, query={"sort": f"id{HOSTILE}"})
    world.error(answer, "validation", "sort")

"""Parents and children: a parent has to exist for the caller, and stays while it has children."""

from __future__ import annotations

from typing import Any

from tests.contract.report import Failure, case
from tests.contract.spec import Field, Resource
from tests.contract.world import World


def _parents(_: World, resource: Resource) -> bool:
    return bool(resource.parents)


@case("a parent that does not exist is 409", "create", when=_parents)
def missing_parent(world: World, resource: Resource) -> None:
    for item in resource.parents:
        user = world.someone(resource, "create", 3)
        row = world.create(user, resource)
        for operation in ("create", "update", "replace"):
            if operation in resource.methods:
                _refused(world, resource, item, operation, user, row, world.nobody())
        odd = _with(world, resource, item, "create", user, "x" * 12)
        answer = world.send(user, "create", resource, body=odd)
        kind = "conflict" if answer.status == world.spec.status("conflict") else "validation"
        world.error(answer, kind, item.prop)


@case("a parent of somebody else's is 409", "create", when=_parents)
def foreign_parent(world: World, resource: Resource) -> None:
    for item in resource.parents:
        parent = world.spec.find(item.ref or "")
        bob, user = world.fresh(parent), world.someone(resource, "create", 3)
        theirs = world.create(bob, parent, full=False)["id"]
        if parent.public:
            body = world.body(user, resource, **{item.prop: theirs})
            world.data(world.send(user, "create", resource, body=body), 201)
            continue
        if bob is user:
            user = world.fresh(resource)
        row = world.create(user, resource)
        for operation in ("create", "update", "replace"):
            if operation in resource.methods:
                _refused(world, resource, item, operation, user, row, theirs)


@case("a parent that was deleted is 409", "create", when=_parents)
def deleted_parent(world: World, resource: Resource) -> None:
    for item in resource.parents:
        parent = world.spec.find(item.ref or "")
        if "delete" not in parent.methods:
            continue
        user = world.someone(resource, "create", 2)
        if min(world.left(user, parent, name) for name in ("create", "delete")) < 1:
            user = world.fresh(parent)
        gone = world.create(user, parent, full=False)
        world.send(user, "delete", parent, gone)
        body = world.body(user, resource, **{item.prop: gone["id"]})
        answer = world.send(user, "create", resource, body=body)
        world.error(answer, "conflict", item.prop)


def _own_parents(_: World, resource: Resource) -> bool:
    changes = not {"update", "replace"}.isdisjoint(resource.methods)
    return changes and any(item.ref == resource.name for item in resource.parents)


@case("a row is not its own parent", "create", when=_own_parents)
def own_parent(world: World, resource: Resource) -> None:
    for item in resource.parents:
        if item.ref != resource.name:
            continue
        user = world.someone(resource, "create")
        row = world.create(user, resource)
        for operation in ("update", "replace"):
            if operation in resource.methods:
                body = _with(world, resource, item, operation, user, row["id"])
                answer = world.send(user, operation, resource, row, body=body)
                world.error(answer, "validation", item.prop)


def _children(world: World, resource: Resource, ruled: bool) -> list[tuple[Resource, Field]]:
    """Those that can be made; `ruled`: that go along with their parent, or stay without it."""
    return [
        (child, item)
        for child, item in world.spec.children(resource)
        if "create" in child.methods and bool(item.on_delete) == ruled
    ]


def _has_children(world: World, resource: Resource) -> bool:
    return bool(_children(world, resource, False)) and not resource.soft_delete


def _has_followers(world: World, resource: Resource) -> bool:
    return bool(_children(world, resource, True)) and not resource.soft_delete


def _parent_and_child(
    world: World, resource: Resource, child: Resource, item: Field
) -> tuple[Any, Any, Any]:
    """A user, a row of theirs, and another one that refers to it."""
    user = world.someone(child, "create", 2)
    if world.left(user, resource, "create") < 2 or world.left(user, resource, "delete") < 2:
        user = world.fresh(resource)
    parent = world.create(user, resource, full=False)
    return user, parent, world.create(user, child, full=False, **{item.prop: parent["id"]})


@case("a parent with children stays", "create", "delete", when=_has_children)
def parent_stays(world: World, resource: Resource) -> None:
    for child, item in _children(world, resource, False):
        user, parent, made = _parent_and_child(world, resource, child, item)
        world.error(world.send(user, "delete", resource, parent), "conflict")
        if "get" in resource.methods:
            world.data(world.send(user, "get", resource, parent))
        if "delete" in child.methods and not child.soft_delete:
            gone = world.send(user, "delete", child, made)
            after = world.send(user, "delete", resource, parent)
            if (gone.status, after.status) != (204, 204):
                raise Failure("without children the parent goes", after)


@case(
    "children go along with their parent, or stay without it",
    "create",
    "delete",
    when=_has_followers,
)
def children_follow(world: World, resource: Resource) -> None:
    for child, item in _children(world, resource, True):
        user, parent, made = _parent_and_child(world, resource, child, item)
        answer = world.send(user, "delete", resource, parent)
        if answer.status != 204:
            raise Failure(f"{child.name} keep no parent: {item.prop} has a rule", answer)
        if "get" not in child.methods:
            continue
        answer = world.send(user, "get", child, made)
        if item.on_delete == "cascade":
            world.error(answer, "not_found")
        elif world.data(answer)[item.prop] is not None:
            raise Failure(f"{item.prop} is null without the parent", answer)


def _refused(
    world: World, resource: Resource, item: Field, operation: str, user: Any, row: Any, value: Any
) -> None:
    body = _with(world, resource, item, operation, user, value)
    answer = world.send(user, operation, resource, row, body=body)
    world.error(answer, "conflict", item.prop)


def _with(
    world: World, resource: Resource, item: Field, operation: str, user: Any, value: Any
) -> dict[str, Any]:
    if world.spec.conventions["data"]["id"] == "int" and str(value).isdigit():
        value = int(value)
    if operation == "update":
        return {item.prop: value}
    return world.body(user, resource, **{item.prop: value})

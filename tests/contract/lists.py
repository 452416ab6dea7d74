"""Lists: how they are cut, and what a query may ask for."""

from __future__ import annotations

import time
from typing import Any

from tests.contract.envelope import placeholders
from tests.contract.report import Failure, case
from tests.contract.spec import Resource
from tests.contract.world import User, World


def _paginate(style: str) -> Any:
    return lambda _, resource: resource.paginate == style


def make(world: World, user: User, resource: Resource, count: int) -> list[dict[str, Any]]:
    """So many rows, the newest first."""
    rows = []
    for _ in range(count):
        rows.append(world.create(user, resource))
        # The order of rows follows from a time in milliseconds.
        time.sleep(0.003)
    return rows[::-1]


def own(world: World, user: User, rows: list[Any]) -> list[Any]:
    """Rows of the user: a public list has those of others, too."""
    return [row for row in rows if row[world.spec.keys["owner"]] == user.id]


@case("a list is newest first", "list", "create")
def newest_first(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    made = make(world, user, resource, 3)
    limit = min(3, world.spec.conventions["pagination"]["default_limit"])
    answer = world.send(user, "list", resource)
    rows, _ = world.listed(answer, resource)
    wanted = made if resource.paginate == "none" else made[:limit]
    if own(world, user, rows) != wanted:
        raise Failure(f"the rows {[row['id'] for row in made]} in this order", answer)


@case("a page is cut by page and limit", "list", "create", when=_paginate("page"))
def pages(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    made = make(world, user, resource, 3)
    slots = placeholders(world.spec.envelope["list"])
    for number in (1, 2, 3):
        answer = world.send(user, "list", resource, query={"limit": 1, "page": number})
        rows, found = world.listed(answer, resource)
        if rows != [made[number - 1]]:
            raise Failure(f"the row {made[number - 1]['id']} alone expected", answer)
        wanted = {"$page": number, "$limit": 1}
        if any(found.get(slot) != wanted[slot] for slot in wanted if slot in slots):
            raise Failure(f"{wanted} expected", answer)
        total = found.get("$total")
        if "$total" in slots and total != 3 and not (resource.public and int(total or 0) > 3):
            raise Failure("the total of 3 expected", answer)
    far = world.send(user, "list", resource, query={"page": 1000})
    if world.listed(far, resource)[0] != []:
        raise Failure("no rows on a page far away", far)


@case("a page without a limit has the default size", "list", "create")
def default_size(world: World, resource: Resource) -> None:
    size = min(
        world.spec.conventions["pagination"]["default_limit"],
        world.spec.conventions["pagination"]["max_limit"],
    )
    if resource.paginate == "none":
        size = world.spec.conventions["pagination"]["max_limit"]
    if size >= min(resource.limit, 40):
        return
    user = world.fresh(resource)
    for _ in range(size + 1):
        world.create(user, resource, full=False)
    answer = world.send(user, "list", resource)
    rows, found = world.listed(answer, resource)
    if len(rows) != size or found.get("$limit", size) != size:
        raise Failure(f"{size} rows expected, and not {len(rows)}", answer)


@case("a limit is bounded", "list", when=lambda _, it: it.paginate != "none")
def bounded(world: World, resource: Resource) -> None:
    most = world.spec.conventions["pagination"]["max_limit"]
    answer = world.send(world.someone(resource, "list"), "list", resource, query={"limit": most})
    _, found = world.listed(answer, resource)
    if found.get("$limit", most) != most:
        raise Failure(f"the limit {most} expected", answer)
    for limit in (most + 1, 0, -1, "1.5", "x", "", "9" * 30):
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={"limit": limit})
        world.error(answer, "validation", "limit")
    for page in (0, -1, "x") if resource.paginate == "page" else ():
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={"page": page})
        world.error(answer, "validation", "page")


@case("a cursor leads through all rows", "list", "create", when=_paginate("cursor"))
def cursors(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    made = make(world, user, resource, 3)
    seen: list[Any] = []
    query: dict[str, Any] = {"limit": 2}
    for turn in range(2):
        answer = world.send(user, "list", resource, query=query)
        rows, found = world.listed(answer, resource)
        seen += rows
        following = found.get("$next")
        if resource.public:
            break
        if turn == 0 and (not isinstance(following, str) or not following):
            raise Failure("a cursor for the next page expected", answer)
        if turn == 1 and following is not None:
            raise Failure("no next page expected", answer)
        query = {"limit": 2, "cursor": following}
    if seen[: len(made)] != (made[:2] if resource.public else made):
        raise Failure(f"the rows {[row['id'] for row in made]} in this order, and not {seen}")
    for odd in ("nonsense", "e30", "%00", "'; DROP TABLE x", "a" * 5000):
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={"cursor": odd})
        world.error(answer, "validation", "cursor")


@case("parameters that nobody knows are refused", "list")
def unknown(world: World, resource: Resource) -> None:
    known = [item.prop for item in resource.fields]
    names = {"page": ("cursor",), "cursor": ("page", "sort"), "none": ("page", "limit", "cursor")}
    unfiltered = [item.prop for item in resource.fields if item.type in ("text", "json")]
    for name in ("nobodyKnowsThis", *names[resource.paginate], *unfiltered):
        if name in known and name not in unfiltered:
            continue
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={name: "1"})
        world.error(answer, "validation", name)

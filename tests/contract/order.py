"""Lists by field: filters are equalities, and sorting is by the fields that have an order."""

from __future__ import annotations

from typing import Any

from tests.contract import values
from tests.contract.lists import make, own
from tests.contract.report import Failure, case
from tests.contract.spec import Field, Resource
from tests.contract.world import World

# Types whose order is the same in every database; the order of other text is the collation's.
ORDERED = ("int", "bigint", "float", "decimal", "date", "time", "datetime", "string", "bool")


@case("a list is filtered by equality", "list", "create")
def filters(world: World, resource: Resource) -> None:
    fields = [item for item in resource.fields if item.filterable and item.ref != resource.name]
    user = world.fresh(resource)
    row, other = make(world, user, resource, 2) if fields else ({}, {})
    together = {item.prop: _query(row[item.prop]) for item in fields if row[item.prop] is not None}
    if together:
        answer = world.send(user, "list", resource, query=together)
        rows, _ = world.listed(answer, resource)
        if row not in rows or (other in rows and not _alike(fields, row, other)):
            raise Failure(f"the row {row['id']} expected, by all of its values", answer)
    for item in fields[: world.left(user, resource, "list") - 1]:
        if row[item.prop] is None:
            continue
        query = {item.prop: _query(row[item.prop])}
        answer = world.send(user, "list", resource, query=query)
        rows, _ = world.listed(answer, resource)
        odd = [found for found in rows if not values.same(item, row[item.prop], found[item.prop])]
        if odd or (row["id"] not in [found["id"] for found in rows] and not resource.public):
            raise Failure(f"rows whose {item.prop} is {row[item.prop]!r}, and no others", answer)


@case("a filter of the wrong form is refused", "list")
def odd_filters(world: World, resource: Resource) -> None:
    for item in resource.fields:
        if not item.filterable or item.type in ("string", "email", "url", "enum", "ref"):
            continue
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={item.prop: "not-a-value"})
        world.error(answer, "validation", item.prop)


@case("a list is sorted by what has an order", "list", when=lambda _, it: it.paginate != "cursor")
def sorting(world: World, resource: Resource) -> None:
    keys = world.spec.keys
    names = [item.prop for item in resource.fields if item.filterable]
    names += [keys["created"], keys["updated"]]
    made: list[Any] = []
    user = world.fresh(resource)
    if "create" in resource.methods:
        made = make(world, user, resource, 3)
    by_name = {item.prop: item for item in resource.fields}
    for name in names[: max(1, world.left(user, resource, "list") // 2 - 2)]:
        for sign in ("", "-"):
            answer = world.send(user, "list", resource, query={"sort": sign + name})
            rows, _ = world.listed(answer, resource)
            mine = own(world, user, rows)
            if made and not resource.public and len(mine) != len(made):
                raise Failure(f"all {len(made)} rows expected", answer)
            item = by_name.get(name)
            if item is None or item.type in ORDERED:
                found = [_key(item, row[name]) for row in mine if row[name] is not None]
                if found != sorted(found, reverse=sign == "-"):
                    raise Failure(f"rows in the order of {sign}{name}", answer)


@case("a sort by several names goes by each", "list", when=lambda _, it: it.paginate != "cursor")
def several(world: World, resource: Resource) -> None:
    user = world.fresh(resource)
    keys = world.spec.keys
    made = make(world, user, resource, 2) if "create" in resource.methods else []
    query = {"sort": f"{keys['created']},-{keys['updated']}"}
    answer = world.send(user, "list", resource, query=query)
    rows, _ = world.listed(answer, resource)
    if made and not resource.public and rows != made[::-1]:
        raise Failure("the oldest first", answer)
    unsorted = [item.prop for item in resource.fields if item.type in ("text", "json")]
    for name in ("nobodyKnowsThis", "", keys["owner"], *unsorted[:1]):
        user = world.someone(resource, "list")
        answer = world.send(user, "list", resource, query={"sort": name})
        world.error(answer, "validation", "sort")


def _query(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _alike(fields: list[Field], row: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(row[item.prop] == other[item.prop] for item in fields)


def _key(item: Field | None, value: Any) -> Any:
    if item is None or item.type == "datetime":
        return values.instant(value)
    return int(value) if item.type == "bigint" else value

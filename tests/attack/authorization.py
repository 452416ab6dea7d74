"""Object level authorization: rows of other users, by every route and every way to name one."""

from __future__ import annotations

from urllib.parse import quote

from tests.attack.attacker import Attacker, attack, items
from tests.contract.spec import WRITES, Resource
from tests.contract.world import User

KIND = "rows of others"


@attack(KIND, "every route")
def every_route(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        if not items(resource):
            continue
        alice = attacker.fresh(resource)
        row = attacker.create(alice, resource)
        bob = attacker.another(resource, alice)
        for operation in items(resource):
            open_ = resource.is_open(operation)
            what = f"{operation} of somebody else's {resource.name}"
            body = attacker.body(bob, resource) if operation in WRITES else None
            answer = attacker.send(bob, operation, resource, row, body=body)
            if not open_:
                attacker.refused(answer, what, "not_found")
            other = attacker.of_other_role(resource, operation)
            if other:
                answer = attacker.send(other, operation, resource, row, body=body)
                attacker.refused(answer, f"{what} by another role", "forbidden", "not_found")
            answer = attacker.send(None, operation, resource, row, body=body)
            if not open_:
                attacker.refused(answer, f"{what} by nobody", "unauthorized")
        attacker.unchanged(alice, resource, row, "somebody else's request")


@attack(KIND, "other spellings of an id")
def spellings(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        if "get" not in resource.methods or resource.public:
            continue
        alice = attacker.fresh(resource)
        name = str(attacker.create(alice, resource)["id"])
        odd = [name.upper(), f"{{{name}}}", f"urn:uuid:{name}", f" {name}", f"{name} ", f"{name}\0"]
        odd += [f"{name}.json", f"{name};a=b", f"0{name}", f"+{name}", f"{name}/.", f"./{name}"]
        odd += [f"{name},{name}", f"{name}' OR '1'='1", f"{name}%00", name.replace("-", "")]
        bob = attacker.another(resource, alice)
        for word in odd:
            answer = attacker.send(bob, "get", resource, quote(word, safe=""))
            if 200 <= answer.status < 300:
                attacker.find(f"the id {word.replace(name, '<id>')!r} opens it", answer)
        for path in (f"{resource.path}//{name}", f"{resource.path}/x/../{name}"):
            answer = attacker.try_(attacker.client(bob), "GET", path)
            if 200 <= answer.status < 300:
                attacker.find(f"the path {path.replace(name, '<id>')!r} opens it", answer)


@attack(KIND, "somebody else's parent")
def parents(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        for item in resource.parents:
            parent = attacker.spec.find(item.ref or "")
            if parent.public or "create" not in parent.methods:
                continue
            alice = attacker.fresh(parent)
            bob = attacker.another(resource, alice)
            row = attacker.create(alice, parent, full=False)
            mine = attacker.create(bob, resource)
            stolen = {item.prop: row["id"]}
            for operation in WRITES:
                if operation not in resource.methods:
                    continue
                body = {**attacker.body(bob, resource), **stolen}
                answer = attacker.send(bob, operation, resource, mine, body=body)
                what = f"{operation} of a {resource.name} below somebody else's {parent.name}"
                attacker.refused(answer, what, "conflict", "not_found", "validation")
            if "list" in resource.methods and not resource.public:
                _nothing_of(attacker, bob, resource, stolen, f"a filter by their {item.prop}")


def _nothing_of(
    attacker: Attacker, user: User, resource: Resource, query: dict[str, object], what: str
) -> None:
    answer = attacker.send(user, "list", resource, query=query)
    if answer.status != 200:
        return
    rows, _ = attacker.listed(answer, resource)
    key = attacker.spec.keys["owner"]
    if any(row[key] != attacker.id_of(user, resource) for row in rows):
        attacker.find(f"{resource.name}: {what} lists rows of others", answer)


@attack(KIND, "lists")
def lists(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        if "list" not in resource.methods or resource.public:
            continue
        alice, key = attacker.fresh(resource), attacker.spec.keys["owner"]
        rows = [attacker.create(alice, resource) for _ in range(2)]
        bob = attacker.another(resource, alice)
        mine = attacker.create(bob, resource)
        first = attacker.send(alice, "list", resource, query=_small(resource))
        queries: list[dict[str, object]] = [{}, _small(resource), {key: rows[0][key]}]
        queries += [{"id": rows[0]["id"]}, {"ids": rows[0]["id"]}, {"deleted": "true"}]
        queries += [{"all": "1"}, {"include": "owner"}, {"fields": "*"}, {"expand": "owner"}]
        if resource.paginate == "cursor":
            _, slots = attacker.listed(first, resource)
            queries.append({"cursor": slots.get("$next") or "x"})
        for item in resource.fields:
            if item.filterable and rows[0][item.prop] is not None:
                queries.append({item.prop: str(rows[0][item.prop]).lower()})
        for query in queries:
            if attacker.left(bob, resource, "list") < 1:
                break
            answer = attacker.send(bob, "list", resource, query=query)
            if answer.status != 200:
                attacker.refused(answer, f"a list by {sorted(query)}", "validation")
                continue
            found, _ = attacker.listed(answer, resource)
            if any(row[key] != mine[key] for row in found):
                attacker.find(f"a list by {sorted(query)} has rows of others", answer)


def _small(resource: Resource) -> dict[str, object]:
    return {} if resource.paginate == "none" else {"limit": 1}

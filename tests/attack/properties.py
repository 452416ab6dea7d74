"""Property level authorization: what a caller may not set, and what no answer shows."""

from __future__ import annotations

import uuid
from typing import Any

from tests.attack.attacker import Attacker, attack
from tests.contract.spec import WRITES, Resource

KIND = "properties"
GIVEN = ("role", "roles", "is_admin", "isAdmin", "admin", "user_id", "userId", "owner", "tenant_id")
HIDDEN = ("__proto__", "constructor", "prototype", "$set", "$where", "_id", "__class__", "id ")


def _set_by_the_service(attacker: Attacker, resource: Resource) -> dict[str, Any]:
    keys = attacker.spec.keys
    moment, somebody = "2001-01-01T00:00:00Z", str(uuid.uuid4())
    names = {"id": attacker.nobody(), keys["owner"]: somebody}
    names |= {"ownerId": somebody, "owner_id": somebody}
    names |= {
        word: moment
        for word in (*keys.values(), "createdAt", "created_at", "deletedAt", "deleted_at")
        if word != keys["owner"]
    }
    if not attacker.spec.on("data.optimistic_version"):
        names["version"] = "7"
    names |= dict.fromkeys((*GIVEN, *HIDDEN), "admin")
    known = {item.prop for item in resource.fields}
    return {name: value for name, value in names.items() if name not in known}


@attack(KIND, "what the service sets")
def mass_assignment(attacker: Attacker) -> None:
    for resource in attacker.creatable():
        for operation in WRITES:
            if operation not in resource.methods:
                continue
            for name, value in _set_by_the_service(attacker, resource).items():
                user = attacker.someone(resource, operation, 2)
                what = attacker.attempt(user, operation, resource)
                what["body"] = {**what["body"], name: value}
                answer = attacker.send(user, operation, resource, **what)
                attacker.refused(answer, f"{name} in a body of {operation}", "validation")


@attack(KIND, "what answers show")
def shown(attacker: Attacker) -> None:
    keys = attacker.spec.keys
    for resource in attacker.creatable():
        wanted = {"id", keys["owner"], keys["created"], keys["updated"]}
        wanted |= {item.prop for item in resource.fields}
        if attacker.spec.on("data.optimistic_version"):
            wanted.add("version")
        user = attacker.someone(resource, "create", 2)
        rows = [attacker.create(user, resource)]
        if "get" in resource.methods:
            rows.append(attacker.data(attacker.send(user, "get", resource, rows[0])))
        if "list" in resource.methods:
            rows += attacker.listed(attacker.send(user, "list", resource), resource)[0]
        for row in rows:
            if extra := set(row) - wanted:
                attacker.find(f"{resource.name}: an answer shows {sorted(extra)}")

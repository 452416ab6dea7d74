"""Rows of the service in memory, and the rules that hold between them."""

from __future__ import annotations

import datetime
import time
from typing import Any

from tests.contract.ids import NEW
from tests.contract.reference.bodies import Bodies, Refused, Row
from tests.contract.spec import Field, Resource, Spec


class Rows(Bodies):
    """All rows."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.rows: dict[str, list[Row]] = {it.name: [] for it in spec.resources}
        self.number = 0

    def alive(self, resource: Resource) -> list[Row]:
        """Rows that were not deleted."""
        return [row for row in self.rows[resource.name] if not row["#deleted"]]

    def owned(self, row: Row, owner: Any) -> bool:
        """The row is the caller's."""
        return bool(row[self.spec.keys["owner"]] == owner)

    def find(self, resource: Resource, owner: Any, identity: str, read: bool) -> Row:
        """One row that the caller may see."""
        for row in self.alive(resource):
            visible = self.owned(row, owner) or (resource.public and read)
            if str(row["id"]) == identity and visible:
                return row
        raise Refused("not_found", "Not found")

    def create(self, resource: Resource, owner: Any, data: Row) -> Row:
        """A new row."""
        values = self.validated(resource, data, whole=True)
        self.check_parents(resource, owner, values)
        self.check_unique(resource, owner, values, None)
        self.number += 1
        keys, now = self.spec.keys, self.now()
        row = {"id": self.new_id(), keys["owner"]: owner, **values}
        row |= {keys["created"]: now, keys["updated"]: now, "#deleted": False, "#at": self.number}
        row |= {"version": 1} if self.spec.on("data.optimistic_version") else {}
        self.rows[resource.name].append(row)
        return row

    def change(self, resource: Resource, owner: Any, row: Row, data: Row, whole: bool) -> None:
        """Other values."""
        values = self.validated(resource, data, whole)
        self.check_itself(resource, row, values)
        self.check_parents(resource, owner, values)
        self.check_unique(resource, owner, values, row)
        if "version" in row:
            if data.get("version", row["version"]) != row["version"]:
                raise Refused("conflict", "version: the row has another one")
            row["version"] += 1
        row.update(values)
        row[self.spec.keys["updated"]] = self.now()

    def remove(self, resource: Resource, row: Row) -> None:
        """Takes a row away."""
        if not resource.soft_delete:
            found = [
                (child, item, other)
                for child, item in self.spec.children(resource)
                for other in self.rows[child.name]
                if other[item.prop] == row["id"]
            ]
            for child, item, _ in found:
                if self.rule(item) is None:
                    raise Refused("conflict", f"{item.prop}: {child.name} point at it")
            self.rows[resource.name].remove(row)
            for child, item, other in found:
                if self.rule(item) == "cascade":
                    self.remove(child, other)
                else:
                    other[item.prop] = None
        row["#deleted"] = True

    def rule(self, item: Field) -> str | None:
        """What becomes of a row without the parent that the field names; None: the parent stays."""
        return item.on_delete

    def check_itself(self, resource: Resource, row: Row, values: Row) -> None:
        """No row is its own parent."""
        for item in resource.parents:
            if item.ref == resource.name and values.get(item.prop) == row["id"]:
                raise Refused("validation", f"{item.prop}: is the row itself")

    def check_parents(self, resource: Resource, owner: Any, values: Row) -> None:
        """Parents exist for the caller."""
        for item in resource.parents:
            if values.get(item.prop) is None:
                continue
            parent = self.spec.find(item.ref or "")
            found = [it for it in self.alive(parent) if it["id"] == values[item.prop]]
            if not found or not (self.owned(found[0], owner) or parent.public):
                raise Refused("conflict", f"{item.prop}: there is no such row")

    def check_unique(self, resource: Resource, owner: Any, values: Row, but: Row | None) -> None:
        """No other row has the value."""
        for item in resource.fields:
            if item.unique and values.get(item.prop) is not None:
                others = [row for row in self.alive(resource) if row is not but]
                if any(row[item.prop] == values[item.prop] for row in others):
                    raise Refused("conflict", f"{item.prop}: is taken")

    def shown(self, row: Row) -> Row:
        """A row as it is answered."""
        return {name: value for name, value in row.items() if not name.startswith("#")}

    def new_id(self) -> Any:
        """An id."""
        kind = self.spec.conventions["data"]["id"]
        return self.number if kind == "int" else NEW[kind]()

    def now(self) -> str:
        """The time, as rows have it."""
        moment = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

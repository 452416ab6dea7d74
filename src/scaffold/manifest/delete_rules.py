"""Rules for rows whose parent is deleted: those that could never act, or would leave files behind, are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scaffold.resources.fields import Field
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError


def check_delete_rules(
    resources: Sequence[Resource], values: Mapping[str, Mapping[str, Any]] | None = None
) -> None:
    """Raises UserError if a reference has a rule that its parent or its own resource cannot have.

    `values` are all conventions, which may have soft delete for every resource.
    """
    every_hides = bool(values and values["data"]["soft_delete"])
    known = {resource.name: resource for resource in resources if not resource.dropped}
    for resource in known.values():
        for field in resource.fields:
            if field.on_delete:
                _check(resource, field, known.get(field.ref or ""), every_hides)


def _check(resource: Resource, field: Field, parent: Resource | None, every_hides: bool) -> None:
    where = f"`{field.spec()}` of `{resource.name}`"
    plain = f"write `{field.spec().replace(f',{field.on_delete})', ')')}`"
    if field.external:
        raise UserError(
            f"{where}: users of the identity provider are not deleted here, so `{field.on_delete}` would never act",
            plain,
        )
    if parent is not None and (every_hides or parent.soft_delete):
        way = (
            "set data.soft_delete=false"
            if every_hides
            else f"change {parent.name} --no-soft-delete"
        )
        raise UserError(
            f"{where}: rows of `{parent.name}` are hidden and not deleted, so `{field.on_delete}` would never act",
            f"{plain}, or first `scaffold {way}`",
        )
    if resource.files:
        raise UserError(
            f"{where}: the database would change rows whose files (data/{resource.files}) stay as they are",
            f"{plain}, or `scaffold change {resource.name} --files none`",
        )

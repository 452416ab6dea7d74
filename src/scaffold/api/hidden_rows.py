"""Soft-deleted rows where soft delete ends: nothing hides them any more, so they go with the next migration."""

from __future__ import annotations

from pathlib import Path

from scaffold.frameworks.migrations import may_have_rows
from scaffold.manifest.host import has_own_tool
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Side
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError


def of_ended(root: Path, before: Side, after: Side) -> list[Resource]:
    """The resources whose soft delete ends and whose table may have rows, as they are before.

    Raises UserError if rows that stay hidden may refer to theirs, which would stop the migration.
    """
    hide = {one.stored_in: one for one in _hiding(after)}
    kept = {one.stored_in for one in after.manifest.resources if not one.dropped}
    found = [
        one
        for one in _hiding(before)
        if one.stored_in in kept - {*hide} and may_have_rows(root, *before, one)
    ]
    for child in hide.values():
        _require_free(child, {one.stored_in for one in found}, after.manifest)
    return found


def require_drop(resources: list[Resource], command: str) -> None:
    """Raises UserError, with the command that drops their hidden rows, if there are such resources."""
    if resources:
        raise UserError(
            f"without soft delete nothing would hide the soft-deleted rows of {_names(resources)}, so they have to go",
            f"if they may go for good: `scaffold {command} --drop`",
        )


def told(manifest: Manifest, resources: list[Resource]) -> tuple[str, ...]:
    """What the next migration does with their hidden rows, as a sentence."""
    if not resources:
        return ()
    names = _names(resources)
    if not has_own_tool(manifest.host):
        return (f"The next migration removes soft-deleted rows of {names} permanently.",)
    prefix = manifest.host.get("table_prefix", "")
    statements = " ".join(
        f'delete from "{prefix}{one.stored_in}" where "deleted_at" is not null;'
        for one in resources
    )
    return (
        f"Soft-deleted rows of {names} would be visible again: begin the next migration with `{statements}`",
    )


def _names(resources: list[Resource]) -> str:
    return ", ".join(f"`{one.name}`" for one in resources)


def _hiding(side: Side) -> list[Resource]:
    every = side.templates.conventions(side.manifest)["data"]["soft_delete"]
    return [
        one for one in side.manifest.resources if not one.dropped and (every or one.soft_delete)
    ]


def _require_free(child: Resource, tables: set[str], manifest: Manifest) -> None:
    """Raises UserError if hidden rows of the child may refer to those of a table."""
    for field in child.fields:
        parent = manifest.find(field.ref) if field.ref and not field.external else None
        if parent is None or parent.stored_in not in tables:
            continue
        way = f"change {child.name} --no-soft-delete --drop"
        if child.retired:
            way = f"remove {child.name} --drop-table"
        raise UserError(
            f"soft-deleted rows of `{child.name}` stay, and may refer to those of `{parent.name}`, which would go",
            f"first `scaffold {way}`",
        )

"""A new resource in a manifest: when it may join, and what its references are bound to."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from scaffold.manifest.edits import require_same_table
from scaffold.manifest.manifest import Manifest
from scaffold.resources.fields import Field
from scaffold.resources.references import above
from scaffold.resources.resource import Resource, check_no_twin
from scaffold.support.errors import UserError
from scaffold.support.text import nearest


def with_new(
    manifest: Manifest, resource: Resource, *, keep_fields: bool, keep_all: bool = False
) -> Manifest:
    """The manifest with the resource; unchanged if it has it already.

    `keep_fields`: the user gave none, so those of the existing resource count; `keep_all`: nor
    anything else, so any resource of that name will do. Raises UserError if another resource has that
    name or a twin of it, or if the table that was kept has other fields.
    """
    known = manifest.find(resource.name)
    if known and not known.retired:
        same = replace(resource, fields=known.fields) if keep_fields else resource
        if same == known or keep_all:
            return manifest
        way = "`scaffold field add|remove|rename` changes its fields"
        if same.fields == known.fields:
            way = f"`scaffold change {resource.name}` changes what it allows"
        raise UserError(
            f"resource `{resource.name}` exists and differs from this command",
            f"`scaffold show {resource.name}` shows it; {way}",
        )
    check_no_twin(resource.name, [other.name for other in manifest.resources if not other.dropped])
    holder = next((other for other in manifest.resources if other.table == resource.name), None)
    if holder is not None:
        raise UserError(
            f"the table `{resource.name}` belongs to `{holder.name}`, which had that name before",
            "choose another name",
        )
    if known and not known.dropped:
        if keep_fields:
            # Raises if a parent was removed, too.
            bind_refs(manifest, known.name, tuple(f for f in known.fields if not f.external))
            keys = resource.keys or known.keys
            resource = replace(resource, fields=known.fields, files=known.files, keys=keys)
        resource = replace(require_same_table(known, resource), table=known.table)
    require_own_files(manifest, resource)
    return manifest.with_resource(resource)


def require_own_files(manifest: Manifest, resource: Resource) -> None:
    """Raises UserError if another resource keeps its JSON files in the same folders."""
    for other in manifest.resources:
        if (
            other.name != resource.name
            and resource.files
            and _shape(other.files) == _shape(resource.files)
        ):
            raise UserError(
                f"`{other.name}` keeps its JSON files in `data/{other.files}` too",
                f"begin the pattern with another word: `--files '{resource.name}/…'`",
            )


def bind_refs(
    manifest: Manifest,
    name: str,
    fields: tuple[Field, ...],
    entities: Collection[str] = (),
    coming: Collection[str] = (),
) -> tuple[Field, ...]:
    """The fields with each `ref` bound to a resource of the project, or to the users of the identity provider.

    `entities` are the names that the agent knows, `coming` those of resources that come in the same command.
    Raises UserError if a parent is missing, or no row of a circle of parents could be the first one.
    """
    resolved = []
    for field in fields:
        if field.ref is None:
            resolved.append(field)
        elif field.ref == name:
            require_first_row(field)
            resolved.append(field)
        elif field.ref in coming or field.ref in [
            resource.name for resource in manifest.resources if not resource.retired
        ]:
            _require_open_circle(manifest, name, field)
            resolved.append(field)
        elif field.ref == "users":
            resolved.append(replace(field, external=True))
        else:
            names = [resource.name for resource in manifest.resources if not resource.retired]
            guess = nearest(field.ref, names)
            renamed = next(
                (resource for resource in manifest.resources if resource.table == field.ref), None
            )
            if renamed is not None:
                hint = f"write `ref({renamed.name})`: it had that name before"
            elif field.ref in entities:
                hint = (
                    f"first `scaffold endpoint {field.ref}`: it is an entity of the agent; "
                    "`--with-parents` adds such parents, too"
                )
            elif guess:
                hint = f"did you mean `ref({guess})`?"
            else:
                hint = f"first `scaffold endpoint {field.ref}`"
            raise UserError(
                f"field `{field.spec()}` refers to `{field.ref}`, which this project does not have",
                hint,
            )
    return tuple(resolved)


def _require_open_circle(manifest: Manifest, name: str, field: Field) -> None:
    """Raises UserError if the field of that resource closes a circle in which one of the references is required."""
    known = [
        (resource.name, one)
        for resource in manifest.resources
        for one in resource.fields
        if one.ref and not one.external and resource.name not in (one.ref, name)
    ]
    if all(one.ref != name for _, one in known):
        return
    graph: dict[str, set[str]] = {}
    for child, one in known:
        graph.setdefault(child, set()).add(one.ref or "")
    parent = field.ref or ""
    up = {parent, *above(graph, parent)}
    if name not in up:
        return
    for child, one in [(name, field), *known]:
        back = child == name or (
            child in up and (one.ref == name or name in above(graph, one.ref or ""))
        )
        if back and not one.optional:
            raise UserError(
                f"`{field.spec()}` of `{name}` closes a circle, and `{one.name}` of `{child}` is required: "
                "each row would need another one first",
                (
                    f"make it optional: `{replace(one, optional=True).spec()}`"
                    if child == name
                    else f"first `scaffold field change {child} '{replace(one, optional=True).spec()}'`"
                ),
            )


def require_first_row(field: Field) -> None:
    """Raises UserError if a reference to its own resource is required: the first row could have no parent."""
    if not field.optional:
        raise UserError(
            f"field `{field.spec()}` refers to its own resource, whose first row could have no parent",
            f"make it optional: `{replace(field, optional=True).spec()}`",
        )


def _shape(files: str) -> str:
    return re.sub(r"\{\w+\}", "{}", files)

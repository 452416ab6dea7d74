"""A manifest with a resource more: what may be added, and what its references are bound to."""

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
    """The manifest with the resource; the same one where it is there already.

    `keep_fields`: none were given, so those of the existing resource count; `keep_all`: nor was
    anything else, so that it is there is enough. Raises UserError where another resource of that
    name, or a twin of the name, is there, or its table was kept and is another one.
    """
    known = manifest.find(resource.name)
    if known and not known.retired:
        same = replace(resource, fields=known.fields) if keep_fields else resource
        if same == known or keep_all:
            return manifest
        way = "`scaffold field add|remove|rename` changes its fields"
        if same.fields == known.fields:
            way = f"`scaffold remove {resource.name}` takes it out, and a migrated table stays"
        raise UserError(
            f"resource `{resource.name}` exists and differs from this command",
            f"`scaffold show {resource.name}` shows it; {way}",
        )
    check_no_twin(resource.name, [item.name for item in manifest.resources if not item.dropped])
    holder = next((item for item in manifest.resources if item.table == resource.name), None)
    if holder is not None:
        raise UserError(
            f"the table `{resource.name}` belongs to `{holder.name}`, which had that name before",
            "take another name",
        )
    if known and not known.dropped:
        if keep_fields:
            # Raises where a parent was taken out, too.
            bind_refs(manifest, known.name, tuple(f for f in known.fields if not f.external))
            resource = replace(resource, fields=known.fields, files=known.files)
        resource = replace(require_same_table(known, resource), table=known.table)
    for item in manifest.resources:
        if (
            item.name != resource.name
            and resource.files
            and _shape(item.files) == _shape(resource.files)
        ):
            raise UserError(
                f"`{item.name}` keeps its JSON files in `data/{item.files}` already",
                f"begin the pattern with a word of its own: `--files '{resource.name}/…'`",
            )
    return manifest.with_resource(resource)


def bind_refs(
    manifest: Manifest, name: str, fields: tuple[Field, ...], entities: Collection[str] = ()
) -> tuple[Field, ...]:
    """The fields with each `ref` bound to a resource of the project, or to the users of the identity provider.

    Raises UserError where a parent is missing or is a child of its own; `entities` are the names that the agent knows.
    """
    refs = {
        item.name: {one.ref for one in item.fields if one.ref and not one.external}
        for item in manifest.resources
    }
    resolved = []
    for item in fields:
        if item.ref is None:
            resolved.append(item)
        elif item.ref == name:
            raise UserError(
                f"field `{item.spec()}` refers to its own resource, which is not supported yet",
                f"use `{item.name}:uuid?` and check it by hand",
            )
        elif item.ref in [one.name for one in manifest.resources if not one.retired]:
            if name in above(refs, item.ref):
                raise UserError(
                    f"field `{item.spec()}` refers to `{item.ref}`, whose rows belong to those of "
                    f"`{name}`: a circle, which is not supported yet",
                    f"use `{item.name}:uuid?` and check it by hand",
                )
            resolved.append(item)
        elif item.ref == "users":
            resolved.append(replace(item, external=True))
        else:
            names = [one.name for one in manifest.resources if not one.retired]
            guess = nearest(item.ref, names)
            renamed = next((one for one in manifest.resources if one.table == item.ref), None)
            if renamed is not None:
                hint = f"write `ref({renamed.name})`: it had that name before"
            elif item.ref in entities:
                hint = f"first `scaffold endpoint {item.ref}`: it is an entity of the agent"
            elif guess:
                hint = f"did you mean `ref({guess})`?"
            else:
                hint = f"first `scaffold endpoint {item.ref}`"
            raise UserError(
                f"field `{item.spec()}` refers to `{item.ref}`, which this project does not have",
                hint,
            )
    return tuple(resolved)


def _shape(files: str) -> str:
    return re.sub(r"\{\w+\}", "{}", files)

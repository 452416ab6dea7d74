"""A resource that exists becomes what a file says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold.agents.entities import options_of
from scaffold.agents.stated import entities_of
from scaffold.api.change import with_change
from scaffold.api.fields import with_added, with_altered
from scaffold.api.follows import with_removed_fields
from scaffold.manifest import edits, things
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs
from scaffold.rendering.render import Templates
from scaffold.resources.changes import everything
from scaffold.resources.fields import Field, parse_fields, require_room
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError


def converged(
    root: Path,
    manifest: Manifest,
    templates: Templates,
    resource: Resource,
    entity: Mapping[str, Any],
    *,
    model: bool,
    drop: bool,
) -> tuple[Manifest, list[str]]:
    """The manifest in which the resource is what `entity` says, and a sentence for each difference.

    Without fields it keeps its own, and the agent's entity of that name says what `entity` does not. `drop`: fields
    that `entity` does not name may go. Raises UserError if it cannot become that, such as rows that would need a value.
    """
    options, notes, gone = options_of(entity), [], list[str]()
    if entity["fields"]:
        stated = parse_fields(entity["fields"])
        added, gone = _fields(resource, stated, drop=drop)
        for field in _changed(manifest, resource, stated):
            found = edits.find_resource(manifest, resource.name)
            manifest, more = with_altered(root, manifest, templates, found, field)
            notes += more
        if added:
            found = edits.find_resource(manifest, resource.name)
            manifest = with_added(root, manifest, templates, found, added)
        notes += [f"field {field.spec()} is new" for field in added]
        notes += [f"field {name} goes, with what is in its column" for name in gone]
        notes += with_removed_fields(field for field in resource.fields if field.name in gone)
    elif known := entities_of(templates, manifest).get(resource.name):
        options = options.over(options_of(known))
    every = templates.conventions(manifest)["data"]["soft_delete"]
    wanted = everything(options, model=model)
    if every:
        wanted = wanted._replace(soft_delete=None)
    found = edits.find_resource(manifest, resource.name)
    manifest, differences = with_change(manifest, templates, found, wanted)
    if gone:
        for name in gone:
            things.require_unnamed(manifest, resource.name, name)
        found = edits.find_resource(manifest, resource.name)
        manifest = manifest.with_resource(edits.without_fields(found, gone))
    return manifest, [f"{resource.name}: {note}" for note in (*notes, *differences)]


def _fields(
    resource: Resource, stated: Sequence[Field], *, drop: bool
) -> tuple[tuple[Field, ...], list[str]]:
    """The fields that are new, and the names of those that go. Raises UserError if one would go without `drop`."""
    known = {field.name: field for field in resource.fields}
    added = tuple(field for field in stated if field.name not in known)
    require_room(added)
    for field in stated:
        known.pop(field.name, None)
    if known and not drop:
        name = next(iter(known))
        raise UserError(
            f"the file does not name the field `{name}` of `{resource.name}`: its column would go, with what is in it",
            f"write `{known[name].spec()}` there, rename it (`scaffold field rename {resource.name} {name} NEW`), "
            "or add `--drop` if it may go",
        )
    return added, [*known]


def _changed(manifest: Manifest, resource: Resource, stated: Sequence[Field]) -> list[Field]:
    """Those of the fields that the resource has with another definition."""
    known = {field.name: field for field in resource.fields}
    both = tuple(field for field in stated if field.name in known)
    found = []
    for field in bind_refs(manifest, resource.name, both):
        old = known[field.name]
        # Whose row a reference names is decided once: `users` may be a resource by now.
        if replace(field, column=old.column, external=old.external) != old:
            found.append(field)
    return found

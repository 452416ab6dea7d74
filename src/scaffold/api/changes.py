"""Changes of a manifest, as functions of what the user typed; nothing here reads or writes a project."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from scaffold.agents.following import known_style, stated_by
from scaffold.conventions import overrides as rules
from scaffold.conventions.schema import fill
from scaffold.frameworks.detect import LAYOUTS
from scaffold.manifest.edits import require_same_table
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates, Tree
from scaffold.resources.fields import Field
from scaffold.resources.options import Options
from scaffold.resources.resource import (
    Resource,
    check_no_twin,
    parse_methods,
    parse_paginate,
    parse_rate_limit,
)
from scaffold.support.errors import UserError
from scaffold.support.text import nearest


def laid_out(templates: Templates, manifest: Manifest) -> Manifest:
    """The manifest of a new service, with the folder and the import alias of its framework."""
    framework = templates.context(manifest)["conventions"]["stack"]["framework"]
    source, alias = LAYOUTS[framework]
    return replace(manifest, source=source, alias=alias)


def existing(manifest: Manifest, name: str) -> Resource:
    """The resource of that name. Raises UserError where there is none, or only its table is left."""
    resource = manifest.find(name)
    if resource is None or resource.retired:
        names = [item.name for item in manifest.resources if not item.retired]
        guess = nearest(name, names)
        raise UserError(
            f"this project has no resource `{name}`; it has: {', '.join(names) or 'none'}",
            f"did you mean `{guess}`?" if guess else "`scaffold list` shows them",
        )
    return resource


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


def _shape(files: str) -> str:
    return re.sub(r"\{\w+\}", "{}", files)


def bind_refs(
    manifest: Manifest, name: str, fields: tuple[Field, ...], entities: Collection[str] = ()
) -> tuple[Field, ...]:
    """The fields with each `ref` bound to a resource of the project, or to the users of the identity provider.

    Raises UserError where a parent is missing or is a child of its own; `entities` are the names that the agent knows.
    """
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
            if name in _parents_of(manifest, item.ref):
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


def _parents_of(manifest: Manifest, name: str) -> set[str]:
    """The resources that this one refers to, directly or not."""
    refs = {
        item.name: {one.ref for one in item.fields if one.ref and not one.external}
        for item in manifest.resources
    }
    found: set[str] = set()
    todo = [name]
    while todo:
        new = refs.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def overridden(
    templates: Templates, manifest: Manifest, settings: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """The manifest's overrides with the settings in them, less those that say what the agent says anyway.

    Raises UserError where the conventions, all together, are not covered by the templates.
    """
    schema = templates.schema
    given = rules.parse_settings(schema, settings)
    merged = {group: dict(keys) for group, keys in manifest.overrides.items()}
    for group, keys in given.items():
        merged.setdefault(group, {}).update(keys)
    if not merged and not manifest.document:
        return {}
    stated = stated_by(templates, manifest)
    if given:
        before = fill(schema, stated, manifest.overrides)
        rules.require_same_framework(before, fill(schema, stated, merged))
    values = rules.require_covered(schema, stated, merged, settings)
    rules.require_policies(manifest.resources, values)
    return rules.without_redundant(schema, stated, merged) if given else merged


def require_valid(templates: Templates, manifest: Manifest) -> None:
    """Raises UserError where a manifest, perhaps edited by hand, says what its templates do not have."""
    if not manifest.document and manifest.style not in templates.styles:
        known_style(templates, manifest.style, "style: ")
    overridden(templates, manifest)


def as_settings(options: Options) -> list[str]:
    """Resource options of `new`, which has no resource yet, as conventions of the project."""
    settings = []
    if options.rate_limit is not None:
        rate = parse_rate_limit(options.rate_limit)
        settings += [f"rate_limit.max={rate.max}", f"rate_limit.window={rate.window}"]
    if options.paginate is not None:
        settings.append(f"pagination.style={parse_paginate(options.paginate)}")
    if options.soft_delete:
        settings.append("data.soft_delete=true")
    if options.methods is not None:
        settings.append(f"routing.methods=[{','.join(parse_methods(options.methods))}]")
    return settings


def without_stale_foreign(manifest: Manifest, templates: Templates) -> Manifest:
    """Drops foreign paths that nothing would be written to any more."""
    if not manifest.foreign:
        return manifest
    tree: Tree = templates.render(replace(manifest, foreign=()))
    return replace(manifest, foreign=tuple(path for path in manifest.foreign if path in tree))

"""Changes of a manifest, as functions of what the user typed; nothing here reads or writes a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from scaffold import conventions as rules
from scaffold.errors import UserError
from scaffold.fields import Field
from scaffold.manifest import Manifest
from scaffold.names import nearest, printable
from scaffold.render import Templates, Tree
from scaffold.resource import (
    RateLimit,
    Resource,
    check_no_twin,
    parse_methods,
    parse_paginate,
    parse_rate_limit,
)


class Options(NamedTuple):
    """What `endpoint` takes besides a name and fields, as typed; None and empty mean the conventions' value."""

    methods: str | None = None
    roles: tuple[str, ...] = ()
    public: bool = False
    rate_limit: str | None = None
    paginate: str | None = None
    soft_delete: bool = False
    settings: tuple[str, ...] = ()


def known_style(templates: Templates, style: str | None) -> str:
    """The style, if these templates have it. Raises UserError with the nearest one otherwise."""
    allowed = ", ".join(templates.styles)
    if style is None:
        raise UserError(
            f"no style given; allowed: {allowed}", f"add `--style {templates.styles[0]}`"
        )
    if style not in templates.styles:
        guess = nearest(style, templates.styles)
        raise UserError(
            f"unknown style `{printable(style)}`; allowed: {allowed}",
            (
                f"did you mean `--style {guess}`?"
                if guess
                else f"for example `--style {templates.styles[0]}`"
            ),
        )
    return style


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


def with_new(manifest: Manifest, resource: Resource, *, keep_fields: bool) -> Manifest:
    """The manifest with the resource; the same one where it is there already.

    `keep_fields`: none were given, so those of the existing resource count. Raises UserError where another
    resource of that name, or a twin of the name, is there.
    """
    known = manifest.find(resource.name)
    if known and not known.retired:
        same = replace(resource, fields=known.fields) if keep_fields else resource
        if same == known:
            return manifest
        raise UserError(
            f"resource `{resource.name}` exists and differs from this command",
            f"`scaffold show {resource.name}` shows it; `scaffold remove {resource.name}` takes it out",
        )
    check_no_twin(resource.name, [item.name for item in manifest.resources])
    return manifest.with_resource(resource)


def bind_refs(manifest: Manifest, name: str, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields with each `ref` bound to a resource of the project, or to the users of the identity provider.

    Raises UserError where a parent is missing.
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
        elif manifest.find(item.ref):
            resolved.append(item)
        elif item.ref == "users":
            resolved.append(replace(item, external=True))
        else:
            names = [one.name for one in manifest.resources]
            guess = nearest(item.ref, names)
            raise UserError(
                f"field `{item.spec()}` refers to `{item.ref}`, which this project does not have",
                (
                    f"did you mean `ref({guess})`?"
                    if guess
                    else f"first `scaffold endpoint {item.ref}`"
                ),
            )
    return tuple(resolved)


def overridden(
    templates: Templates, manifest: Manifest, settings: list[str]
) -> dict[str, dict[str, Any]]:
    """The manifest's overrides with the settings in them, less those that say what the agent says anyway."""
    merged = {group: dict(keys) for group, keys in manifest.overrides.items()}
    given = rules.parse_settings(templates.schema, settings)
    for group, keys in given.items():
        merged.setdefault(group, {}).update(keys)
    if merged:
        problems = rules.check(templates.schema, merged)
        if problems:
            raise UserError(
                f"the project's overrides are not allowed: {'; '.join(map(str, problems))}"
            )
    if not given:
        return merged
    base = templates.context(replace(manifest, overrides={}, resources=()))["conventions"]
    lean = {
        group: {key: value for key, value in keys.items() if base[group][key] != value}
        for group, keys in merged.items()
    }
    return {group: keys for group, keys in sorted(lean.items()) if keys}


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


def unless_default(rate: RateLimit, values: Mapping[str, Any]) -> RateLimit | None:
    """The rate, or None where it is what the conventions say anyway."""
    return None if rate == RateLimit(**values["rate_limit"]) else rate


def without_stale_foreign(manifest: Manifest, templates: Templates) -> Manifest:
    """Drops foreign paths that nothing would be written to any more."""
    if not manifest.foreign:
        return manifest
    tree: Tree = templates.render(replace(manifest, foreign=()))
    return replace(manifest, foreign=tuple(path for path in manifest.foreign if path in tree))

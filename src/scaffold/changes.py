"""Changes of a manifest, as functions of what the user typed; nothing here reads or writes a project."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from scaffold import settings as rules
from scaffold.conventions import Values, fill
from scaffold.entities import Entities, check_entities
from scaffold.errors import UserError
from scaffold.fields import Field
from scaffold.manifest import DOCUMENT, Manifest
from scaffold.names import nearest, printable
from scaffold.policy import Options
from scaffold.project import LAYOUTS
from scaffold.render import Templates, Tree
from scaffold.resource import (
    Resource,
    check_no_twin,
    parse_methods,
    parse_paginate,
    parse_rate_limit,
)
from scaffold.settings import differences

# In lists for people; what is not in it comes last.
_ORDER = ("supabase", "libsql", "clerk", "prisma", "fastapi")


def in_order(styles: Sequence[str]) -> list[str]:
    """The styles as people should see them."""
    return sorted(styles, key=lambda one: _ORDER.index(one) if one in _ORDER else len(_ORDER))


def known_style(templates: Templates, style: str | None, option: str = "--style ") -> str:
    """The style, if these templates have it. Raises UserError with the nearest one otherwise."""
    allowed = ", ".join(in_order(templates.styles))
    one = in_order(templates.styles)[0]
    example = f"for example `{option}{one}`, or a document: `{option}.claude/agents/backend.md`"
    if style is None:
        raise UserError(f"no style given; allowed: {allowed}", f"add `--style {one}`")
    if style not in templates.styles:
        guess = nearest(style, templates.styles)
        raise UserError(
            f"unknown style `{printable(style)}`; allowed: {allowed}",
            f"did you mean `{option}{guess}`?" if guess else example,
        )
    return style


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
    name, or a twin of the name, is there.
    """
    known = manifest.find(resource.name)
    if known and not known.retired:
        same = replace(resource, fields=known.fields) if keep_fields else resource
        if same == known or keep_all:
            return manifest
        raise UserError(
            f"resource `{resource.name}` exists and differs from this command",
            f"`scaffold show {resource.name}` shows it; `scaffold remove {resource.name}` takes it out",
        )
    check_no_twin(resource.name, [item.name for item in manifest.resources])
    for item in manifest.resources:
        if resource.files and _shape(item.files) == _shape(resource.files):
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

    Raises UserError where a parent is missing; `entities` are the names that the agent knows.
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
            if item.ref in entities:
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


class Follows(NamedTuple):
    """What a project follows: an agent of the templates, or a user's document with what it states."""

    style: str
    document: str = ""
    stated: Mapping[str, Mapping[str, Any]] = {}
    entities: Mapping[str, Mapping[str, Any]] = {}

    def put_into(self, manifest: Manifest) -> Manifest:
        """The manifest of a project that follows it."""
        return replace(manifest, **self._asdict())


def is_document(style: str | None) -> bool:
    """Whether `--style` names a user's document."""
    return style is not None and ("/" in style or style.endswith(".md"))


def followed(templates: Templates, style: str | None, root: Path) -> Follows:
    """What `--style` names, for a project in `root`. Raises UserError where it is nothing that fits."""
    if style is not None and is_document(style):
        return read_document(templates, style, root)
    return Follows(known_style(templates, style))


def read_document(templates: Templates, text: str, root: Path) -> Follows:
    """A user's document, by its path from here or from the project.

    Raises UserError with all mistakes of it.
    """
    from scaffold import agent

    path = next((one for one in (Path(text), root / text) if one.is_file()), Path(text))
    found = agent.read_file(path, templates.schema, text)
    if found.problems:
        raise agent.report_of(found.problems, text)
    if not isinstance(found.front_matter.get("conventions"), Mapping):
        raise UserError(
            f"`{printable(text)}` states no conventions, so a project cannot follow it",
            "add a block to its front matter: `conventions:`, and in it what differs from the "
            "defaults, such as `rate_limit: {max: 100}` (`conventions: {}` for none)",
        )
    document = document_path(path, root)
    if not re.fullmatch(DOCUMENT, document):
        raise UserError(
            f"the name of the document `{printable(document)}` is not allowed: letters, digits, "
            "blanks and `_ . @ + ~ -`",
            "give the file another name",
        )
    style = agent.style_of(found, path, templates.styles)
    return Follows(style, document, found.conventions, found.entities)


def same_style(
    templates: Templates, manifest: Manifest, style: str | None, root: Path
) -> tuple[str, ...]:
    """What to say about `--style` in a project that has one.

    Raises UserError where it names another.
    """
    if style is None or (style == manifest.style and not manifest.document):
        return ()
    has = f"the document `{manifest.document}`" if manifest.document else f"`{manifest.style}`"
    if not is_document(style):
        if style == manifest.style and style not in templates.styles:
            return ()
        known = known_style(templates, style)
        raise UserError(
            f"this project has the style {has}, so `--style {known}` cannot be used in it",
            "leave `--style` out",
        )
    follows = read_document(templates, style, root)
    if not manifest.document or follows.document != manifest.document:
        raise UserError(
            f"this project has the style {has}, so `--style {printable(style)}` cannot be used in it",
            f"leave `--style` out; `scaffold set --from {printable(style)}` makes the project follow it",
        )
    if (follows.stated, follows.entities) != (manifest.stated, manifest.entities):
        return (
            f"`{manifest.document}` has changed since the project took its conventions; "
            f"`scaffold set --from {printable(style)}` brings them in.",
        )
    return ()


def require_same_framework(templates: Templates, before: Manifest, after: Manifest) -> None:
    """Raises UserError where another document would make a project of another framework."""
    rules.require_same_framework(_values(templates, before), _values(templates, after))


def news(templates: Templates, before: Manifest, after: Manifest) -> list[str]:
    """What a document changed in a project, in sentences."""
    lines = []
    if before.document != after.document:
        old = before.document or f"the style {before.style}"
        lines.append(f"This project follows {after.document} now (before: {old}).")
    changed = differences(_values(templates, before), _values(templates, after))
    lines += changed
    old_names = set(entities_of(templates, before)) if not before.document else {*before.entities}
    for verb, names in (
        ("new", after.entities.keys() - old_names),
        ("gone", old_names - after.entities.keys()),
        (
            "changed",
            {
                name
                for name in after.entities.keys() & before.entities.keys()
                if after.entities[name] != before.entities[name]
            },
        ),
    ):
        if names:
            lines.append(f"Entities {verb}: {', '.join(sorted(names))}.")
    if not lines:
        lines.append(f"{after.document} says what the project has already.")
    return lines


def _values(templates: Templates, manifest: Manifest) -> Values:
    return fill(templates.schema, stated_by(templates, manifest), manifest.overrides)


def document_path(path: Path, root: Path) -> str:
    """A document as the manifest names it: from the project, or its name alone where it lies outside."""
    top, real = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    return real.relative_to(top).as_posix() if real.is_relative_to(top) else path.name


def entities_of(templates: Templates, manifest: Manifest) -> Entities:
    """The entities of the project's agent. Raises UserError where a manifest's are none."""
    stated = templates.agent(manifest).get("entities")
    if not stated:
        return {}
    entities, problems = check_entities(stated, _values(templates, manifest))
    if problems:
        raise UserError(
            "the entities of this project's agent do not fit its conventions: "
            + "; ".join(map(str, problems)),
            "give the fields by hand, or correct the document and `scaffold set --from FILE`",
        )
    return entities


def stated_by(templates: Templates, manifest: Manifest) -> Values:
    """The conventions that the project's agent states."""
    return templates.agent(manifest).get("conventions") or {}


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
    return rules.lean(schema, stated, merged) if given else merged


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

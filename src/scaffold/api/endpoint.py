"""`endpoint` and `model`: add a resource."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from scaffold.agents import stated
from scaffold.agents.entities import options_of
from scaffold.agents.stated import overridden
from scaffold.api.kind_names import require_free
from scaffold.api.run import Outcome, run
from scaffold.frameworks.detect import find_root, require_project
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs, with_new
from scaffold.manifest.relation_names import check_relations
from scaffold.rendering.render import Templates
from scaffold.resources.fields import Field, parse_fields, require_room
from scaffold.resources.options import Options, build, build_model
from scaffold.resources.references import parents_first
from scaffold.resources.resource import Resource, parse_resource_name

DEFAULT_FIELD = "name:string{1..200}"


def endpoint(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    style: str | None = None,
    source: str | None = None,
    options: Options | None = None,
    dry_run: bool = False,
    typed: str = "",
    accept: bool = False,
    restore: bool = False,
    parents: bool = False,
    host: Mapping[str, str] | None = None,
) -> Outcome:
    """Adds an endpoint with its table, validation and tests.

    `restore`: it is there, and those of its files that the user deleted come back. `parents`: entities of the agent
    that it refers to come first. Raises UserError before anything is written.
    """
    options = options or Options()
    wanted = parse_resource_name(name)
    if fields:
        parse_fields(fields)
    root = _root(project, restore)
    more: list[str] = []

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        if restore:
            find_resource(manifest, wanted)
        overrides = overridden(templates, manifest, options.settings, options=True)
        manifest = replace(manifest, overrides=overrides)
        more[:] = _missing_parents(manifest, templates, wanted, fields) if parents else []
        coming = {*more, wanted}
        for name in more:
            manifest, _ = with_endpoint(manifest, templates, name, [], Options(), coming)
        return with_endpoint(manifest, templates, wanted, fields, options)

    outcome = run(
        *("endpoint", root, style, change, dry_run, source, typed, options.settings),
        accept=accept,
        restore=restore,
        host=host,
    )
    if not more:
        return outcome
    names = ", ".join(f"`{name}`" for name in more)
    message = f"with {names}, which the agent knows and `{wanted}` refers to"
    return outcome._replace(messages=(*outcome.messages, message))


def model(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    style: str | None = None,
    source: str | None = None,
    options: Options | None = None,
    dry_run: bool = False,
    typed: str = "",
    accept: bool = False,
    restore: bool = False,
    host: Mapping[str, str] | None = None,
) -> Outcome:
    """Adds a table with its validation and no route; `restore` as for `endpoint`.

    Of `options` those about rows count. Raises UserError before anything is written.
    """
    options = options or Options()
    wanted = parse_resource_name(name)
    if fields:
        parse_fields(fields)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        if restore:
            known = find_resource(manifest, wanted)
            if not fields and options == Options():  # an endpoint's model has the endpoint's files
                return manifest, known
        overrides = overridden(templates, manifest, options.settings, options=True)
        manifest = replace(manifest, overrides=overrides)
        return with_model(manifest, templates, wanted, fields, options)

    root = _root(project, restore)
    return run(
        *("model", root, style, change, dry_run, source, typed, options.settings),
        accept=accept,
        restore=restore,
        host=host,
    )


def _root(project: str | None, restore: bool) -> Path:
    root = find_root(project)
    return require_project(root) if restore else root


def with_endpoint(
    manifest: Manifest,
    templates: Templates,
    name: str,
    fields: list[str],
    options: Options,
    coming: Collection[str] = (),
) -> tuple[Manifest, Resource]:
    """The manifest with another endpoint, and that endpoint; `coming` are resources that the same command adds.

    Raises UserError if it does not fit.
    """
    require_free(name, manifest, templates)
    values = templates.conventions(manifest)
    bound, chosen = _wanted(templates, manifest, name, fields, options, coming)
    resource = build(name, bound, chosen, values, manifest.find(name))
    bare = not fields and options._replace(settings=()) == Options()
    new = with_new(manifest, resource, keep_fields=not fields, keep_all=bare)
    check_relations(new, name, values)
    return new, new.find(name) or resource


def _missing_parents(
    manifest: Manifest, templates: Templates, name: str, fields: list[str]
) -> list[str]:
    """The agent's entities that a resource refers to, directly or not, and that the project lacks; parents first."""
    entities = stated.entities_of(templates, manifest)
    there = {resource.name for resource in manifest.resources if not resource.retired}
    known = {word: entity["fields"] for word, entity in entities.items() if word not in there}
    if fields:
        known[name] = fields
    graph: dict[str, set[str]] = {}
    todo = [name]
    while todo:
        word = todo.pop()
        if word in known and word not in graph:
            refs = {field.ref or "" for field in parse_fields(known[word])}
            graph[word] = refs & known.keys() - {word}
            todo += sorted(graph[word])
    order, circle = parents_first(graph)
    return [word for word in (*order, *circle) if word != name]


def with_model(
    manifest: Manifest,
    templates: Templates,
    name: str,
    fields: list[str],
    options: Options,
    coming: Collection[str] = (),
) -> tuple[Manifest, Resource]:
    """The manifest with another table, and that table; `coming` as for `with_endpoint`.

    Raises UserError if it does not fit.
    """
    require_free(name, manifest, templates)
    values = templates.conventions(manifest)
    bound, chosen = _wanted(templates, manifest, name, fields, options, coming)
    resource = build_model(name, bound, chosen, values, manifest.find(name))
    new = with_new(manifest, resource, keep_fields=not fields)
    check_relations(new, name, values)
    return new, resource


def _wanted(
    templates: Templates,
    manifest: Manifest,
    name: str,
    fields: list[str],
    options: Options,
    coming: Collection[str],
) -> tuple[tuple[Field, ...], Options]:
    """Fields and options of a resource; without a FIELD, those of the agent's entity of that name."""
    entities = stated.entities_of(templates, manifest)
    entity = None if fields else entities.get(name)
    if entity is not None:
        fields, options = entity["fields"], options.over(options_of(entity))
    known = manifest.find(name)
    if known and not known.retired and entity is not None:
        return known.fields, options
    parsed = parse_fields(fields or [DEFAULT_FIELD])
    old = {field.name for field in known.fields} if known else set()
    require_room(field for field in parsed if field.name not in old)
    return bind_refs(manifest, name, parsed, entities, coming), options


__all__ = ["Options", "endpoint", "model"]

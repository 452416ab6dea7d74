"""What a project has: nothing here writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scaffold.agents.stated import overridden
from scaffold.api.report import describe
from scaffold.frameworks.detect import find_root, require_project
from scaffold.manifest import manifest as manifests
from scaffold.manifest import things
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.keys import typed
from scaffold.resources.options import default_rate
from scaffold.resources.resource import parse_resource_name
from scaffold.sources.address import fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest


def resources(project: str | None = None) -> tuple[Path, Manifest]:
    """The project's folder and manifest. Raises UserError if there is none."""
    root = require_project(find_root(project))
    manifest = manifests.load(root)
    assert manifest is not None
    return root, manifest


@only_known()
def show(name: str, *, project: str | None = None) -> dict[str, Any]:
    """One resource: its fields, report and files."""
    _, manifest = resources(project)
    resource = find_resource(manifest, parse_resource_name(name))
    templates = Templates(fetch(manifest.version))
    overridden(templates, manifest)
    childless = _without_children(manifest, resource.name)
    without = templates.render(childless.without_resource(resource.name))
    files = [path for path in templates.render(childless) if path not in without]
    values = templates.conventions(manifest)
    return {
        "name": resource.name,
        "fields": [field.spec() for field in resource.fields],
        "table": resource.stored_in,
        "columns": {field.name: field.column for field in resource.fields if field.column},
        "methods": list(resource.methods),
        "policy": {
            "roles": list(resource.roles),
            "roles_for": {method: list(words) for method, words in resource.roles_for},
            "public_reads": resource.public,
            "rate_limit": str(resource.rate_limit or default_rate(values)),
            "paginate": resource.paginate or values["pagination"]["style"],
            "soft_delete": resource.soft_delete or values["data"]["soft_delete"],
            "files": resource.files,
        },
        "keys": {
            option: [typed(key, resource.fields) for key in resource.keys if key.option == option]
            for option in ("unique", "index")
        },
        "files": files,
        "report": describe(resource, values, manifest.host) if resource.methods else None,
    }


@only_known()
def show_thing(kind: str, name: str, *, project: str | None = None) -> dict[str, Any]:
    """One thing: its fields, all options of its kind as you would type them, and its files."""
    _, manifest = resources(project)
    thing = things.find_thing(manifest, kind, name)
    templates = Templates(fetch(manifest.version))
    known = templates.kinds.get(kind)
    chosen = {
        option.name: option.typed(value)
        for option in (known.options if known else ())
        if (value := thing.options.get(option.name, option.default)) is not None
    }
    return {
        "kind": kind,
        "name": thing.name,
        "fields": [field.spec() for field in thing.fields],
        "options": chosen,
        "files": sorted(templates.paths_of_thing(manifest, thing)),
    }


def _without_children(manifest: Manifest, name: str) -> Manifest:
    """The manifest without those that refer to the resource: no template renders a child without its parent."""
    gone = {name}
    while found := {
        resource.name
        for resource in manifest.resources
        if resource.name not in gone
        and any(field.ref in gone and not field.external for field in resource.fields)
    }:
        gone |= found
    for child in gone - {name}:
        manifest = manifest.without_resource(child)
    return manifest


@only_known()
def templates_of(project: str | None = None) -> Templates:
    """The templates of the project, or the newest ones if there is no project."""
    manifest = manifests.load(find_root(project))
    return Templates(fetch(manifest.version if manifest else newest()))

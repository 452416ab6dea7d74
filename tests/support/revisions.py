"""FastAPI projects whose tables change, each change written down as a command does."""

from __future__ import annotations

from scaffold.manifest import edits
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs, with_new
from scaffold.manifest.table_history import recorded
from scaffold.resources.fields import parse_fields
from scaffold.resources.names import singular
from scaffold.resources.resource import Resource
from tests.support.projects import CHECKOUT

TEMPLATES = CHECKOUT


def remembered(before: Manifest, after: Manifest) -> Manifest:
    """`after` with the steps of its tables, as each command writes them down."""
    old, new = (TEMPLATES.context(one)["conventions"] for one in (before, after))
    return recorded(before, after, old, new)


def with_endpoint(manifest: Manifest, name: str, *fields: str) -> Manifest:
    bound = bind_refs(manifest, name, parse_fields(list(fields)))
    return with_new(manifest, Resource(name, singular(name), bound), keep_fields=False)


def with_field(manifest: Manifest, name: str, *fields: str) -> Manifest:
    bound = bind_refs(manifest, name, parse_fields(list(fields)))
    one = edits.with_fields(find_resource(manifest, name), bound, has_rows=True)
    return manifest.with_resource(one)


def without_field(manifest: Manifest, name: str, *fields: str) -> Manifest:
    one = edits.without_fields(find_resource(manifest, name), fields)
    return manifest.with_resource(one)

"""Templates older than this scaffold: what they would leave out of the code is refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scaffold.agents.stated import require_answer
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.references import above
from scaffold.resources.resource import Resource

_STEPS: Final = ("table_steps", "a name of the database beside that of the code does not work")
_KEYS: Final = ("table_keys", "keys of several fields do not work")
# Keys of a resource, and of its fields, that the first templates did not know: the answer of those that do.
OF_RESOURCES: Final = {
    "roles_for": ("document", "roles of single operations do not work"),
    "unique": _KEYS,
    "index": _KEYS,
    "table": _STEPS,
    "history": _STEPS,
}
OF_FIELDS: Final = {
    "column": _STEPS,
    "on_delete": ("delete_rules", "`cascade` and `null` of a reference do not work"),
}
_COLUMNS: Final = ("column_changes", "another definition of a field does not work")
_TABLES: Final = ("table_steps", "a table that exists cannot be changed")


def require_known_keys(templates: Templates, before: Manifest, after: Manifest) -> None:
    """Raises UserError if a resource that is new or another in `after` needs newer templates than the project's."""
    if after.things != before.things:
        require_answer(templates, "things", "`scaffold add` does not work")
    known = {resource.stored_in: resource for resource in before.resources}
    graph = {
        one.name: {field.ref for field in one.fields if field.ref and not field.external}
        - {one.name}
        for one in after.resources
    }
    for resource in after.resources:
        was = known.get(resource.stored_in)
        if resource != was:
            for answer, what in _needs(was, resource):
                require_answer(templates, answer, what)
            if resource.name in above(graph, resource.name):
                require_answer(templates, "circles", "references in a circle do not work")


def _needs(was: Resource | None, resource: Resource) -> Iterator[tuple[str, str]]:
    data = resource.to_data()
    yield from (need for key, need in OF_RESOURCES.items() if key in data)
    for field in data["fields"]:
        yield from (need for key, need in OF_FIELDS.items() if key in field)
    if any(field.ref == resource.name and not field.external for field in resource.fields):
        yield "own_references", "a reference to the resource itself does not work"
    if resource.alterations or any(step.kind == "alter" for step in resource.history):
        yield _COLUMNS
    if was is not None and _table(was) != _table(resource):
        yield _TABLES


def _table(resource: Resource) -> Any:
    """What the table is, whatever its fields and their parents are called in the code."""
    columns = {
        field.stored_in: {**field.to_data(), "name": "", "ref": ""} for field in resource.fields
    }
    return columns, resource.soft_delete, resource.keys

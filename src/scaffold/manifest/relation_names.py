"""Names that tables and indexes share: a database has one name space for both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.manifest.manifest import Manifest
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError

# PostgreSQL cuts a longer one, so the templates give it a number.
_LONGEST = 63


def check_relations(manifest: Manifest, name: str, values: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises UserError if the table of a resource, or an index of it, has the name of another table or index.

    `values` are all conventions. An index of libSQL has a name that no table can have.
    """
    if values["stack"]["orm"] == "libsql":
        return
    taken = {
        relation: (other, what)
        for other in manifest.resources
        if other.name != name and not other.dropped
        for relation, what in _relations(other)
    }
    resource = manifest.find(name)
    if resource is None:
        return
    for relation, what in _relations(resource):
        if relation in taken:
            other, its = taken[relation]
            raise UserError(
                f"`{relation}` would be the name of {what} of `{name}`, and is the one of {its} of `{other.name}`",
                "choose another name for the resource or the field",
            )
        taken[relation] = resource, what


def _relations(resource: Resource) -> Iterator[tuple[str, str]]:
    """What the resource has in the database, by name, with the words for it."""
    table = resource.stored_in
    yield table, "the table"
    found = [("pkey", "the primary key"), ("owner_created_idx", "the index of its lists")]
    for field in resource.fields:
        if field.unique or field.indexed or field.ref:
            kind = "key" if field.unique else "idx"
            found.append((f"{field.stored_in}_{kind}", f"the index of `{field.name}`"))
    for key in resource.keys:
        columns = "_".join(key.columns)
        words = f"the {'unique key' if key.unique else 'index'} `{','.join(key.columns)}`"
        found.append((f"{columns}_{'key' if key.unique else 'idx'}", words))
    for end, what in found:
        if len(f"{table}_{end}") <= _LONGEST:
            yield f"{table}_{end}", what

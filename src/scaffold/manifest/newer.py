"""Keys of a manifest's resources that only a newer scaffold knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields as fields_of
from typing import Any, Final

from scaffold.resources.fields import Field
from scaffold.resources.resource import METHODS, Resource
from scaffold.resources.table_steps import KINDS, TableStep

_KEYS: Final = frozenset({"unique", "index"})
_RESOURCE: Final = {one.name for one in fields_of(Resource)} - {"keys", "alterations"} | _KEYS
_FIELD: Final = {one.name for one in fields_of(Field)}
_STEP: Final = {one.name for one in fields_of(TableStep)} - {"kind", "fields", "keys"} | {
    *KINDS,
    *_KEYS,
    "to",
}
_RATE: Final = {"max", "window"}


def unknown_keys(resources: Any) -> list[str]:
    """Such keys, each below the name of its resource: `courses.webhooks`. What has another form is left alone."""
    return [
        f"{entry.get('name')}.{key}"
        for entry in _mappings(resources)
        for key in _of_resource(entry)
    ]


def _of_resource(entry: Mapping[Any, Any]) -> Iterator[str]:
    yield from _strange(entry, _RESOURCE)
    yield from _below("rate_limit", _strange(entry.get("rate_limit"), _RATE))
    yield from _below("roles_for", _strange(entry.get("roles_for"), {*METHODS}))
    yield from _of_fields("fields", entry.get("fields"))
    for step in _mappings(entry.get("history")):
        where = f"history.{step.get('id')}"
        yield from _below(where, _strange(step, _STEP))
        for kind in (*KINDS, "to"):
            made = step.get(kind)
            # A step names one field, or several.
            yield from _of_fields(f"{where}.{kind}", [made] if isinstance(made, Mapping) else made)


def _of_fields(where: str, stated: Any) -> Iterator[str]:
    for field in _mappings(stated):
        yield from _below(f"{where}.{field.get('name')}", _strange(field, _FIELD))


def _below(where: str, keys: Iterator[str]) -> Iterator[str]:
    return (f"{where}.{key}" for key in keys)


def _strange(stated: Any, known: set[str]) -> Iterator[str]:
    if isinstance(stated, Mapping):
        yield from (str(key) for key in stated if key not in known)


def _mappings(stated: Any) -> list[Mapping[Any, Any]]:
    return [one for one in stated if isinstance(one, Mapping)] if isinstance(stated, list) else []

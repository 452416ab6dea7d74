"""Changes to tables, recorded in the manifest: each becomes a migration that never changes again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from scaffold.conventions.schema import Schema, Values
from scaffold.manifest.manifest import Manifest
from scaffold.resources.field_changes import Alteration, is_stored_alike
from scaffold.resources.fields import Field
from scaffold.resources.keys import OWNER_COLUMN, Keys
from scaffold.resources.names import singular
from scaffold.resources.references import above
from scaffold.resources.resource import Resource
from scaffold.resources.table_steps import TableStep

# ORMs whose tables have the ranges, the lengths and the defaults of fields.
_WITH_RULES = ("libsql",)


class _Table(NamedTuple):
    """A table as the database has it: columns, and what conventions add to every row."""

    fields: Mapping[str, Field]
    soft_delete: bool
    version: bool
    keys: Keys


def writes_migrations(schema: Schema, values: Values) -> bool:
    """Whether the templates write the migrations, rather than the ORM's own tool."""
    spec: Mapping[str, Any] = schema["stack"]["orm"]
    return values["stack"]["orm"] in spec.get("migrations", ())


def recorded(before: Manifest, after: Manifest, old: Values, new: Values) -> Manifest:
    """`after` with the history of each table that differs from what `before` made of it.

    `old` and `new` are the conventions of both. Only for projects whose migrations scaffold writes.
    """
    known = {resource.stored_in: resource for resource in before.resources}
    result = []
    for resource in after.resources:
        earlier = known.pop(resource.stored_in, None)
        result.append(
            _with_steps(earlier, before, old, resource, after, new) if earlier else resource
        )
    result += [_dropped(resource, before, old) for resource in known.values()]
    result = _children_first(before, result)
    return replace(after, resources=tuple(sorted(result, key=lambda resource: resource.name)))


def opened(manifest: Manifest, values: Values) -> Manifest:
    """The manifest in which no two new tables need each other first: a reference of one of them is a step of its own.

    `values` are all conventions. Only for projects whose migrations scaffold writes.
    """
    graph = {
        resource.stored_in: {
            field.ref or "" for field in _made_with(resource, manifest) if not field.external
        }
        - {resource.stored_in}
        for resource in manifest.resources
    }
    for resource in manifest.resources:
        later = []
        for field in () if resource.history else resource.fields:
            parent = _as_stored(field, manifest).ref
            closes = parent in graph and resource.stored_in in above(graph, parent)
            if closes and parent != resource.stored_in and field.optional and not field.external:
                later.append(field)
                left = (one for one in resource.fields if one not in later and not one.external)
                refs = {_as_stored(one, manifest).ref or "" for one in left}
                graph[resource.stored_in] = refs - {resource.stored_in}
        if later:
            manifest = manifest.with_resource(_in_two(resource, later, manifest, values))
    return manifest


def _made_with(resource: Resource, manifest: Manifest) -> Iterable[Field]:
    """The fields that the table was made with last, by the names of the database."""
    made = [step for step in resource.history if step.kind == "create"]
    return made[-1].fields if made else (_as_stored(one, manifest) for one in resource.fields)


def _in_two(
    resource: Resource, later: Sequence[Field], manifest: Manifest, values: Values
) -> Resource:
    """The resource whose table is made first, and gets some of its fields, and keys with these, afterwards."""
    table = _table(resource, manifest, values)
    columns = {field.stored_in for field in later}
    keys = [key for key in table.keys if not columns.isdisjoint(key.columns)]
    first = {name: field for name, field in table.fields.items() if name not in columns}
    begun = table._replace(fields=first, keys=tuple(key for key in table.keys if key not in keys))
    history = [_created(begun, 1, manifest)]
    for column in (name for name in table.fields if name in columns):
        fields = (table.fields[column],)
        history.append(TableStep(_next(history), "add", fields, after=_lives(fields, manifest)))
    history += [
        TableStep(_next(history) + place, "key", keys=(key,)) for place, key in enumerate(keys)
    ]
    return replace(resource, history=tuple(history))


def noted(manifest: Manifest, resource: Resource, change: Alteration) -> Resource:
    """The resource with the change as a note for the ORM's own tool, which sees definitions and no rows.

    Only for projects whose migrations such a tool writes: their histories have nothing but these notes.
    """
    # A rule for deletions is nothing to rows: the tool makes the foreign key anew.
    new = replace(change.new, on_delete=change.old.on_delete)
    # Simple ones, too: those of one column follow one another.
    if change.is_simple and is_stored_alike(change.old, new, rules=True, keys=False):
        return replace(resource, alterations=())
    level = max((step.id for step in resource.history), default=0) + 1
    fields = (_as_stored(change.old, manifest), _as_stored(change.new, manifest))
    step = TableStep(level, "alter", fields, **_rows_of(change))
    return replace(resource, history=(*resource.history, step), alterations=())


def _rows_of(change: Alteration) -> dict[str, Any]:
    """What the step of an alteration says of rows."""
    return {"fill": change.fill, "words": change.words, "checks": change.checks}


def _children_first(before: Manifest, after: Sequence[Resource]) -> list[Resource]:
    """`after`, with its new steps ordered so that hidden rows go after those that refer to them."""
    seen = {resource.stored_in: len(resource.history) for resource in before.resources}
    ends = {resource.stored_in: last.id for resource in after if (last := _end_of_hiding(resource))}
    parents = {
        resource.stored_in: {
            _as_stored(field, before).ref or "" for field in resource.fields if not field.external
        }
        for resource in before.resources
    }

    def ordered(resource: Resource, place: int, step: TableStep) -> TableStep:
        is_new = place >= seen.get(resource.stored_in, 0)
        if not is_new or step is not _end_of_hiding(resource):
            return step
        # Two tables that refer to each other have no order.
        circle = above(parents, resource.stored_in)
        children = sorted(
            (table, level)
            for table, level in ends.items()
            if resource.stored_in in parents.get(table, ()) and table not in circle
        )
        return replace(step, after=tuple(children))

    return [
        replace(
            resource,
            history=tuple(
                ordered(resource, place, step) for place, step in enumerate(resource.history)
            ),
        )
        for resource in after
    ]


def _end_of_hiding(resource: Resource) -> TableStep | None:
    """The step that ended soft delete; None if there is none, or rows can be hidden again."""
    for step in reversed(resource.history):
        if step.kind == "create":
            return None
        if step.kind == "soft_delete":
            return None if step.soft_delete else step
    return None


def _with_steps(
    earlier: Resource,
    before: Manifest,
    old: Values,
    resource: Resource,
    after: Manifest,
    new: Values,
) -> Resource:
    if resource.dropped:
        return _dropped(earlier, before, old)
    if earlier.dropped:
        made = _created(_table(resource, after, new), _next(earlier.history), before)
        return replace(resource, history=(*earlier.history, made))
    was, now = _table(earlier, before, old), _table(resource, after, new)
    if was == now:
        return replace(resource, history=earlier.history)
    history = list(earlier.history or (_created(was, 1, before),))

    def step(kind: str, **change: Any) -> None:
        history.append(TableStep(_next(history), kind, **change))

    # A key of columns that are made anew is made anew, too.
    same = {name for name, field in was.fields.items() if now.fields.get(name) == field}
    altered = {change.old.stored_in: change for change in resource.alterations}
    same |= altered.keys()
    kept = {key for key in was.keys if key in now.keys and {*key.columns} - {OWNER_COLUMN} <= same}
    for key in was.keys:
        if key not in kept:
            step("drop_key", keys=(key,))
    for name, field in was.fields.items():
        if name not in same:
            step("drop", fields=(field,), after=_lives((field,), before))
    rules = new["stack"]["orm"] in _WITH_RULES
    for name, change in altered.items():
        fields = (was.fields[name], now.fields[name])
        if change.checks or not is_stored_alike(*fields, rules=rules):
            step("alter", fields=fields, **_rows_of(change))
    if was.soft_delete != now.soft_delete:
        step("soft_delete", soft_delete=now.soft_delete)
    if was.version != now.version:
        step("version", version=now.version)
    for name, field in now.fields.items():
        if name not in same:
            step("add", fields=(field,), after=_lives((field,), before))
    for key in now.keys:
        if key not in kept:
            step("key", keys=(key,))
    if len(history) == 1 and not earlier.history:
        # All that changed is nothing to the database.
        history = []
    return replace(resource, history=tuple(history), alterations=())


def _dropped(resource: Resource, before: Manifest, old: Values) -> Resource:
    if resource.dropped:
        return resource
    table = _table(resource, before, old)
    history = resource.history or (_created(table, 1, before),)
    gone = TableStep(_next(history), "drop_table", after=_lives(table.fields.values(), before))
    # Named after its table: another resource may take the name that it had.
    return Resource(
        resource.stored_in,
        singular(resource.stored_in),
        (),
        methods=(),
        retired=True,
        dropped=True,
        history=(*history, gone),
    )


def _created(table: _Table, level: int, before: Manifest) -> TableStep:
    fields = tuple(table.fields.values())
    lives = _lives(fields, before)
    return TableStep(level, "create", fields, table.soft_delete, table.version, lives, table.keys)


def _lives(fields: Iterable[Field], manifest: Manifest) -> tuple[tuple[str, int], ...]:
    """Of the tables that the fields refer to, those that were made again, each with the level that did it."""
    refs = {field.ref for field in fields if field.ref and not field.external}
    return tuple(
        (resource.stored_in, step.id)
        for resource in manifest.resources
        if resource.stored_in in refs
        for step in [made for made in resource.history if made.kind == "create"][-1:]
        if step.id > 1
    )


def _next(history: tuple[TableStep, ...] | list[TableStep]) -> int:
    return max(step.id for step in history) + 1


def _table(resource: Resource, manifest: Manifest, values: Values) -> _Table:
    data = values["data"]
    return _Table(
        {field.stored_in: _as_stored(field, manifest) for field in resource.fields},
        bool(resource.soft_delete or data["soft_delete"]),
        bool(data.get("optimistic_version")),
        resource.keys,
    )


def _as_stored(field: Field, manifest: Manifest) -> Field:
    """The field by its names in the database, which stay when names in the code change."""
    parent = manifest.find(field.ref) if field.ref and not field.external else None
    ref = parent.stored_in if parent else field.ref
    return replace(field, name=field.stored_in, column=None, ref=ref)

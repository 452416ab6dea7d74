"""What resources and tables must agree on: people edit manifests by hand, and git merges them."""

from __future__ import annotations

from collections.abc import Sequence

from scaffold.manifest.delete_rules import check_delete_rules
from scaffold.resources.fields import COLUMN
from scaffold.resources.keys import OWNER_COLUMN, Key
from scaffold.resources.resource import RESERVED, Resource
from scaffold.resources.table_steps import TableStep
from scaffold.support.errors import UserError


def problem_of(resources: Sequence[Resource]) -> str | None:
    """What is wrong with the resources together, as a sentence; None if nothing is."""
    tables: dict[str, str] = {}
    for resource in resources:
        found = _problem(resource)
        if found:
            return f"resource `{resource.name}`: {found}"
        if resource.stored_in in tables:
            return f"`{tables[resource.stored_in]}` and `{resource.name}` share the table `{resource.stored_in}`"
        tables[resource.stored_in] = resource.name
    for resource in resources:
        holder = tables.get(resource.name, resource.name)
        if holder != resource.name:
            return f"`{resource.name}` has the same name as the table of `{holder}`"
    try:
        check_delete_rules(resources)
    except UserError as error:
        return error.message
    return None


def _problem(resource: Resource) -> str | None:
    if resource.table and (not COLUMN.fullmatch(resource.table) or resource.table in RESERVED):
        return f"`{resource.table}` cannot be a table"
    for what, words in (
        ("field", [field.name for field in resource.fields]),
        ("column", [field.stored_in for field in resource.fields]),
    ):
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice:
            return f"it has the {what} `{twice}` twice"
    columns = {OWNER_COLUMN, *(field.stored_in for field in resource.fields)}
    for key in resource.keys:
        lost = next((column for column in key.columns if column not in columns), None)
        if lost:
            return f"it has no column `{lost}`, which its key {','.join(key.columns)} names"
    if resource.dropped:
        if resource.fields or resource.methods or not resource.retired:
            return "a dropped table has a history and nothing else"
        if not resource.history:
            return "a dropped table has no history"
    if resource.history:
        return _history_problem(resource, resource.history)
    return None


def _history_problem(resource: Resource, history: Sequence[TableStep]) -> str | None:
    if all(step.kind == "alter" for step in history):
        # The ORM's own tool writes the migrations, and these are only what it cannot know.
        return None
    columns: set[str] | None = None
    keys: set[Key] = set()
    level = 0
    for step in history:
        if step.id < max(level, 1):
            return f"step {step.id} of its history is out of order"
        level = step.id
        if (step.kind == "create") != (columns is None):
            return f"step {step.id} of its history: {_MADE if columns is not None else _UNMADE}"
        names = [field.name for field in step.fields]
        if columns is None:
            columns, keys = set(names), set(step.keys)
        elif step.kind in ("key", "drop_key"):
            if (step.kind == "key") != (step.keys[0] not in keys):
                return (
                    f"step {step.id} of its history: {_KEYED if step.kind == 'key' else _UNKEYED}"
                )
            keys ^= set(step.keys)
        elif step.kind == "add" and names[0] in columns:
            return f"step {step.id} of its history adds the column `{names[0]}`, which exists"
        elif step.kind == "drop" and names[0] not in columns:
            return (
                f"step {step.id} of its history drops the column `{names[0]}`, which does not exist"
            )
        elif step.kind == "alter":
            if names[0] != names[1] or names[0] not in columns:
                return f"step {step.id} of its history changes the column `{names[0]}`, which does not exist"
        elif step.kind == "drop_table":
            columns = None
        else:
            columns ^= set(names)
    if resource.dropped != (columns is None):
        return f"its history ends {'with' if columns is None else 'without'} a dropped table"
    if columns is not None and keys != set(resource.keys):
        return "its history and its keys differ"
    now = {field.stored_in for field in resource.fields}
    if columns is not None and columns != now:
        odd = sorted(columns ^ now)
        return f"its history and its fields differ in {', '.join(f'`{name}`' for name in odd)}"
    return None


_MADE = "the table exists already"
_UNMADE = "there is no table yet"
_KEYED = "the key exists already"
_UNKEYED = "there is no such key"

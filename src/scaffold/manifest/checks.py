"""What resources and tables have to agree on: a manifest may have been edited by hand, or merged by git."""

from __future__ import annotations

from collections.abc import Sequence

from scaffold.resources.fields import COLUMN
from scaffold.resources.resource import RESERVED, Resource
from scaffold.resources.table_steps import TableStep


def problem_of(resources: Sequence[Resource]) -> str | None:
    """What is wrong with the resources together, in words; None where nothing is."""
    tables: dict[str, str] = {}
    for item in resources:
        found = _problem(item)
        if found:
            return f"resource `{item.name}`: {found}"
        if item.stored_in in tables:
            return (
                f"`{tables[item.stored_in]}` and `{item.name}` have one table, `{item.stored_in}`"
            )
        tables[item.stored_in] = item.name
    for item in resources:
        holder = tables.get(item.name, item.name)
        if holder != item.name:
            return f"`{item.name}` has the name of the table of `{holder}`"
    return None


def _problem(item: Resource) -> str | None:
    if item.table and (not COLUMN.fullmatch(item.table) or item.table in RESERVED):
        return f"`{item.table}` cannot be a table"
    for what, words in (
        ("field", [one.name for one in item.fields]),
        ("column", [one.stored_in for one in item.fields]),
    ):
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice:
            return f"it has the {what} `{twice}` twice"
    if item.dropped:
        if item.fields or item.methods or not item.retired:
            return "a dropped table has a history and nothing else"
        if not item.history:
            return "a dropped table has no history"
    if item.history:
        return _history_problem(item, item.history)
    return None


def _history_problem(item: Resource, history: Sequence[TableStep]) -> str | None:
    columns: set[str] | None = None
    level = 0
    for step in history:
        if step.id < max(level, 1):
            return f"step {step.id} of its history is not in order"
        level = step.id
        if (step.kind == "create") != (columns is None):
            return f"step {step.id} of its history: {_MADE if columns is not None else _UNMADE}"
        names = [one.name for one in step.fields]
        if columns is None:
            columns = set(names)
        elif step.kind == "add" and names[0] in columns:
            return f"step {step.id} of its history adds the column `{names[0]}`, which is there"
        elif step.kind == "drop" and names[0] not in columns:
            return (
                f"step {step.id} of its history drops the column `{names[0]}`, which is not there"
            )
        elif step.kind == "drop_table":
            columns = None
        else:
            columns ^= set(names)
    if item.dropped != (columns is None):
        return f"its history ends {'with' if columns is None else 'without'} a dropped table"
    now = {one.stored_in for one in item.fields}
    if columns is not None and columns != now:
        odd = sorted(columns ^ now)
        return f"its history and its fields differ in {', '.join(f'`{name}`' for name in odd)}"
    return None


_MADE = "the table is made already"
_UNMADE = "there is no table yet"

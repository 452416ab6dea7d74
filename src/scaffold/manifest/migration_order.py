"""Which migrations come before which: a graph over the steps of all tables, computed from the resources alone.

Conventions decide what a migration says, never its file or what it needs, so both renderers read this one answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from scaffold.resources.resource import Resource

KEY = "migration_order"

_File = tuple[str, str]
"""A table and the name of one of its migrations."""


class _Step(NamedTuple):
    """One step of a table, and what it has to do with other tables.

    `after` are the files of the table's previous level. `parents` are the tables that its fields refer to;
    for a dropped table, those that its last fields referred to. `lives` says which step made a parent that was
    made more than once, or at which level a child's hidden rows go.
    """

    table: str
    level: int
    kind: str
    file: str
    after: tuple[str, ...]
    parents: frozenset[str]
    lives: Mapping[str, int]


def migration_order(resources: Sequence[Resource]) -> list[dict[str, Any]]:
    """One entry for each step of each table: `table`, `file`, `after`, `needs`.

    `after` names the table's own files that come right before, `needs` those of other tables, as [table, file],
    without any that come before one of them anyway: Alembic would lose count of its heads.
    """
    steps = list(_steps(resources))
    needs = _needs(steps)
    before = {
        (step.table, step.file): [*((step.table, file) for file in step.after), *files]
        for step, files in zip(steps, needs, strict=True)
    }
    return [
        {
            "table": step.table,
            "file": step.file,
            "after": list(step.after),
            "needs": [list(file) for file in _nearest(files, (step.table, step.file), before)],
        }
        for step, files in zip(steps, needs, strict=True)
    ]


def first_difference(stored: Sequence[Any], computed: Sequence[Mapping[str, Any]]) -> str | None:
    """The first migration where a stored order differs from the computed one, as `table/file`; None if none does."""
    for old, new in zip_longest(stored, computed):
        if old != new:
            entry = new or old
            known = isinstance(entry, Mapping) and {"table", "file"} <= entry.keys()
            return f"{entry['table']}/{entry['file']}" if known else str(entry)[:60]
    return None


def _steps(resources: Sequence[Resource]) -> Iterator[_Step]:
    tables: dict[str, str] = {}
    for resource in resources:
        tables.setdefault(resource.name, resource.stored_in)
    remade = {
        resource.stored_in: step.id
        for resource in resources
        for step in resource.history
        if step.kind == "create" and step.id > 1
    }
    for resource in resources:
        if resource.history:
            yield from _recorded(resource)
        else:
            refs = [field.ref for field in resource.fields if field.ref and not field.external]
            parents = frozenset(tables.get(ref, ref) for ref in refs)
            yield _Step(resource.stored_in, 1, "create", "0001_create", (), parents, remade)


def _recorded(resource: Resource) -> Iterator[_Step]:
    """The steps of a table that changed since it was made."""
    columns: dict[str, str] = {}  # those that refer to a table of ours, and which one
    level = 0
    earlier: list[str] = []
    files: list[str] = []
    for step in resource.history:
        if step.id != level:
            level, earlier, files = step.id, files, []
        refs = {field.name: field.ref for field in step.fields if field.ref and not field.external}
        # A reference that changes has the same parent as before.
        parents = {**columns} if step.kind == "drop_table" else {} if step.kind == "alter" else refs
        if step.kind in ("create", "drop_table"):
            columns = refs
        elif step.kind == "add":
            columns |= refs
        elif step.kind == "drop":
            columns.pop(step.fields[0].name, None)
        label = step.kind
        if step.kind in ("add", "drop", "alter"):
            label = f"{step.kind}_{step.fields[0].name}"
        elif step.kind in ("soft_delete", "version") and not getattr(step, step.kind):
            label = f"no_{step.kind}"
        elif step.keys and step.kind != "create":
            no = "no_" if step.kind == "drop_key" else ""
            label = f"{no}{step.keys[0].option}_{'_'.join(step.keys[0].columns)}"
        files.append(f"{step.id:04d}_{label}")
        yield _Step(
            *(resource.stored_in, step.id, step.kind, files[-1]),
            after=tuple(earlier),
            parents=frozenset(parents.values()),
            lives=dict(step.after),
        )


def _needs(steps: Sequence[_Step]) -> list[list[_File]]:
    """For each step, the files of other tables that must come before it."""
    made: dict[tuple[str, int], list[_File]] = {}
    emptied: dict[tuple[str, int], list[_File]] = {}
    lives: dict[str, list[int]] = {}
    freed: dict[str, list[_Step]] = {}
    for step in steps:
        file = (step.table, step.file)
        if step.kind == "create":
            made.setdefault((step.table, step.level), []).append(file)
            lives.setdefault(step.table, []).append(step.level)
        elif step.kind == "soft_delete":
            emptied.setdefault((step.table, step.level), []).append(file)
        elif step.kind in ("drop", "drop_table"):
            for parent in step.parents:
                freed.setdefault(parent, []).append(step)

    def of(step: _Step) -> Iterator[_File]:
        if step.kind in ("create", "add"):
            for parent in step.parents - {step.table}:
                yield from made.get((parent, step.lives.get(parent, 1)), ())
        elif step.kind == "soft_delete":
            for child in step.lives.items():
                yield from emptied.get(child, ())
        elif step.kind == "drop_table":
            life = [1, *(level for level in lives.get(step.table, ()) if level < step.level)][-1]
            for other in freed.get(step.table, ()):
                if other.table != step.table and other.lives.get(step.table, 1) == life:
                    yield other.table, other.file

    return [sorted(of(step)) for step in steps]


def _nearest(
    files: Sequence[_File], of: _File, before: Mapping[_File, Iterable[_File]]
) -> Sequence[_File]:
    """`files` without those that come before another step right before `of`."""
    direct = [*before[of]]
    if not files or len(direct) < 2:
        return files
    above: set[_File] = set()
    while direct:
        new = {file for file in before.get(direct.pop(), ()) if file not in above}
        above |= new
        direct += new
    return [file for file in files if file not in above]

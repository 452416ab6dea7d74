"""What follows from a name that changes or a part that goes: keys, rules, references and files, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scaffold.resources.fields import Field
from scaffold.resources.keys import typed
from scaffold.resources.resource import Resource


def with_removed_fields(gone: Iterable[Field]) -> Iterator[str]:
    """What goes with fields; keys over several refuse before."""
    for field in gone:
        if field.unique:
            yield f"with `{field.name}` goes its rule that no two rows have the same"
        if field.indexed:
            yield f"with `{field.name}` goes its index"
        if field.ref and not field.external:
            yield f"with `{field.name}` goes its reference to `{field.ref}`, and what it says of deletions there"


def with_renamed_field(before: Resource, after: Resource) -> Iterator[str]:
    """What has the new name of the one field that differs, and what keeps the old one."""
    for old, new in zip(before.fields, after.fields, strict=True):
        if old.name == new.name:
            continue
        if new.column:
            yield f"`{new.name}` keeps its column, `{new.column}`, and what is in it"
        for key in after.keys:
            if new.stored_in in key.columns:
                what = "unique key" if key.unique else "index"
                yield f"the {what} `{typed(key, after.fields)}` follows by the new name"
    if after.files != before.files:
        yield f"the folders of its files follow: data/{after.files}"


def with_renamed_resource(
    resource: Resource, children: Sequence[tuple[Resource, Field]]
) -> Iterator[str]:
    """What has the new name of a resource, and what keeps the old one; `children` are the references to it."""
    if resource.table:
        kept = "rows and keys" if resource.keys else "rows"
        yield f"`{resource.name}` keeps its table, `{resource.table}`, with its {kept}"
    if resource.files:
        yield f"the files of its rows stay in data/{resource.files}"
    if children:
        names = ", ".join(f"`{field.name}` of `{child.name}`" for child, field in children)
        verbs = ("refers", "keeps its own") if len(children) == 1 else ("refer", "keep their own")
        yield f"{names} {verbs[0]} to it by its new name, and {verbs[1]}"


def files_stay(resource: Resource) -> str:
    """What becomes of the files of rows that are kept as files no more."""
    return (
        f"the files of its rows stay in data/{resource.files} as they are now: delete them, with "
        f"data/.shapes/{resource.stored_in}, before rows are kept as files again"
    )

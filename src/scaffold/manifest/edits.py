"""Changes of a resource that exists: fields that come, go or get another name, and the resource's own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scaffold.manifest.manifest import Manifest
from scaffold.resources.fields import Field, parse_field
from scaffold.resources.names import parse_name, singular
from scaffold.resources.resource import Resource, check_no_twin
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


def find_resource(manifest: Manifest, name: str) -> Resource:
    """The resource of that name. Raises UserError where there is none, or only its table is left."""
    resource = manifest.find(name)
    if resource is None or resource.retired:
        names = [item.name for item in manifest.resources if not item.retired]
        guess = nearest(name, names)
        raise UserError(
            f"this project has no resource `{name}`; it has: {', '.join(names) or 'none'}",
            f"did you mean `{guess}`?" if guess else "`scaffold list` shows them",
        )
    return resource


def with_fields(
    resource: Resource, added: Sequence[Field], *, has_rows: bool, command: str = "field add"
) -> Resource:
    """The resource with those fields too. `has_rows`: its table may have rows, which need a value.

    `command` is what hints name: it takes the resource and fields.

    Raises UserError where a name or a column is taken, or rows would have no value for a field.
    """
    fields = list(resource.fields)
    for item in added:
        _require_free(resource, fields, item.name)
        holder = next((one for one in fields if _fold(one.stored_in) == _fold(item.name)), None)
        if holder is not None:
            raise UserError(
                f"the column `{holder.stored_in}` of the table `{resource.stored_in}` belongs to the field "
                f"`{holder.name}`, which had that name before",
                f"take another name than `{item.name}`",
            )
        if has_rows:
            _require_value(resource, item, f"scaffold {command} {resource.name}")
        fields.append(item)
    return replace(resource, fields=tuple(fields))


def without_fields(resource: Resource, names: Sequence[str]) -> Resource:
    """The resource without those fields.

    Raises UserError where one is not there, names a folder of its files, or is the last one.
    """
    gone = [find_field(resource, name) for name in names]
    for item in gone:
        if f"{{{item.name}}}" in resource.files:
            raise UserError(
                f"`{item.name}` names the folders of the JSON files of `{resource.name}` (data/{resource.files})",
                f"keep it, or first `scaffold remove {resource.name}`",
            )
    left = tuple(item for item in resource.fields if item not in gone)
    if not left:
        raise UserError(
            f"`{resource.name}` would have no field left",
            f"`scaffold remove {resource.name}` takes the resource out",
        )
    return replace(resource, fields=left)


def with_renamed_field(resource: Resource, old: str, new: str) -> Resource:
    """The resource with a field by another name; its column keeps the one that it has.

    Raises UserError where there is no such field, or the new name is not allowed or taken.
    """
    item = find_field(resource, old)
    new = parse_name(new, "field", "points")
    bare = replace(item, name="x", column=None, external=False).spec().removeprefix("x")
    named = parse_field(f"{new}{bare}")
    if named.name == item.name:
        raise UserError(
            f"`{item.name}` has that name already",
            f"`scaffold show {resource.name}` has the fields",
        )
    others = [one for one in resource.fields if one is not item]
    _require_free(resource, others, named.name)
    column = item.stored_in if item.stored_in != named.name else None
    renamed = replace(item, name=named.name, column=column)
    return replace(
        resource,
        fields=tuple(renamed if one is item else one for one in resource.fields),
        files=resource.files.replace(f"{{{item.name}}}", f"{{{named.name}}}"),
    )


def with_renamed_resource(manifest: Manifest, old: Resource, new: str) -> Manifest:
    """The manifest with a resource by another name, also where others refer to it; its table keeps the one that it has.

    Raises UserError where the new name is taken.
    """
    if new == old.name:
        raise UserError(f"`{new}` has that name already", "`scaffold list` shows the resources")
    others = [item for item in manifest.resources if item.name != old.name]
    taken = next((item for item in others if new in (item.name, item.stored_in)), None)
    if taken is not None:
        if not taken.retired:
            what = f"is the table of `{taken.name}`" if new != taken.name else "is a resource"
        else:
            what = "is a table that was dropped" if taken.dropped else "is a table that was kept"
        raise UserError(
            f"`{new}` {what} of this project", "take another name; `scaffold list` shows them"
        )
    check_no_twin(new, [item.name for item in others if not item.dropped])
    table = old.stored_in if old.stored_in != new else ""
    renamed = replace(old, name=new, singular=singular(new), table=table)
    result = replace(manifest, resources=tuple(others)).with_resource(renamed)
    for item in result.resources:
        fields = tuple(
            replace(one, ref=new) if one.ref == old.name and not one.external else one
            for one in item.fields
        )
        if fields != item.fields:
            result = result.with_resource(replace(item, fields=fields))
    return result


def find_field(resource: Resource, name: str) -> Field:
    """The field of that name; a reference also without its `_id`. Raises UserError where there is none."""
    for wanted in (name, f"{name}_id"):
        found = next((one for one in resource.fields if one.name == wanted), None)
        if found is not None:
            return found
    names = [one.name for one in resource.fields]
    guess = nearest(name, names)
    raise UserError(
        f"`{resource.name}` has no field `{printable(name)}`; it has: {', '.join(names)}",
        f"did you mean `{guess}`?" if guess else f"`scaffold show {resource.name}` shows them",
    )


def _require_free(resource: Resource, fields: Sequence[Field], name: str) -> None:
    known = next((one for one in fields if _fold(one.name) == _fold(name)), None)
    if known is not None:
        raise UserError(
            f"`{resource.name}` has a field `{known.name}` already",
            f"take another name, or first `scaffold field rename {resource.name} {known.name} NEW`",
        )


def require_same_table(known: Resource, resource: Resource) -> Resource:
    """The resource with the columns of `known`, a table that was kept and whose rows it gets.

    Raises UserError where it would lose values of those rows, or rows would have none.
    """
    names = {item.name: item for item in resource.fields}
    fields = []
    for item in known.fields:
        new = names.pop(item.name, None)
        if new is None or replace(new, column=item.column) != item:
            whole = " ".join(f"'{one.spec()}'" for one in known.fields)
            raise UserError(
                f"the table `{known.stored_in}` is there with its rows, and its field "
                f"`{item.spec()}` would be {'lost' if new is None else f'another: `{new.spec()}`'}",
                f"give its fields: `scaffold endpoint {known.name} {whole}`, or first "
                f"`scaffold remove {known.name} --drop-table`",
            )
        fields.append(item)
    table = replace(known, fields=tuple(fields))
    new_fields = [*names.values()]
    evolved = with_fields(table, new_fields, has_rows=True, command="endpoint")
    return replace(resource, fields=evolved.fields)


def _require_value(resource: Resource, item: Field, command: str) -> None:
    """Raises UserError where a row that is there already could not have the field."""
    bare = replace(item, default=None)
    optional = f"{command} '{replace(bare, optional=True).spec()}'"
    if item.unique and item.default is not None:
        raise UserError(
            f"`{item.name}` is unique, and rows of `{resource.name}` may be there, which would all get its default",
            f"make it optional: `{optional}`",
        )
    if item.optional or item.default is not None:
        return
    can = item.type not in ("ref", "json") and not item.unique
    with_default = f", or give it a default: `{command} '{bare.spec()}=VALUE'`" if can else ""
    raise UserError(
        f"`{item.name}` is required, and rows of `{resource.name}` may be there, with no value for it",
        f"make it optional: `{optional}`{with_default}",
    )


def _fold(name: str) -> str:
    return name.replace("_", "")

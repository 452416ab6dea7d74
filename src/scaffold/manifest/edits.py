"""Changes to an existing resource: its fields added, dropped or renamed, and its own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scaffold.manifest import things
from scaffold.manifest.manifest import Manifest
from scaffold.resources.field_changes import Alteration
from scaffold.resources.fields import Field, parse_field
from scaffold.resources.json_files import parse_files
from scaffold.resources.keys import in_order, parse_keys, typed
from scaffold.resources.names import parse_name, singular
from scaffold.resources.resource import Resource, check_no_twin
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


def find_resource(manifest: Manifest, name: str) -> Resource:
    """The resource of that name. Raises UserError if there is none, or only its table is left."""
    resource = manifest.find(name)
    if resource is None or resource.retired:
        names = [other.name for other in manifest.resources if not other.retired]
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

    Hints name `command`, which takes the resource and fields.

    Raises UserError if a name or a column is taken, or rows would have no value for a field.
    """
    fields = list(resource.fields)
    for new in added:
        _require_free(resource, fields, new.name)
        holder = next(
            (field for field in fields if _fold(field.stored_in) == _fold(new.name)), None
        )
        if holder is not None:
            raise UserError(
                f"the column `{holder.stored_in}` of the table `{resource.stored_in}` belongs to the field "
                f"`{holder.name}`, which had that name before",
                f"choose a name other than `{new.name}`",
            )
        if has_rows:
            require_value(resource, new, f"scaffold {command} {resource.name}")
        fields.append(new)
    return replace(resource, fields=tuple(fields))


def without_fields(resource: Resource, names: Sequence[str]) -> Resource:
    """The resource without those fields.

    Raises UserError if one does not exist, is part of a key, names a folder of its files, or is the last one.
    """
    gone = [find_field(resource, name) for name in names]
    for field in gone:
        if f"{{{field.name}}}" in resource.files:
            raise UserError(
                f"`{field.name}` names the folders of the JSON files of `{resource.name}` (data/{resource.files})",
                f"first `scaffold change {resource.name} --files none`, or give them other folders",
            )
    _require_no_key(resource, gone)
    left = tuple(field for field in resource.fields if field not in gone)
    if not left:
        raise UserError(
            f"`{resource.name}` would have no field left",
            f"`scaffold remove {resource.name}` removes the resource",
        )
    history = resource.history
    if all(step.kind == "alter" for step in history):
        # Notes for the ORM's own tool: what became of the column is nothing to a new one of that name.
        columns = {field.stored_in for field in gone}
        history = tuple(step for step in history if step.fields[0].name not in columns)
    return replace(resource, fields=left, history=history)


def _require_no_key(resource: Resource, gone: Sequence[Field]) -> None:
    """Raises UserError, with the command that takes them away, if keys name one of the fields."""
    columns = {field.stored_in: field.name for field in gone}
    keys = [key for key in resource.keys if not columns.keys().isdisjoint(key.columns)]
    if not keys:
        return
    words = []
    for option in dict.fromkeys(key.option for key in keys):
        rest = [key for key in resource.keys if key.option == option and key not in keys]
        names = [typed(key, resource.fields) for key in rest] or ["none"]
        words += [f"--{option} {name}" for name in names]
    name = next(columns[column] for column in keys[0].columns if column in columns)
    raise UserError(
        f"`{name}` is part of the {'unique key' if keys[0].unique else 'index'} "
        f"`{typed(keys[0], resource.fields)}` of `{resource.name}`",
        f"first `scaffold change {resource.name} {' '.join(words)}`",
    )


def with_altered_field(resource: Resource, alteration: Alteration) -> Resource:
    """The resource with another definition of a field, and with what becomes of its rows.

    Raises UserError if a key, or the folders of its files, cannot have the field then.
    """
    fields = tuple(
        alteration.new if field.name == alteration.old.name else field for field in resource.fields
    )
    sides = ([key for key in resource.keys if key.unique is unique] for unique in (True, False))
    unique, index = ([typed(key, fields) for key in keys] for keys in sides)
    parse_keys(unique, index, fields, resource.name)
    if resource.files:
        parse_files(resource.files, fields)
    return replace(resource, fields=fields, alterations=(*resource.alterations, alteration))


def with_renamed_field(resource: Resource, old: str, new: str) -> Resource:
    """The resource with a field renamed; its column keeps its name.

    Raises UserError if there is no such field, or the new name is not allowed or taken.
    """
    known = find_field(resource, old)
    new = parse_name(new, "field", "points")
    bare = replace(known, name="x", column=None, external=False).spec().removeprefix("x")
    named = parse_field(f"{new}{bare}")
    if named.name == known.name:
        raise UserError(
            f"`{known.name}` has that name already",
            f"`scaffold show {resource.name}` shows the fields",
        )
    others = [field for field in resource.fields if field is not known]
    _require_free(resource, others, named.name)
    column = known.stored_in if known.stored_in != named.name else None
    renamed = replace(known, name=named.name, column=column)
    return replace(
        resource,
        fields=tuple(renamed if field is known else field for field in resource.fields),
        files=resource.files.replace(f"{{{known.name}}}", f"{{{named.name}}}"),
    )


def with_renamed_resource(manifest: Manifest, old: Resource, new: str) -> Manifest:
    """The manifest with a resource renamed, also where others refer to it; its table keeps its name.

    Raises UserError if the new name is taken.
    """
    if new == old.name:
        raise UserError(f"`{new}` has that name already", "`scaffold list` shows the resources")
    others = [other for other in manifest.resources if other.name != old.name]
    taken = next((other for other in others if new in (other.name, other.stored_in)), None)
    if taken is not None:
        if not taken.retired:
            what = f"is the table of `{taken.name}`" if new != taken.name else "is a resource"
        else:
            what = "is a table that was dropped" if taken.dropped else "is a table that was kept"
        raise UserError(
            f"`{new}` {what} of this project",
            "choose another name; `scaffold list` shows those in use",
        )
    check_no_twin(new, [other.name for other in others if not other.dropped])
    table = old.stored_in if old.stored_in != new else ""
    renamed = replace(old, name=new, singular=singular(new), table=table)
    result = replace(manifest, resources=tuple(others)).with_resource(renamed)
    for other in result.resources:
        fields = tuple(
            replace(field, ref=new) if field.ref == old.name and not field.external else field
            for field in other.fields
        )
        if fields != other.fields:
            result = result.with_resource(replace(other, fields=fields))
    return things.with_renamed(result, old.name, new)


def find_field(resource: Resource, name: str) -> Field:
    """The field of that name; you may leave out the `_id` of a reference. Raises UserError if there is none."""
    for wanted in (name, f"{name}_id"):
        found = next((field for field in resource.fields if field.name == wanted), None)
        if found is not None:
            return found
    names = [field.name for field in resource.fields]
    guess = nearest(name, names)
    raise UserError(
        f"`{resource.name}` has no field `{printable(name)}`; it has: {', '.join(names)}",
        f"did you mean `{guess}`?" if guess else f"`scaffold show {resource.name}` shows them",
    )


def _require_free(resource: Resource, fields: Sequence[Field], name: str) -> None:
    known = next((field for field in fields if _fold(field.name) == _fold(name)), None)
    if known is not None:
        raise UserError(
            f"`{resource.name}` has a field `{known.name}` already",
            f"choose another name, or first `scaffold field rename {resource.name} {known.name} NEW`",
        )


def require_same_table(known: Resource, resource: Resource) -> Resource:
    """The resource with the columns of `known`, a kept table whose rows it takes over.

    Raises UserError if it would lose values of those rows, or rows would have none.
    """
    names = {field.name: field for field in resource.fields}
    fields = []
    for column in known.fields:
        new = names.pop(column.name, None)
        if new is None or replace(new, column=column.column) != column:
            whole = " ".join(f"'{field.spec()}'" for field in known.fields)
            raise UserError(
                f"the table `{known.stored_in}` still has its rows, and its field "
                f"`{column.spec()}` would {'be lost' if new is None else f'become another: `{new.spec()}`'}",
                f"give its fields: `scaffold endpoint {known.name} {whole}`, or first "
                f"`scaffold remove {known.name} --drop-table`",
            )
        fields.append(column)
    table = replace(known, fields=tuple(fields))
    new_fields = [*names.values()]
    evolved = with_fields(table, new_fields, has_rows=True, command="endpoint")
    # The new definition's names are not always those of the columns.
    columns = {field.name: field.stored_in for field in evolved.fields}
    keys = [
        key._replace(columns=tuple(columns.get(name, name) for name in key.columns))
        for key in resource.keys
    ]
    return replace(resource, fields=evolved.fields, keys=in_order(keys) or known.keys)


def require_value(resource: Resource, field: Field, command: str) -> None:
    """Raises UserError, whose hints name `command`, if an existing row could not have the new field."""
    bare = replace(field, default=None)
    optional = f"{command} '{replace(bare, optional=True).spec()}'"
    if field.unique and field.default is not None:
        raise UserError(
            f"`{field.name}` is unique, and existing rows of `{resource.name}` would all get its default",
            f"make it optional: `{optional}`",
        )
    if field.optional or field.default is not None:
        return
    can = field.type not in ("ref", "json") and not field.unique
    with_default = f", or give it a default: `{command} '{bare.spec()}=VALUE'`" if can else ""
    raise UserError(
        f"`{field.name}` is required, and existing rows of `{resource.name}` would have no value for it",
        f"make it optional: `{optional}`{with_default}",
    )


def _fold(name: str) -> str:
    return name.replace("_", "")

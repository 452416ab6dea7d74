"""`scaffold field`: fields of an existing resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from scaffold.cli.declared import Argument, Group, Option
from scaffold.cli.verbs import Tail, writes
from scaffold.manifest.things import address
from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from scaffold.api.run import Outcome

group = Group("Add, change, remove or rename fields of a resource and keep its rows.")
Resource = Annotated[
    str,
    Argument(metavar="RESOURCE", help="The resource or KIND/NAME, as `scaffold list` shows it."),
]


@group.verb("add")
@writes
def add(
    tail: Tail,
    resource: Resource,
    fields: Annotated[
        list[str], Argument(metavar="FIELD...", help="name:type[modifiers], as for endpoint")
    ],
) -> Outcome:
    """Add fields. If the table may have rows, a field must be optional or have a default.

    \b
    scaffold field add assessments 'weight:int{1..10}=1'
    scaffold field add comments 'assessment:ref(assessments)?'
    """
    if found := address(resource):
        from scaffold.api import things

        return things.change_fields("field add", *found, things.added_fields(fields), **tail)
    from scaffold.api import fields as api

    return api.add_fields(resource, fields, **tail)


@group.verb("change")
@writes
def change(
    tail: Tail,
    resource: Resource,
    field: Annotated[
        str,
        Argument(
            metavar="FIELD", help="The field as it should be: name:type[modifiers], as for endpoint"
        ),
    ],
    default: Annotated[
        str | None,
        Option(
            "--default",
            metavar="VALUE",
            help="What rows without a value get, where the field becomes required.",
        ),
    ] = None,
    maps: Annotated[
        list[str] | None,
        Option(
            "--map",
            metavar="OLD=NEW",
            help="What rows with the value OLD get, where an enum loses it or the type becomes an enum or a bool; "
            "may be given more than once.",
        ),
    ] = None,
) -> Outcome:
    """Change what a field is. FIELD is all of it: a modifier that you leave out goes.

    \b
    scaffold field change assessments 'title:string{1..300}'
    scaffold field change assessments 'score:int{0..100}' --default 0
    scaffold field change comments 'assessment:ref(assessments,cascade)'
    scaffold field change assessments 'status:enum(open,closed)' --map draft=open --map published=closed

    Its migration counts the rows that do not fit before it changes anything; if there are any, it fails with their
    number and leaves all as it was.
    """
    if found := address(resource):
        from scaffold.api import things

        if default is not None or maps:
            raise UserError(
                f"`{resource}` has no rows, so nothing needs a value",
                "leave `--default` and `--map` out",
            )
        return things.change_fields("field change", *found, things.changed_field(field), **tail)
    from scaffold.api import fields as api

    return api.change_field(resource, field, default=default, maps=tuple(maps or ()), **tail)


@group.verb("remove")
@writes
def remove(
    tail: Tail,
    resource: Resource,
    names: Annotated[list[str], Argument(metavar="NAME...", help="Fields to remove")],
) -> Outcome:
    """Remove fields. The next migration drops their columns, with what is in them.

    \b
    scaffold field remove assessments weight
    """
    if found := address(resource):
        from scaffold.api import things

        return things.change_fields("field remove", *found, things.removed_fields(names), **tail)
    from scaffold.api import fields as api

    return api.remove_fields(resource, names, **tail)


@group.verb("rename")
@writes
def rename(
    tail: Tail,
    resource: Resource,
    old: Annotated[str, Argument(metavar="OLD", help="The field's name")],
    new: Annotated[str, Argument(metavar="NEW", help="Its new name")],
) -> Outcome:
    """Rename a field in the code and in the API. Its column keeps the old name: no row changes.

    \b
    scaffold field rename assessments score points
    """
    if found := address(resource):
        from scaffold.api import things

        return things.change_fields("field rename", *found, things.renamed_field(old, new), **tail)
    from scaffold.api import fields as api

    return api.rename_field(resource, old, new, **tail)

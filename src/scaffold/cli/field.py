"""`scaffold field`: fields of an existing resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome

app = typer.Typer(
    help="Add, remove or rename fields of a resource and keep its rows.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
Resource = Annotated[
    str, typer.Argument(metavar="RESOURCE", help="The resource, as `scaffold list` shows it.")
]


@app.command("add")
@writes
def add(
    tail: Tail,
    resource: Resource,
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD...", help="name:type[modifiers], as for endpoint")
    ],
) -> Outcome:
    """Add fields. If the table may have rows, a field must be optional or have a default.

    \b
    scaffold field add assessments 'weight:int{1..10}=1'
    scaffold field add comments 'assessment:ref(assessments)?'
    """
    from scaffold.api import fields as api

    return api.add_fields(resource, fields, **tail)


@app.command("remove")
@writes
def remove(
    tail: Tail,
    resource: Resource,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Fields to remove")],
) -> Outcome:
    """Remove fields. The next migration drops their columns, with what is in them.

    \b
    scaffold field remove assessments weight
    """
    from scaffold.api import fields as api

    return api.remove_fields(resource, names, **tail)


@app.command("rename")
@writes
def rename(
    tail: Tail,
    resource: Resource,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The field's name")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name")],
) -> Outcome:
    """Rename a field in the code and in the API. Its column keeps the old name: no row changes.

    \b
    scaffold field rename assessments score points
    """
    from scaffold.api import fields as api

    return api.rename_field(resource, old, new, **tail)

"""`scaffold field`: fields of a resource that exists."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output

app = typer.Typer(
    help="Add, remove or rename fields of a resource, with its rows kept.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
Resource = Annotated[
    str, typer.Argument(metavar="RESOURCE", help="The resource, as `scaffold list` shows it.")
]


@app.command("add")
@output.command
def add(
    resource: Resource,
    fields: Annotated[
        list[str], typer.Argument(metavar="FIELD...", help="name:type[modifiers], as for endpoint")
    ],
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Add fields. Where the table may have rows, a field is optional or has a default.

    \b
    scaffold field add assessments 'weight:int{1..10}=1'
    scaffold field add comments 'assessment:ref(assessments)?'
    """
    from scaffold.api import fields as api

    result = api.add_fields(resource, fields, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)


@app.command("remove")
@output.command
def remove(
    resource: Resource,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Fields to take out")],
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Take fields out. The next migration drops their columns, with what is in them.

    \b
    scaffold field remove assessments weight
    """
    from scaffold.api import fields as api

    result = api.remove_fields(resource, names, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)


@app.command("rename")
@output.command
def rename(
    resource: Resource,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The field's name")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The name that it gets")],
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Give a field another name in the code and in the API. Its column keeps the old one: no row changes.

    \b
    scaffold field rename assessments score points
    """
    from scaffold.api import fields as api

    result = api.rename_field(resource, old, new, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)

"""`scaffold model`: a table with its validation, and no route."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def model(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The resource, usually a plural: assessments")
    ],
    fields: options.Fields = None,
    style: options.Style = None,
    source: options.Source = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Add a model alone: table, validation and queries, but no route.

    \b
    scaffold model rubrics 'title:string{1..200}' 'weight:int{1..10}=1'
    """
    from scaffold.api import endpoint as api

    result = api.model(
        name, fields or [], project=project, style=style, source=source, dry_run=dry_run
    )
    return output.outcome(result, diff=diff, as_json=as_json)

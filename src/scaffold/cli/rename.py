"""`scaffold rename`: a resource by another name."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def rename(
    resource: Annotated[
        str, typer.Argument(metavar="RESOURCE", help="The resource, as `scaffold list` shows it.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The name that it gets, in the plural")],
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Give a resource another name: path, files and types, with your edits in them. Its table stays: no row changes.

    \b
    scaffold rename assessments exams
    """
    from scaffold.api import fields as api

    result = api.rename(resource, new, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)

"""`scaffold remove`: takes a resource out again."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def remove(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The resource, as `scaffold list` shows it.")
    ],
    drop_table: Annotated[
        bool,
        typer.Option(
            "--drop-table",
            help="Also take out the table's definition; the next migration drops it.",
        ),
    ] = False,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Take a resource out. Files that you edited are kept and named.

    \b
    scaffold remove comments
    scaffold remove comments --dry-run --diff
    """
    from scaffold.api import remove as api

    result = api.remove(name, project=project, drop_table=drop_table, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)

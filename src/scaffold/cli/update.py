"""`scaffold update`: newer templates, with the user's edits merged in."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def update(
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="VERSION",
            help="A tag or commit of the templates (default: the newest).",
        ),
    ] = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Bring newer templates and conventions in; your edits are merged, what you deleted stays deleted.

    Exit code 1 where your lines and new ones clash: both stand between markers then.

    \b
    scaffold update --dry-run --diff
    scaffold update
    scaffold update --to v1.2.0
    """
    from scaffold.api import update as api

    result = api.update(to=to, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)

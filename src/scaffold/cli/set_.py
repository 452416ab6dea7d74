"""`scaffold set`: changes a convention of this project."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def set_values(
    settings: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="As in rate_limit.max=100")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Take conventions and entities from a document again."
        ),
    ] = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Change conventions of this project; the files that follow from them change with your edits merged in.

    \b
    scaffold set rate_limit.max=100 rate_limit.window=1h
    scaffold set 'errors.validation={code: INVALID, status: 422}' --diff
    scaffold set --from .claude/agents/backend.md --dry-run
    """
    from scaffold.api import set_ as api

    result = api.set_values(settings or [], source=source, project=project, dry_run=dry_run)
    return output.outcome(result, diff=diff, as_json=as_json)

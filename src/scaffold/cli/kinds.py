"""`scaffold kinds`: what `scaffold add` can add, and whether a team's own kinds are sound."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output
from scaffold.cli.declared import Argument
from scaffold.cli.typed import typed

app = typer.Typer(
    help="List the kinds that `scaffold add` knows, or check those of a template repository.",
    rich_markup_mode=None,
    invoke_without_command=True,
)


@app.callback(invoke_without_command=True)
@typed
def kinds(
    ctx: typer.Context, project: options.Project = None, as_json: options.Json = False
) -> None:
    """List the kinds that `scaffold add` knows, or check those of a template repository.

    \b
    scaffold kinds
    scaffold kinds check ../our-templates
    """
    if ctx.invoked_subcommand is None:
        _list(project=project, as_json=as_json)


@output.command
def _list(*, project: str | None, as_json: bool) -> int:
    from scaffold.api import kinds as api

    found = api.kinds_of(project)
    if as_json:
        output.emit({"kinds": [api.as_data(kind) for kind in found]})
        return 0
    if not found:
        output.say("these templates have no kinds; docs/kinds.md shows how a team adds its own")
    for kind in found:
        output.say(f"{kind.name:<16}{kind.title}")
        output.say(f"{'':<16}{kind.example}")
        for key, values in (kind.conventions or {}).items():
            output.say(f"{'':<16}needs {key}: {' or '.join(values)}")
    return 0


@app.command("check")
@typed
@output.command
def check(
    folder: Annotated[
        str,
        Argument(metavar="[DIR]", help="The repository of templates (default: this folder)"),
    ] = ".",
    as_json: options.Json = False,
) -> int:
    """Check the kinds in a repository of templates; exit code 1 if something is wrong.

    \b
    scaffold kinds check
    scaffold kinds check ../our-templates
    """
    from scaffold.api import kinds as api

    problems = api.check(folder)
    if as_json:
        output.emit({"problems": problems})
    else:
        for problem in problems:
            output.say(problem)
        if not problems:
            output.say("the kinds are sound")
    return 1 if problems else 0

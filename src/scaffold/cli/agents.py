"""`scaffold agents`: the documents whose conventions can be followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from scaffold.cli import options, output
from scaffold.errors import UserError

app = typer.Typer(help="The agents whose conventions can be followed.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def agents(context: typer.Context) -> None:
    """The agents whose conventions can be followed (default: list them)."""
    if context.invoked_subcommand is None:
        list_agents()


@app.command("list")
@output.command
def list_agents(project: options.Project = None, as_json: options.Json = False) -> int:
    """List the agents.

    \b
    scaffold agents list
    """
    from scaffold import api, documents

    found = documents.all_agents(api.templates_of(project))
    if as_json:
        output.emit(
            {"agents": [{"style": style, "description": text} for style, text in found.items()]}
        )
    else:
        for style, text in found.items():
            output.say(f"{style:<12} {text}")
    return 0


@app.command("show")
@output.command
def show_agent(
    style: Annotated[
        str, typer.Argument(metavar="STYLE", help="As `scaffold agents list` shows it.")
    ],
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Show every convention of an agent, and whether it states it or it is a default.

    \b
    scaffold agents show supabase
    """
    from scaffold import api, documents

    values = documents.conventions_of(api.templates_of(project), style)
    if as_json:
        output.emit({"style": style, "conventions": [item.to_data() for item in values]})
    else:
        for item in values:
            output.say(f"{item.key:<28} {item.origin:<8} {json.dumps(item.value)}")
    return 0


@app.command("check")
@output.command
def check_agent(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A Markdown document with front matter.")
    ],
    as_json: options.Json = False,
) -> int:
    """Check the conventions that a document states; all errors at once, with key and line. Exit code 2 where wrong.

    \b
    scaffold agents check .claude/agents/backend.md
    """
    from scaffold import agent, api

    path = Path(file)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read `{file}`: {error}") from error
    problems = agent.read(text, api.templates_of(None).schema, file).problems
    if as_json:
        output.emit(
            {
                "problems": [
                    {"key": item.key, "line": item.line, "text": item.text} for item in problems
                ]
            }
        )
    elif problems:
        raise UserError(
            f"`{file}` has {len(problems)} wrong conventions:\n"
            + "\n".join(f"  {item}" for item in problems)
        )
    else:
        output.say(f"{file}: fine")
    return 2 if problems else 0

"""`scaffold show`: one resource with its files, methods and policy."""

from __future__ import annotations

from typing import Annotated

import typer

from scaffold.cli import options, output


@output.command
def show(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The resource, as `scaffold list` shows it.")
    ],
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Show one resource: fields, methods, policy and files.

    \b
    scaffold show assessments
    """
    from scaffold.api import show as api

    data = api.show(name, project=project)
    if as_json:
        output.emit(data)
        return 0
    output.say(data["name"])
    for spec in data["fields"]:
        output.say(f"  {spec}")
    if data["table"] != data["name"]:
        output.say(f"{'table':<15}{data['table']}")
    if data["columns"]:
        pairs = [f"{name}: {column}" for name, column in data["columns"].items()]
        output.say(f"{'columns':<15}{', '.join(pairs)}")
    for key, value in data["policy"].items():
        if isinstance(value, dict):
            value = "; ".join(f"{inner}: {', '.join(words)}" for inner, words in value.items())
        text = ", ".join(value) if isinstance(value, list) else str(value)
        output.say(f"{key:<15}{text or '-'}")
    for option, keys in data["keys"].items():
        if keys:
            output.say(f"{option:<15}{'; '.join(keys)}")
    if data["report"]:
        output.report(data["report"])
    output.say("Files")
    for line in output.tree(dict.fromkeys(data["files"], "")):
        output.say(line)
    return 0

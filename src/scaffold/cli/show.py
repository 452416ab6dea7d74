"""`scaffold show`: one resource with its files, methods and policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from scaffold.cli import options, output
from scaffold.cli.declared import Argument
from scaffold.manifest.things import address


@output.command
def show(
    name: Annotated[
        str,
        Argument(metavar="NAME", help="The resource or KIND/NAME, as `scaffold list` shows it."),
    ],
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Show one resource: fields, methods, policy and files.

    \b
    scaffold show assessments
    """
    from scaffold.api import show as api

    if found := address(name):
        thing = api.show_thing(*found, project=project)
        if as_json:
            output.emit(thing)
        else:
            _thing(thing)
        return 0
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
    _files(data["files"])
    return 0


def _thing(data: Mapping[str, Any]) -> None:
    output.say(f"{data['kind']}/{data['name']}")
    for spec in data["fields"]:
        output.say(f"  {spec}")
    for key, words in data["options"].items():
        output.say(f"{key:<15}{', '.join(words) or '-'}")
    _files(data["files"])


def _files(paths: Iterable[str]) -> None:
    output.say("Files")
    for line in output.tree(dict.fromkeys(paths, "")):
        output.say(line)

"""`scaffold agents`: the documents whose conventions you can follow."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import import_report, options, output
from scaffold.cli.declared import Argument, Option
from scaffold.cli.typed import typed

if TYPE_CHECKING:
    from scaffold.agents.describe import Described

WIDTH = 118
app = typer.Typer(help="The agents whose conventions you can follow.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
@typed
def agents(context: typer.Context) -> None:
    """The agents whose conventions you can follow (default: list them)."""
    if context.invoked_subcommand is None:
        list_agents()


@app.command("list")
@typed
@output.command
def list_agents(project: options.Project = None, as_json: options.Json = False) -> int:
    """List the agents, and every convention in which they differ.

    \b
    scaffold agents list
    """
    from scaffold.agents import describe
    from scaffold.api import show as api

    found = describe.all_agents(api.templates_of(project))
    if as_json:
        output.emit({"agents": [agent.to_data() for agent in found]})
        return 0
    for agent in found:
        text = str(agent.front_matter.get("description") or "")
        head = f"{agent.style:<12} "
        output.say(textwrap.fill(text, WIDTH, initial_indent=head, subsequent_indent=" " * 13))
    rows = describe.matrix(found)
    if rows:
        output.say()
        for line in _table([agent.style for agent in found], rows):
            output.say(line)
        same = len(found[0].conventions) - len(rows)
        output.say()
        output.say(f"{same} more conventions are the same for all: `scaffold agents show STYLE`.")
    return 0


@app.command("show")
@typed
@output.command
def show_agent(
    style: Annotated[
        str | None,
        Argument(
            metavar="[STYLE|PATH]",
            help="As `scaffold agents list` shows it, or a document (default: this project's).",
        ),
    ] = None,
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Show every convention with its origin (stated, with its line, or default), and the entities.

    \b
    scaffold agents show supabase
    scaffold agents show .claude/agents/backend.md
    """
    from scaffold.agents import describe
    from scaffold.api import show as api

    if style is None:
        _, manifest = api.resources(project)
        found = describe.describe_project(api.templates_of(project), manifest)
    else:
        found = describe.describe(api.templates_of(project), style)
    if as_json:
        output.emit(json.loads(json.dumps(found.to_data(), default=str)))
    else:
        _show(found)
    return 0


@app.command("check")
@typed
@output.command
def check_agent(
    file: Annotated[str, Argument(metavar="FILE", help="A document, with a block or without.")],
    as_json: options.Json = False,
) -> int:
    """Check a document and report all mistakes at once, with key and line.

    Exit code 2 if there are any, 1 if `--style` would refuse it.

    \b
    scaffold agents check .claude/agents/backend.md
    """
    from scaffold.agents import document
    from scaffold.agents.imports import import_documents
    from scaffold.api import import_ as api
    from scaffold.api import show

    templates = show.templates_of(None)
    text = document.load(Path(file), file)
    found = (
        document.read(text, templates.schema, file)
        if document.has_front_matter(text, file)
        else None
    )
    problems = found.problems if found else ()
    refused = None if problems else api.refusal(templates, file, Path.cwd())
    has_block = found is not None and "conventions" in found.front_matter
    if as_json:
        output.emit(
            {
                "problems": [
                    {"key": problem.key, "line": problem.line, "text": problem.text}
                    for problem in problems
                ],
                "strict": found.strict if found else True,
                "stated": sum(len(keys) for keys in found.conventions.values()) if found else 0,
                "entities": list(found.entities) if found else [],
                "refused": {"message": refused.message, "hint": refused.hint} if refused else None,
            }
        )
    elif problems:
        raise document.report_of(problems, file)
    elif refused:
        output.say(f"{file}: `--style` refuses it: {refused.message}")
        if refused.hint:
            output.say(f"  {refused.hint}")
    elif has_block and found is not None:
        output.say(f"{file}: fine ({_summary(found.conventions, found.entities)})")
    else:
        imported = import_documents([file], templates.schema, Path.cwd())
        output.say(f"{file}: fine ({_summary(imported.sure(), imported.entities)})")
        output.say("  note: it has no `conventions:` block, so this is read from its prose;")
        output.say(f"  `scaffold agents import {file}` shows each value with its words")
    if found is not None and not found.strict and not problems:
        output.say("  note: the front matter is not strict YAML; scaffold read it line by line")
    return 2 if problems else 1 if refused else 0


@app.command("import")
@typed
@output.command
def import_agents(
    files: Annotated[
        list[str], Argument(metavar="DOC...", help="Documents, with front matter or without.")
    ],
    write: Annotated[
        bool,
        Option("--write", help="Put a `conventions:` block into the first one's front matter."),
    ] = False,
    to: Annotated[
        str | None,
        Option("--to", metavar="FILE", help="Write the block into a new document."),
    ] = None,
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Say which conventions a document states in prose, tables and code, each with its line and its words.

    What is sure applies with `--style DOC`; what is likely, or open, does not by itself.

    \b
    scaffold agents import AGENTS.md
    scaffold agents import .claude/agents/backend.md --write
    scaffold agents import CLAUDE.md docs/api.md --to .claude/agents/api.md
    """
    from scaffold.api import import_ as api
    from scaffold.api import show
    from scaffold.frameworks.detect import find_root

    templates = show.templates_of(project)
    report = api.import_(templates, files, find_root(project), write=write, to=to)
    if as_json:
        output.emit(import_report.as_data(report))
    else:
        for line in import_report.as_text(report):
            output.say(line)
    return 0


@app.command("export")
@typed
@output.command
def export_agent(
    style: Annotated[
        str | None,
        Argument(
            metavar="[STYLE|PATH]",
            help="As `scaffold agents list` shows it, or a document (default: this project).",
        ),
    ] = None,
    to: Annotated[
        str | None,
        Option("--to", metavar="TOOL", help="claude, agents-md, cursor or copilot."),
    ] = None,
    no_block: Annotated[
        bool,
        Option("--no-block", help="Leave `conventions:` and `entities:` out."),
    ] = False,
    project: options.Project = None,
    as_json: options.Json = False,
) -> int:
    """Print the conventions as a document of another tool: its front matter, and rules in words.

    \b
    scaffold agents export --to claude > .claude/agents/backend.md
    scaffold agents export supabase --to cursor > .cursor/rules/backend.mdc
    """
    from scaffold.api.export import export

    found = export(style, to, block=not no_block, project=project)
    if as_json:
        output.emit(json.loads(json.dumps(found.to_data(), default=str)))
    else:
        output.say(found.text.removesuffix("\n"))
    return 0


@app.command("schema")
@typed
@output.command
def print_schema(project: options.Project = None) -> int:
    """Print a JSON Schema (draft 2020-12) of the front matter, for editors and other tools.

    \b
    scaffold agents schema > agent.schema.json
    """
    from scaffold.agents.json_schema import front_matter
    from scaffold.api import show as api

    schema = front_matter(api.templates_of(project).schema)
    output.say(json.dumps(schema, ensure_ascii=False, indent=2))
    return 0


def _summary(conventions: Mapping[str, Mapping[str, Any]], entities: Mapping[str, Any]) -> str:
    stated = sum(len(keys) for keys in conventions.values())
    return f"conventions stated: {stated}, entities: {len(entities)}"


def _show(found: Described) -> None:
    for stated in found.conventions:
        origin = f"{stated.origin}, line {stated.line}" if stated.line else stated.origin
        words = f"  ({stated.words})" if stated.words else ""
        output.say(f"{stated.key:<28} {origin:<17} {_text(stated.value)}{words}")
    if found.entities:
        output.say()
        output.say("Entities")
    for name, entity in found.entities.items():
        output.say(f"  {name}")
        output.say(
            textwrap.fill(
                " ".join(entity["fields"]),
                WIDTH,
                initial_indent="    ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )
        for key, value in entity.items():
            if key != "fields":
                output.say(f"    {key}: {_text(value)}")


def _text(value: Any) -> str:
    """A value as you would write it in a document, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, str):
        return value or "''"
    return json.dumps(value)


def _table(heads: Sequence[str], rows: Sequence[tuple[str, list[Any]]]) -> list[str]:
    """Rows of cells, each row as high as its longest value needs."""
    first = max(len(key) for key, _ in rows)
    width = min(24, max(12, (WIDTH - first - 1) // len(heads) - 1))
    lines = [" ".join([" " * first, *(f"{head:<{width}}" for head in heads)]).rstrip()]
    for key, values in rows:
        cells = [
            textwrap.wrap(_text(value), width, break_on_hyphens=False) or [""] for value in values
        ]
        for index in range(max(map(len, cells))):
            parts = [cell[index] if index < len(cell) else "" for cell in cells]
            head = key if index == 0 else ""
            lines.append(
                " ".join([f"{head:<{first}}", *(f"{part:<{width}}" for part in parts)]).rstrip()
            )
    return lines

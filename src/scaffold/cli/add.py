"""`scaffold add`: a thing of a kind that the project's templates define, which also say what its options are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import declared, options, output
from scaffold.cli.typed import typed
from scaffold.cli.verbs import Tail, writes

if TYPE_CHECKING:
    from scaffold.api.run import Outcome
    from scaffold.kinds.definition import Kind, Option

# Click leaves all of it to the command of the kind, `--help` too.
SETTINGS = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}


def add(ctx: typer.Context) -> None:
    """Add what a team's templates define: scaffold add KIND NAME [FIELD]... [OPTION]...

    \b
    scaffold kinds
    scaffold add KIND --help
    """
    words = [*ctx.args]
    kind = next(iter(words), "-")
    if kind.startswith("-"):
        _help(ctx)
        return
    command = typer.main.get_command(_application(_kind(kind, words)))
    code = command.main(words[1:], prog_name=f"scaffold add {kind}", standalone_mode=False)
    if code:
        raise typer.Exit(code)


add.__dict__["settings"] = SETTINGS


def _help(ctx: typer.Context) -> None:
    output.say(f"{ctx.get_help()}\n\n`scaffold kinds` lists the kinds of this project's templates.")


@output.command
def _asked(as_json: bool, question: Callable[[], object]) -> None:
    question()


def _kind(name: str, words: list[str]) -> Kind:
    """The kind of that name in the project that the words are about. A UserError ends the command."""
    found: list[Kind] = []

    def ask() -> None:
        from scaffold.api.things import find_kind, templates_of

        found.append(find_kind(templates_of(_project(words)), name))

    _asked(as_json="--json" in words, question=ask)
    return found[0]


def _project(words: list[str]) -> str | None:
    """What `--project` says, which decides whose options the others are."""
    for number, word in enumerate(words):
        if word == "--project" and number + 1 < len(words):
            return words[number + 1]
        if word.startswith("--project="):
            return word.removeprefix("--project=")
    return None


def _application(kind: Kind) -> typer.Typer:
    """The command line of one kind."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)
    app.command(kind.name, context_settings={"help_option_names": ["-h", "--help"]})(
        typed(_verb(kind))
    )
    return app


def _verb(kind: Kind) -> Callable[..., None]:
    def verb(
        tail: Tail,
        /,
        name: str,
        fields: list[str] | None = None,
        restore: bool = False,
        **given: Any,
    ) -> Outcome:
        from scaffold.api import things

        said = {
            key: value if isinstance(value, list) else [_text(value)]
            for key, value in given.items()
            if value is not None and value != []
        }
        return things.add(kind.name, name, fields or (), said, restore=restore, **tail)

    verb.__doc__ = f"{kind.title}\n\n\b\n{kind.example}"
    verb.__dict__["__signature__"] = inspect.Signature([*_parameters(kind)])
    return writes(verb)


def _parameters(kind: Kind) -> Iterator[inspect.Parameter]:
    either = inspect.Parameter.POSITIONAL_OR_KEYWORD
    keyword = inspect.Parameter.KEYWORD_ONLY
    argument = declared.Argument(metavar="NAME", help=f"What the {kind.name} is called")
    yield inspect.Parameter("tail", inspect.Parameter.POSITIONAL_ONLY)
    yield inspect.Parameter("name", either, annotation=Annotated[str, argument])
    if kind.fields != "none":
        yield inspect.Parameter("fields", either, default=None, annotation=options.Fields)
    for option in kind.options:
        yield inspect.Parameter(option.name, keyword, default=None, annotation=_annotation(option))
    yield inspect.Parameter("restore", keyword, default=False, annotation=options.Restore)


def _annotation(option: Option) -> Any:
    several = option.type in ("list", "fields")
    words = [option.help] if option.help else []
    if option.values:
        words.append(f"One of {', '.join(option.values)}.")
    if several:
        words.append("Several: once each.")
    if option.default is not None:
        words.append(f"[default: {', '.join(option.typed(option.default))}]")
    if option.required:
        words.append("[required]")
    text = " ".join(words)
    if option.type == "bool":
        return Annotated[
            bool | None, declared.Option(f"{option.flag}/--no-{option.flag[2:]}", help=text)
        ]
    metavar = (option.of if option.type == "list" else option.type).upper()
    kind = list[str] | None if several else str | None
    return Annotated[kind, declared.Option(option.flag, metavar=metavar, help=text)]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

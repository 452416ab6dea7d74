"""The whole command line as Typer has it: for help, completion, and whatever is not plain."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from scaffold import __version__
from scaffold.cli import VERBS
from scaffold.cli.declared import Group
from scaffold.cli.typed import typed

HELP = "Working, tested, updatable code from the conventions that a team writes down for its AI agents."

# What a wrong, missing or unknown option or argument raises; Typer has no name for it.
USAGE: type[Exception] = typer.BadParameter.__mro__[1]


@contextmanager
def _told() -> Iterator[None]:
    """With `--json` on the command line, wrong usage is also reported as an object on standard output."""
    try:
        yield
    except USAGE as error:
        if "--json" in sys.argv[1:]:
            from scaffold.cli import output

            message = getattr(error, "format_message", error.__str__)()
            path = getattr(getattr(error, "ctx", None), "command_path", "scaffold")
            output.emit({"error": {"message": message, "hint": f"`{path} --help`"}})
        raise


class _Verbs(TyperGroup):
    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with _told():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with _told():
            return super().invoke(ctx)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"scaffold {__version__}")
        raise typer.Exit


def build(verbs: Iterable[str] = tuple(VERBS)) -> typer.Typer:
    """The application with these verbs; nothing else imports them."""
    app = typer.Typer(
        name="scaffold",
        help=HELP,
        cls=_Verbs,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback(
        epilog="Exit codes: 0 done, 1 conflicts or findings, 2 wrong usage or input (nothing written)."
    )
    def root(
        version: Annotated[
            bool,
            typer.Option("--version", help="Show the version.", is_eager=True, callback=_version),
        ] = False,
    ) -> None: ...

    for verb in verbs:
        module, function = VERBS[verb]
        found = getattr(importlib.import_module(f"scaffold.cli.{module}"), function)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=verb)
        elif isinstance(found, Group):
            group = typer.Typer(help=found.help, rich_markup_mode=None, no_args_is_help=True)
            for word, one in found.verbs.items():
                group.command(word)(typed(one))
            app.add_typer(group, name=verb)
        else:
            app.command(verb, context_settings=getattr(found, "settings", None))(typed(found))
    return app


@cache
def command_of(verb: str) -> Callable[..., None]:
    """The command line with that verb alone, or with all of them where it is none."""
    # Describing ten verbs to Typer costs as much as running one.
    return typer.main.get_command(build([verb] if verb in VERBS else VERBS))

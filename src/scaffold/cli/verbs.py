"""What all verbs that write have in common: the options at their end, and how they show their result."""

from __future__ import annotations

import functools
import inspect
import shlex
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypedDict

from scaffold.cli import options, output

if TYPE_CHECKING:
    from scaffold.api.run import Outcome

P = ParamSpec("P")


class Tail(TypedDict):
    """Arguments of every use case that writes: where, whether at all, and the command line for the record of `undo`."""

    project: str | None
    dry_run: bool
    typed: str


def writes(function: Callable[Concatenate[Tail, P], Outcome]) -> Callable[..., None]:
    """A verb whose options end with --project, --dry-run, --diff and --json.

    `function` takes the first two as a `Tail`, before its own arguments. The verb shows what it returns, which
    decides the exit code.
    """

    @output.command
    @functools.wraps(function)
    def run(
        *args: Any, project: str | None, dry_run: bool, diff: bool, as_json: bool, **own: Any
    ) -> int:
        result = function(tail(project, dry_run), *args, **own)
        return output.outcome(result, diff=diff, as_json=as_json)

    # Only type checkers know `Outcome`: importing it takes longer than the rest of --help.
    function.__annotations__.pop("return", None)
    own = inspect.signature(function, eval_str=True)
    shared = (
        ("project", options.Project, None),
        ("dry_run", options.DryRun, False),
        ("diff", options.Diff, False),
        ("as_json", options.Json, False),
    )
    parameters = [
        *list(own.parameters.values())[1:],
        *(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
            )
            for name, annotation, default in shared
        ),
    ]
    # Typer reads the options off these two.
    run.__dict__["__signature__"] = own.replace(parameters=parameters, return_annotation=None)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def tail(project: str | None, dry_run: bool) -> Tail:
    """The arguments of a use case, with the command line as it was typed."""
    return Tail(project=project, dry_run=dry_run, typed=shlex.join(sys.argv[1:]))

"""Verbs as Typer takes them: with its own options and arguments in place of those that they declare."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args

import typer

from scaffold.cli.declared import Argument, Exit, Option


def typed(function: Callable[..., None]) -> Callable[..., None]:
    """The same verb for Typer, which ends with Typer's exit codes."""

    run = _ending(function)
    declared = inspect.signature(function, eval_str=True)
    parameters = [
        parameter.replace(annotation=_annotation(parameter.annotation))
        for parameter in declared.parameters.values()
    ]
    run.__dict__["__signature__"] = declared.replace(parameters=parameters, return_annotation=None)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _ending(function: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except Exit as ended:
            raise typer.Exit(ended.code) from None

    return run


def _annotation(declared: Any) -> Any:
    kind, *more = get_args(declared) if hasattr(declared, "__metadata__") else (declared,)
    for info in more:
        if isinstance(info, Option):
            settings = dict(info.settings)
            if "callback" in settings:
                settings["callback"] = _ending(settings["callback"])
            return Annotated[kind, typer.Option(*info.flags, **settings)]
        if isinstance(info, Argument):
            return Annotated[kind, typer.Argument(**info.settings)]
    return declared

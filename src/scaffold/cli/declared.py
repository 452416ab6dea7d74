"""Parameters of verbs, declared once: `quick` parses plain command lines by them, and Typer everything else.

Importing Typer takes a quarter of the time of a command, and help, completion and mistakes are all that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Verb = TypeVar("Verb", bound=Callable[..., None])


class Option:
    """An option: its flags, such as `--role` or `--public/--no-public`, and what else Typer is told of it."""

    def __init__(self, *flags: str, **settings: Any) -> None:
        self.flags = flags
        self.settings = settings


class Argument:
    """An argument without a flag, and what Typer is told of it."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings


class Exit(Exception):
    """Ends the command with an exit code."""

    def __init__(self, code: int = 0) -> None:
        super().__init__(code)
        self.code = code


class Group:
    """A verb that is made of others, such as `field add`; `help` says what they are about."""

    def __init__(self, help: str) -> None:
        self.help = help
        self.verbs: dict[str, Callable[..., None]] = {}

    def verb(self, name: str) -> Callable[[Verb], Verb]:
        """Makes a function one of its verbs."""

        def keep(function: Verb) -> Verb:
            self.verbs[name] = function
            return function

        return keep

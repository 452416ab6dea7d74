"""The command line: one module for each verb, which only parses, calls and prints."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from scaffold.cli import quick
from scaffold.cli.declared import Exit, Group

# Verb → module and function.
VERBS = {
    "new": ("new", "new"),
    "endpoint": ("endpoint", "endpoint"),
    "model": ("model", "model"),
    "add": ("add", "add"),
    "remove": ("remove", "remove"),
    "set": ("set_", "set_values"),
    "change": ("change", "change"),
    "field": ("field", "group"),
    "rename": ("rename", "rename"),
    "apply": ("apply_", "apply_file"),
    "undo": ("undo", "undo"),
    "adopt": ("adopt", "adopt"),
    "resolve": ("resolve", "resolve"),
    "list": ("list_", "list_resources"),
    "show": ("show", "show"),
    "status": ("status", "status"),
    "update": ("update", "update"),
    "agents": ("agents", "app"),
    "kinds": ("kinds", "app"),
    "doctor": ("doctor", "doctor"),
}
# Their options are those of the project's templates, or they do something without a verb of theirs.
_TYPERS = {"add", "agents", "kinds"}


def main() -> None:
    """Entry point of the `scaffold` command."""
    words = sys.argv[1:]
    plain = plainly(words) if "_SCAFFOLD_COMPLETE" not in os.environ else None
    if plain is not None:
        function, arguments = plain
        try:
            function(**arguments)
        except Exit as ended:
            sys.exit(ended.code)
        sys.exit(0)
    from scaffold.cli import application

    application.command_of(words[0] if words else "")(prog_name="scaffold")


def plainly(words: Sequence[str]) -> tuple[Callable[..., None], dict[str, Any]] | None:
    """The verb of a plain command line, with its arguments; None if Typer has to look."""
    verb, *rest = words or [""]
    if verb not in VERBS or verb in _TYPERS:
        return None
    module, name = VERBS[verb]
    found = getattr(importlib.import_module(f"scaffold.cli.{module}"), name)
    if isinstance(found, Group):
        found, rest = found.verbs.get(rest[0] if rest else ""), rest[1:]
    arguments = quick.parse(found, rest) if found else None
    return None if arguments is None else (found, arguments)

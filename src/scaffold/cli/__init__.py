"""The command line: one module for each verb, which only parses, calls and prints."""

from __future__ import annotations

import importlib
import os
import sys

from scaffold.cli import quick
from scaffold.cli.declared import Exit

# Verb → module and function.
VERBS = {
    "new": ("new", "new"),
    "endpoint": ("endpoint", "endpoint"),
    "model": ("model", "model"),
    "add": ("add", "add"),
    "remove": ("remove", "remove"),
    "set": ("set_", "set_values"),
    "change": ("change", "change"),
    "field": ("field", "app"),
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
# Made of commands of their own, or of options that the project's templates define.
_TYPERS = {"add", "field", "agents", "kinds"}


def main() -> None:
    """Entry point of the `scaffold` command."""
    verb, *words = sys.argv[1:] or [""]
    if verb in VERBS and verb not in _TYPERS and "_SCAFFOLD_COMPLETE" not in os.environ:
        module, name = VERBS[verb]
        function = getattr(importlib.import_module(f"scaffold.cli.{module}"), name)
        arguments = quick.parse(function, words)
        if arguments is not None:
            try:
                function(**arguments)
            except Exit as ended:
                sys.exit(ended.code)
            sys.exit(0)
    from scaffold.cli import application

    application.command_of(verb)(prog_name="scaffold")

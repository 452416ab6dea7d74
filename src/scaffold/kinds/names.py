"""What a thing may be called: its name becomes a file, a module and a name in the code of either framework."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Final

from scaffold.kinds.definition import Kind
from scaffold.resources.names import parse_name
from scaffold.resources.resource import DEVICES
from scaffold.support.errors import UserError

# ECMAScript 2025, 12.7.2, what modules and strict code reserve, and the two that TypeScript keeps for types.
_JAVASCRIPT: Final = frozenset(
    re.findall(
        r"\w+",
        "arguments async await break case catch class const continue debugger default delete do else enum eval export "
        "extends false finally for function if implements import in instanceof interface let new null package private "
        "protected public return static super switch this throw true try typeof undefined var void while with yield "
        "any never",
    )
)
_PYTHON: Final = frozenset(word.lower() for word in keyword.kwlist)
# Files that a folder of modules has itself.
_FILES: Final = frozenset({"index", "init"})


def thing_name(text: str, kind: Kind, others: Iterable[str]) -> str:
    """NAME of `scaffold add KIND NAME` in snake_case; `others` are the names of the kind that are in use.

    Raises UserError if it cannot be a file and a name in code, or is another spelling of one in use.
    """
    name = parse_name(text, kind.name, kind.example)
    if name in _JAVASCRIPT | _PYTHON | _FILES | DEVICES:
        raise UserError(
            f"`{name}` cannot be the name of a {kind.name}: TypeScript, Python or Windows keeps the word",
            f"try `scaffold add {kind.name} {name}_{kind.name}`",
        )
    for other in others:
        if other != name and other.replace("_", "") == name.replace("_", ""):
            raise UserError(
                f"`{name}` is another spelling of the {kind.name} `{other}`, which this project has",
                "choose another word",
            )
    return name

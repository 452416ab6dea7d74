"""Plain command lines, parsed without Typer.

What it knows comes from the declarations of the verb. A line with anything that it is not sure of (help, a mistake, a
value that looks like a flag) is Typer's. tests/cli/test_quick.py holds both to the same result on the lines of
tests/cases.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args

from scaffold.cli.declared import Argument, Option

_TEXT = (str, str | None)
_TEXTS = (list[str], list[str] | None)
_FLAG = (bool, bool | None)


def parse(verb: Callable[..., None], words: Sequence[str]) -> dict[str, Any] | None:
    """The arguments that these words mean for a verb; None if Typer has to look."""
    found: dict[str, Any] = {}
    flags: dict[str, tuple[str, Any]] = {}
    places: list[tuple[str, Any, Any]] = []
    for parameter in inspect.signature(verb, eval_str=True).parameters.values():
        kind, info = get_args(parameter.annotation)
        if not isinstance(info, Option | Argument) or "callback" in info.settings:
            return None
        if isinstance(info, Argument):
            places.append((parameter.name, kind, parameter.default))
            continue
        found[parameter.name] = parameter.default
        flags |= _meanings(info.flags, parameter.name, kind)
    rest = _options(words, flags, found)
    return None if rest is None or not _arguments(rest, places, found) else found


def _meanings(flags: Iterable[str], name: str, kind: Any) -> dict[str, tuple[str, Any]]:
    """Each flag with its parameter, and the value that it stands for or the type of the one behind it."""
    if kind in _FLAG:
        yes_and_no = "/".join(flags).split("/")
        return {flag: (name, index == 0) for index, flag in enumerate(yes_and_no)}
    return dict.fromkeys(flags, (name, kind))


def _options(
    words: Sequence[str], flags: dict[str, tuple[str, Any]], found: dict[str, Any]
) -> list[str] | None:
    """The words that are no options, which go into `found`; None for what is not plain."""
    rest: list[str] = []
    given: set[str] = set()
    left = list(reversed(words))
    while left:
        word = left.pop()
        if not word.startswith("-"):
            rest.append(word)
            continue
        flag, equals, value = word.partition("=")
        name, kind = flags.get(flag, ("", None))
        if not name or (name in given and kind not in _TEXTS):
            return None
        given.add(name)
        if isinstance(kind, bool):
            if equals:
                return None
            found[name] = kind
            continue
        if not equals:
            if not left or left[-1].startswith("-"):
                return None
            value = left.pop()
        if kind in _TEXTS:
            found[name] = [*(found[name] or []), value]
        elif kind in _TEXT:
            found[name] = value
        else:
            return None
    return rest


def _arguments(rest: list[str], places: list[tuple[str, Any, Any]], found: dict[str, Any]) -> bool:
    """Puts the words into their places; whether they fit."""
    for name, kind, default in places:
        if kind in _TEXTS:
            if not rest and default is inspect.Parameter.empty:
                return False
            found[name], rest = list(rest) or default, []
        elif kind in _TEXT and rest:
            found[name] = rest.pop(0)
        elif kind in _TEXT and default is not inspect.Parameter.empty:
            found[name] = default
        else:
            return False
    return not rest

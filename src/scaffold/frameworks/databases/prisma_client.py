"""Which modules of somebody else's project export a Prisma client."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scaffold.frameworks.next_modules import exported

WORD: Final = "PrismaClient"

_NEW: Final = re.compile(r"\bnew\s+PrismaClient\s*\(")
_DECLARED: Final = re.compile(
    r"^(?P<export>export\s+)?(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::[^=;]{1,300}?)?(?:=(?![>=])|;|$)",
    re.MULTILINE,
)
_FUNCTION: Final = re.compile(
    r"^(?P<export>export\s+)?(?:default\s+)?(?:async\s+)?function\s+(?P<name>[A-Za-z_$][\w$]*)\s*\((?P<given>[^)]*)\)",
    re.MULTILINE,
)
_LATER: Final = re.compile(r"(?<![.\w$])([A-Za-z_$][\w$]*)\s*=\s*new\s+PrismaClient\s*\(")
_STATEMENT: Final = re.compile(
    r"^(?:export|const|let|var|if|function|async|import|type|interface|class|declare)\b",
    re.MULTILINE,
)
_ARROW: Final = re.compile(
    r"\s*(?:cache\s*\(\s*)?(?:async\s*)?\(?[^()=]{0,200}\)?\s*(?::[^=]{1,100})?=>"
)


class Client(NamedTuple):
    """A client: the file that exports it, under which name."""

    path: str
    name: str


def clients_in(path: str, text: str) -> tuple[list[Client], list[Client]]:
    """The clients that a module exports, and the functions that may give one, from its text without comments."""
    if not _NEW.search(text):
        return [], []
    made: dict[str, bool] = {}
    makers: dict[str, bool] = {}
    for match in _FUNCTION.finditer(text):
        if _NEW.search(_value(text, match.end())):
            makers[match["name"]] = bool(match["export"]) and not match["given"].strip()
    declared = [(match, _value(text, match.end())) for match in _DECLARED.finditer(text)]
    for match, value in declared:
        if _ARROW.match(value) and _NEW.search(value):
            makers[match["name"]] = bool(match["export"])
    calls = re.compile(rf"\b(?:{'|'.join(map(re.escape, makers)) or '(?!)'})\s*\(")
    # Such as `let prisma: PrismaClient`, which gets its value in a branch.
    later = {*_LATER.findall(text)}
    for match, value in declared:
        name = match["name"]
        if name in makers:
            continue
        is_made = _NEW.search(value) or calls.search(value) or name in later
        if is_made and not re.match(r"\s*(?:global|globalThis)\b[\s\w.]*\bas\b[^?|]*$", value):
            made[name] = bool(match["export"])
    names = exported(text, made, r"new\s+PrismaClient\b")
    functions = [f"{name}()" for name in exported(text, makers, "(?!)") if name != "default"]
    return [Client(path, name) for name in names], [Client(path, name) for name in functions]


def _value(text: str, at: int) -> str:
    """What comes after that place, up to the next statement."""
    following = _STATEMENT.search(text, at)
    return text[at : following.start() if following else len(text)]

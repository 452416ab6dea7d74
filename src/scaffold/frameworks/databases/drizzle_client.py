"""Which modules of somebody else's project export a Drizzle client for PostgreSQL, and the prefix of their tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from scaffold.frameworks.next_modules import exported

# Their clients have transactions, which stay open between statements.
_DRIVERS: Final = (
    *("postgres-js", "node-postgres", "neon-serverless", "vercel-postgres", "pglite"),
    *("bun-sql", "aws-data-api/pg"),
)
_WITHOUT_TRANSACTIONS: Final = ("neon-http", "pg-proxy", "xata-http")
_DRIVER: Final = re.compile(r"""\bfrom\s*["']drizzle-orm/([\w/-]+)["']""")
_DECLARED: Final = re.compile(
    r"^(?P<export>export\s+)?(?:const|let|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::[^=;]{1,300})?=(?!>)",
    re.MULTILINE,
)
_STATEMENT: Final = re.compile(
    r"^(?:export|const|let|var|if|function|async|import|type|interface|class|declare)\b",
    re.MULTILINE,
)
_FUNCTION: Final = re.compile(
    r"^export\s+(?:async\s+)?(?:function\s+(?P<name>[A-Za-z_$][\w$]*)\s*\(\s*\)"
    r"|const\s+(?P<arrow>[A-Za-z_$][\w$]*)\s*(?::[^=;]{1,300})?=\s*(?:cache\(\s*)?(?:async\s*)?\(\s*\)\s*(?::[^=;]{1,300})?=>)",
    re.MULTILINE,
)
_CREATOR: Final = re.compile(r"\bpgTableCreator\s*\(")
_MADE: Final = re.compile(
    r"\bpgTableCreator\s*\(\s*\(?\s*(?P<name>\w+)\s*(?::\s*string\s*)?\)?\s*=>\s*"
    r"(?:`(?P<before>[^`]*?)\$\{\s*(?P=name)\s*\}`|(?P<bare>(?P=name))\s*[),]"
    r"|(?P<quote>[\"'])(?P<plain>[^\"'`\n]*)(?P=quote)\s*\+\s*(?P=name)\b\s*[),])"
)
_CONSTANT: Final = re.compile(r"\$\{\s*([A-Za-z_$][\w$]*)\s*\}")


_CLIENT: Final = re.compile(r"db|database|drizzle", re.IGNORECASE)
_MAKES: Final = re.compile(r"(?<![\w.])drizzle\s*(?:<[^()]{0,300}>)?\(")
# One that was kept where a reload does not lose it: `globalForDb.instance!`
_KEPT: Final = re.compile(r"\s*global\w*(?:\.\w+)+!?(?:\s+as\s+[^;]{1,200})?\s*;?\s*")


class Client(NamedTuple):
    """A client: the file that exports it, under which name, and the driver that it is made with."""

    path: str
    name: str
    driver: str

    @property
    def has_transactions(self) -> bool:
        """Whether statements of one transaction can follow each other."""
        return self.driver not in _WITHOUT_TRANSACTIONS


class Look(NamedTuple):
    """What the source files of a project show."""

    clients: tuple[Client, ...]
    functions: tuple[Client, ...]
    """What may give a client if it is called."""
    prefixes: tuple[tuple[str | None, str], ...]
    """Each prefix with the file that has it; None for one that cannot be read."""
    policies: str
    """The file that has policies for rows; empty if none has."""


def without_transactions(path: str, text: str) -> Client | None:
    """What a module has if each driver of Drizzle in it has no transactions."""
    drivers = [one for one in _DRIVER.findall(text) if one in (*_DRIVERS, *_WITHOUT_TRANSACTIONS)]
    clients = [Client(path, "", driver) for driver in drivers]
    return clients[0] if clients and not any(one.has_transactions for one in clients) else None


def functions_in(path: str, text: str) -> Iterator[Client]:
    """The functions of a module that may give a client, by their names: `getDb()`. What a call does is not certain."""
    drivers = [one for one in _DRIVER.findall(text) if one in (*_DRIVERS, *_WITHOUT_TRANSACTIONS)]
    if not drivers or not _MAKES.search(text):
        return
    for match in _FUNCTION.finditer(text):
        name = match["name"] or match["arrow"]
        if re.search(r"db|database|drizzle|client", name, re.IGNORECASE):
            yield Client(path, f"{name}()", drivers[0])


def clients_in(path: str, text: str) -> Iterator[Client]:
    """The clients that a module exports, from its text without comments."""
    drivers = [one for one in _DRIVER.findall(text) if one in (*_DRIVERS, *_WITHOUT_TRANSACTIONS)]
    if re.search(
        r"""\bfrom\s*["']drizzle-orm/(?:mysql|planetscale|libsql|better-sqlite|d1)""", text
    ):
        return
    if not drivers:
        return
    made = {}
    for match in _DECLARED.finditer(text):
        following = _STATEMENT.search(text, match.end())
        value = text[match.end() : following.start() if following else len(text)]
        call = _MAKES.search(value)
        before = value[: call.start()] if call else ""
        kept = _CLIENT.search(match["name"]) and _KEPT.fullmatch(value) and _MAKES.search(text)
        # What makes a client at each call is none.
        if kept or (call and "=>" not in before and "function" not in before):
            made[match["name"]] = bool(match["export"])
    for name in exported(text, made, r"drizzle\s*\("):
        yield Client(path, name, drivers[0])


def prefixes_in(text: str, constants: Mapping[str, str]) -> Iterator[str | None]:
    """The prefix of each function in a module that makes tables; None for one that is not plain.

    `constants` are texts that a template may name.
    """
    for at in _CREATOR.finditer(text):
        match = _MADE.match(text, at.start())
        if match is None:
            yield None
            continue
        raw = match["before"] if match["before"] is not None else match["plain"] or ""
        filled = _CONSTANT.sub(lambda one: constants.get(one[1], "${"), raw)
        yield filled if re.fullmatch(r"[\w-]{0,30}", filled, re.ASCII) else None


def constants_in(text: str) -> dict[str, str]:
    """The constants of a module that are plain strings."""
    pattern = r"\bconst\s+([A-Za-z_$][\w$]*)\s*(?::\s*string\s*)?=\s*([\"'`])([\w-]{1,30})\2"
    return {match[1]: match[3] for match in re.finditer(pattern, text)}

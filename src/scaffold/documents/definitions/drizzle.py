"""Drizzle: `pgTable('posts', { … })` and its enums."""

from __future__ import annotations

import re
from typing import Final

from scaffold.documents.definitions.shape import (
    MOST_MEMBERS,
    WORDS,
    Definitions,
    Draft,
    Member,
    Tokens,
)

MAKERS: Final = {"pgTable", "mysqlTable", "sqliteTable", "createTable", "pgEnum", "mysqlEnum"}
_MODES: Final = {
    "boolean": "bool",
    "timestamp": "datetime",
    "timestamp_ms": "datetime",
    "json": "json",
}


def read(tokens: Tokens, index: int, found: Definitions) -> int:
    """Reads `const posts = pgTable(…)` at the maker's word, and returns where to go on; 0: there is none."""
    close = tokens.ends.get(index + 1)
    if close is None or tokens.text(index + 1) != "(" or index < 2:
        return 0
    variable = tokens.text(index - 2) if tokens.text(index - 1) == "=" else ""
    arguments = tokens.parts(index + 2, close)
    starts = [_first(tokens, low, high) for low, high in arguments]
    name = tokens.all[starts[0]].quoted if starts else None
    if name is None or not re.fullmatch(r"[\w.]+", name) or not variable or len(arguments) < 2:
        return 0
    if tokens.text(index).endswith("Enum"):
        texts = [token.quoted for token in tokens.all[starts[1] : arguments[1][1]]]
        found.enums.setdefault(variable, tuple(text for text in texts if text is not None)[:100])
        return close
    body = next((at for at in range(*arguments[1]) if tokens.text(at) == "{"), None)
    if body is None or body not in tokens.ends:
        return close
    draft = Draft(
        variable,
        tokens.line(index),
        tokens.words(index, arguments[1][0]).rstrip(", "),
        sure=True,
        table=name,
    )
    for low, high in tokens.parts(body + 1, tokens.ends[body])[:MOST_MEMBERS]:
        first = _first(tokens, low, high)
        if tokens.text(first + 1) == ":" and first + 2 < high:
            name = tokens.all[first].quoted or tokens.text(first)
            draft.members.append(_column(tokens, first + 2, high, name))
    found.drafts.append(draft)
    return close


def _first(tokens: Tokens, low: int, high: int) -> int:
    """The first token that is not the end of a line."""
    while low < high - 1 and tokens.text(low) == "\n":
        low += 1
    return low


def _column(tokens: Tokens, at: int, end: int, name: str) -> Member:
    member = Member(name, optional=True)
    at = _first(tokens, at, end)
    # `t.varchar(…)` of the callback's form.
    if tokens.text(at + 1) == "." and len(tokens.text(at)) == 1:
        at += 2
    word = tokens.text(at)
    member.type = WORDS.get(word.lower(), "")
    if not member.type:
        member.named = word
        if word == "bytea" or word == "blob":
            member.named, member.refused = "", "is binary"
    close = tokens.ends.get(at + 1, at)
    for index in range(at + 2, min(close, at + 200)):
        _option(tokens, index, member)
    at = close + 1
    while at < end:
        if tokens.text(at) != ".":
            at = tokens.ends.get(at, at) + 1
            continue
        call, opened = tokens.text(at + 1), at + 2
        if tokens.text(opened) == "<":
            while opened < end and tokens.text(opened) != "(":
                opened = tokens.ends.get(opened, opened) + 1
        close = tokens.ends.get(opened, opened)
        _call(tokens, call, opened + 1, close, member)
        at = close + 1
    return member


def _option(tokens: Tokens, index: int, member: Member) -> None:
    """`{ length: 255 }`, `{ enum: ['a', 'b'] }` and `{ mode: 'boolean' }` of a column."""
    if tokens.text(index + 1) != ":":
        return
    name, value = tokens.text(index), tokens.text(index + 2)
    if name == "length" and value.isdigit():
        member.high = value
    elif name == "enum" and value == "[":
        texts = [t.quoted for t in tokens.all[index + 3 : tokens.ends.get(index + 2, index)][:200]]
        member.type, member.values = "enum", tuple(text for text in texts if text is not None)
    elif name == "mode":
        member.type = _MODES.get(value.strip("'\"`"), member.type)


def _call(tokens: Tokens, call: str, first: int, last: int, member: Member) -> None:
    match call:
        case "notNull":
            member.optional = False
        case "primaryKey":
            member.key = True
        case "unique":
            member.unique = True
        case "array":
            member.type, member.named = "json", ""
        case "default" if first < last:
            set_default(tokens, first, last, member)
        case "defaultNow" | "defaultRandom" | "$defaultFn" | "$onUpdate" | "$default":
            member.computed = f"{call}()"
        case "references":
            words = [t.text for t in tokens.all[first : min(last, first + 40)] if t.is_word]
            member.ref = words[0] if words else ""


def set_default(tokens: Tokens, first: int, last: int, member: Member) -> None:
    """The default that these tokens are: a literal, or what only the database can compute."""
    first = _first(tokens, first, last)
    minus = tokens.text(first) == "-"
    token = tokens.all[min(first + minus, len(tokens) - 1)]
    quoted = token.quoted
    if quoted is not None:
        member.default = quoted
    elif token.text in ("true", "false") or token.text[0].isdigit():
        member.default = "-" * minus + token.text
    elif token.text != "null":
        member.computed = tokens.words(first, last)[:40]

"""SQL: `CREATE TABLE`, the enums of PostgreSQL, and indexes."""

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
    without_quotes,
    word_list,
)

_TOKEN: Final = re.compile(
    r"""--[^\n]*+ | /\*(?s:.*?)(?:\*/|\Z)
    | (?P<text>'(?:''|[^'])*+'? | "[^"\n(),;]{1,63}" | `[^`\n(),;]{1,63}` | \[\w{1,63}\])
    | (?P<word>[A-Za-z_][\w$]*+ | \d[\d.]*+)
    | (?P<sign>>=|<=|<>|::|[^\s\w])""",
    re.VERBOSE,
)
# What begins a line of the table that is no column.
_OF_TABLE: Final = frozenset(
    word_list(
        "constraint primary foreign unique check key index exclude like fulltext spatial period"
    )
)
_TYPE_WORDS: Final = {
    "double",
    "character",
    "timestamp",
    "time",
    "varying",
    "precision",
    "unsigned",
}
_REFUSED: Final = dict.fromkeys(
    word_list("bytea blob tinyblob mediumblob longblob binary varbinary image"), "is binary"
)
_REFUSED["tsvector"] = "is made for searches"


def definitions(code: str) -> Definitions:
    """The tables and enums of SQL, in any code that has some."""
    found = Definitions()
    if not re.search(r"create", code, re.IGNORECASE):
        return found
    tokens = Tokens(code, _TOKEN)
    lower = [token.text.lower() for token in tokens.all]
    tables: dict[str, Draft] = {}
    index = 0
    while index < len(tokens) and not found.is_full():
        after = 0
        if lower[index] == "create":
            after = _create(tokens, lower, index, found, tables)
        index = max(after, index + 1)
    return found


def _create(
    tokens: Tokens, lower: list[str], index: int, found: Definitions, tables: dict[str, Draft]
) -> int:
    for at in range(index + 1, min(index + 5, len(lower))):
        match lower[at]:
            case "table":
                return _table(tokens, lower, index, at + 1, found, tables)
            case "type":
                return _enum(tokens, lower, at + 1, found)
            case "index":
                return _index(tokens, lower, at, tables, lower[at - 1] == "unique")
    return 0


def _enum(tokens: Tokens, lower: list[str], at: int, found: Definitions) -> int:
    opened = next((one for one in range(at, min(at + 8, len(lower))) if lower[one] == "("), 0)
    if lower[opened - 2 : opened] != ["as", "enum"] or opened not in tokens.ends:
        return 0
    end = tokens.ends[opened]
    name = without_quotes(lower[opened - 3])
    found.enums.setdefault(name, _texts(tokens, opened, end))
    return end


def _texts(tokens: Tokens, first: int, last: int) -> tuple[str, ...]:
    texts = [token.text[1:-1] for token in tokens.all[first:last] if token.text[0] == "'"]
    return tuple(dict.fromkeys(texts))[:100]


def _index(
    tokens: Tokens, lower: list[str], at: int, tables: dict[str, Draft], unique: bool
) -> int:
    opened = next((one for one in range(at, min(at + 14, len(lower))) if lower[one] == "("), 0)
    end = tokens.ends.get(opened)
    if end is None or "on" not in lower[at:opened]:
        return 0
    on = lower.index("on", at, opened)
    # `ON public.posts USING btree (title)`
    last = on + 3 if lower[on + 2 : on + 3] == ["."] else on + 1
    draft = tables.get(without_quotes(lower[last]))
    member = (
        draft.member(without_quotes(tokens.text(opened + 1)))
        if draft and end == opened + 2
        else None
    )
    if member:
        member.unique, member.indexed = member.unique or unique, True
    return end


def _table(
    tokens: Tokens,
    lower: list[str],
    start: int,
    at: int,
    found: Definitions,
    tables: dict[str, Draft],
) -> int:
    if lower[at : at + 3] == ["if", "not", "exists"]:
        at += 3
    while tokens.text(at + 1) == ".":
        at += 2
    end = tokens.ends.get(at + 1)
    if end is None or tokens.text(at + 1) != "(":
        return 0
    name = without_quotes(tokens.text(at))
    if not re.fullmatch(r"[A-Za-z_]\w*", name):
        return end
    draft = Draft(name, tokens.line(start), tokens.words(start, at + 1), sure=True, table=name)
    keys: list[str] = []
    for first, last in tokens.parts(at + 2, end):
        if lower[first] in _OF_TABLE and (last - first < 2 or lower[first + 1] not in WORDS):
            _of_table(tokens, lower, first, last, draft, keys)
        elif last - first >= 2 and len(draft.members) <= MOST_MEMBERS:
            draft.members.append(_column(tokens, lower, first, last))
    member = draft.member(keys[0]) if len(keys) == 1 else None
    if member:
        member.key = True
    found.drafts.append(draft)
    tables.setdefault(name.lower(), draft)
    return end


def _of_table(
    tokens: Tokens, lower: list[str], first: int, last: int, draft: Draft, keys: list[str]
) -> None:
    """`PRIMARY KEY (…)`, `UNIQUE (…)`, `FOREIGN KEY (…) REFERENCES …` and `CHECK (…)`."""
    if lower[first] == "constraint":
        first += 2
    opened = next((at for at in range(first, last) if lower[at] == "("), last)
    end = min(tokens.ends.get(opened, last), last)
    names = [
        without_quotes(tokens.text(low)) for low, _ in tokens.parts(opened + 1, end)[:MOST_MEMBERS]
    ]
    kind = lower[first] if first < last else ""
    member = draft.member(names[0]) if len(names) == 1 else None
    if kind == "primary":
        keys += names
    elif kind == "check":
        inner = draft.member(without_quotes(tokens.text(opened + 1)))
        if inner:
            _check(tokens, lower, opened + 1, end, inner)
    elif kind == "foreign" and member:
        _options(tokens, lower, end + 1, last, member)
    elif kind == "unique" and member:
        member.unique = True
    elif kind == "unique" and names:
        draft.remarks.append(f"unique together ({', '.join(names)}) is not taken")


def _column(tokens: Tokens, lower: list[str], first: int, last: int) -> Member:
    member = Member(without_quotes(tokens.text(first)), optional=True)
    at = first + 1
    while tokens.text(at + 1) == "." and at + 2 < last:
        at += 2
    word = without_quotes(lower[at])
    member.type, member.refused = WORDS.get(word, ""), _REFUSED.get(word, "")
    if not member.type and not member.refused:
        member.named = word
    if word in ("serial", "bigserial"):
        member.computed = word
    at += 1
    if word in _TYPE_WORDS:
        while at < last and lower[at] in _TYPE_WORDS:
            at += 1
    if tokens.text(at) == "(":
        close = min(tokens.ends.get(at, last), last)
        if word in ("enum", "set"):
            member.type, member.values = "enum", _texts(tokens, at, close)
        elif word == "tinyint" and tokens.text(at + 1) == "1":
            member.type = "bool"
        elif member.type == "string" and close == at + 2 and tokens.text(at + 1).isdigit():
            member.high = tokens.text(at + 1)
        at = close + 1
    if lower[at : at + 1] in (["["], ["array"]) or lower[at : at + 1] == ["[]"]:
        member.type, member.named = "json", ""
    _options(tokens, lower, at, last, member)
    return member


def _options(tokens: Tokens, lower: list[str], at: int, last: int, member: Member) -> None:
    """What follows a column's type: NOT NULL, DEFAULT, REFERENCES, CHECK."""
    while at < last:
        word = lower[at]
        after = lower[at + 1] if at + 1 < last else ""
        if word == "not" and after == "null":
            member.optional = False
        elif word == "primary":
            member.key = True
        elif word == "unique":
            member.unique = True
        elif word in ("generated", "auto_increment", "autoincrement", "identity"):
            member.computed = word
        elif word == "default" and after:
            at = _default(tokens, at + 1, last, member)
            continue
        elif word == "references" and after:
            at += 1
            while tokens.text(at + 1) == ".":
                at += 2
            member.ref = without_quotes(tokens.text(at))
        elif word == "check" and after == "(":
            _check(tokens, lower, at + 2, min(tokens.ends.get(at + 1, last), last), member)
        at = tokens.ends.get(at, at) + 1


def _default(tokens: Tokens, at: int, last: int, member: Member) -> int:
    """Reads a default, and returns where the next option begins."""
    minus = tokens.text(at) == "-"
    at += minus
    text = tokens.text(at)
    if text[:1] == "'":
        member.default = text[1:-1].replace("''", "'")
    elif text[:1].isdigit() or text.lower() in ("true", "false"):
        member.default = "-" * minus + text.lower()
    elif text.lower() != "null":
        member.computed = text + "()" * (tokens.text(at + 1) == "(")
    at = tokens.ends.get(at, at) + 1
    if tokens.text(at) == "(":
        at = tokens.ends.get(at, at) + 1
    # A cast: `'draft'::text`
    return min(at + 2 if tokens.text(at) == "::" else at, last)


def _check(tokens: Tokens, lower: list[str], at: int, end: int, member: Member) -> None:
    """`x IN ('a', 'b')`, `x BETWEEN 1 AND 5`, `x >= 0 AND x <= 5`; anything else is a remark."""
    words = lower[at:end][:400]
    texts = _texts(tokens, at, min(end, at + 400))
    if words[1:3] == ["in", "("] and texts:
        member.type, member.named, member.values = "enum", "", texts
    elif words[1:2] == ["between"] and len(words) == 5:
        member.low, member.high = words[2], words[4]
    elif [words[index] for index in range(1, len(words), 4)] and all(
        words[index] in (">=", "<=", ">", "<", "and") for index in range(1, len(words), 2)
    ):
        for sign, number in zip(words[1::4], words[2::4], strict=False):
            limit(member, sign, number)
    else:
        member.remarks.append(f"the check `{tokens.words(at, end)}` is not taken")


def limit(member: Member, sign: str, number: str) -> None:
    """`>= 0` as a bound of the member; `> 0` of a whole number as 1 and more."""
    if not re.fullmatch(r"-?\d{1,15}(?:\.\d{1,6})?", number):
        member.remarks.append(f"the limit {sign} {number[:40]} is not taken")
        return
    if sign in (">", "<"):
        if member.type in ("int", "bigint") and "." not in number:
            number = str(int(number) + (1 if sign == ">" else -1))
        else:
            member.remarks.append(f"{sign} {number} taken as {sign}= {number}")
    if sign[0] == ">":
        member.low = number
    else:
        member.high = number

"""Tables of a document whose head has columns for the field and its type, below a heading that names the entity."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from scaffold.documents.definitions.shape import (
    MOST_DRAFTS,
    MOST_MEMBERS,
    WORDS,
    Definitions,
    Draft,
    Member,
)
from scaffold.documents.markdown import Line

_NAME_HEAD: Final = re.compile(r"(?:field|column|property|attribute)s?(?: names?)?", re.IGNORECASE)
_TYPE_HEAD: Final = re.compile(r"(?:data |sql |ts )?types?", re.IGNORECASE)
# What a heading has besides the name.
_NOISE: Final = re.compile(
    r"^[\d.)\s]+|\b(?:the|tables?|models?|entity|entities|collections?|schemas?|fields?|columns?|attributes"
    r"|properties|definition|structure)\b|\([^()]*\)|[`*:#\"]",
    re.IGNORECASE,
)
_YES: Final = re.compile(r"\b(?:yes|true|required|y)\b|✅|✓|✔", re.IGNORECASE)
_NO: Final = re.compile(r"\b(?:no|false|optional|n)\b|❌|✗|^\W*$", re.IGNORECASE)
_REFERS: Final = re.compile(
    r"(?:\bFK\b|\bforeign key\b|\breferences?\b|\bref\b)\W{0,8}(?:to |on |references )?\W{0,4}([A-Za-z]\w{0,60})",
    re.IGNORECASE,
)
_TYPE: Final = re.compile(r"\W*([A-Za-z]\w{0,40})\s*(?:\((?:max\s*)?([^()]{0,300})\))?")
_OPTIONAL: Final = re.compile(
    r"\b(?:nullable|optional)\b|(?<!not )(?<!non-)\bnull\b", re.IGNORECASE
)
_DEFAULT: Final = re.compile(r"\bdefaults?(?: to)?[\s:=]{1,3}`?([\w'\"().+-]{1,40})", re.IGNORECASE)
_MAX: Final = re.compile(r"\bmax(?:imum)?\.?\s*(?:length\s*)?:?\s*(\d{1,5})\b", re.IGNORECASE)


def definitions(lines: Sequence[Line]) -> Definitions:
    """The entities that tables describe; a draft's `line` is the document's."""
    found = Definitions()
    for rows in _tables(lines):
        head = [cell.strip().strip("`") for cell in rows[0].head]
        names = [index for index, cell in enumerate(head) if _NAME_HEAD.fullmatch(cell)]
        types = [index for index, cell in enumerate(head) if _TYPE_HEAD.fullmatch(cell)]
        name = name_of(rows[0].heading)
        if not names or not types or not name or len(found.drafts) >= MOST_DRAFTS:
            continue
        draft = Draft(name, rows[0].number, rows[0].heading[:80])
        for row in rows[:MOST_MEMBERS]:
            member = _member(row, head, names[0], types[0])
            if member:
                draft.members.append(member)
        found.drafts.append(draft)
    return found


def _tables(lines: Sequence[Line]) -> Iterator[list[Line]]:
    rows = [line for line in lines if line.kind == "row" and not line.refused]
    table = rows[:1]
    for before, row in pairwise(rows):
        if row.number != before.number + 1 or row.head != before.head:
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def name_of(heading: str) -> str:
    """The entity that a heading names, such as `Progress Report` of "3.1 Progress Report table"; empty: none."""
    words = re.sub(r"\s+", " ", _NOISE.sub(" ", heading[:120])).strip().split(" ")
    if len(words) > 3 or not all(re.fullmatch(r"[A-Za-z]\w*", word) for word in words):
        return ""
    return "_".join(words)


def _member(row: Line, head: list[str], name_at: int, type_at: int) -> Member | None:
    cells = [cell.strip() for cell in row.cells]
    if max(name_at, type_at) >= len(cells):
        return None
    name, shown = cells[name_at].strip("`* "), cells[type_at].strip("`")
    member = Member(name.rstrip("?*"), optional=name.endswith("?"))
    if not member.name or " " in member.name:
        return None
    notes = []
    for title, cell in zip(head, cells, strict=False):
        match title.lower().rstrip("?"):
            case "required":
                member.optional = member.optional or bool(_NO.search(cell))
            case "nullable" | "null" | "optional":
                member.optional = member.optional or bool(_YES.search(cell))
            case "unique":
                member.unique = bool(_YES.search(cell))
            case "default":
                _default(cell.strip("`"), member)
            case _ if title not in (head[name_at], head[type_at]):
                notes.append(cell)
    _type(shown, member)
    if member.type == "enum" and not all(member.values):
        _values_from(notes, member)
    said = " ".join([shown, *notes])[:500]
    stated = _DEFAULT.search(said)
    if stated and member.default is None:
        _default(stated[1], member)
    if _OPTIONAL.search(said):
        member.optional = True
    if re.search(r"\bunique\b", said, re.IGNORECASE):
        member.unique = True
    if re.search(r"\b(?:PK|primary key)\b", said, re.IGNORECASE):
        member.key = True
    refers = _REFERS.search(said)
    if refers:
        member.ref = refers[1]
    longest = _MAX.search(said)
    if longest and member.type == "string":
        member.high = longest[1]
    return member


def _type(text: str, member: Member) -> None:
    quoted = re.findall(r"['\"]([\w -]{1,40})['\"]", text[:500])
    if (quoted and "|" in text) or (text.lower().startswith("enum") and quoted):
        member.type, member.values = "enum", tuple(dict.fromkeys(quoted))
        return
    match = _TYPE.match(text[:500])
    if not match:
        member.refused = "has no type"
        return
    word, inside = match[1], match[2] or ""
    rest = text[match.end() :]
    if "[]" in rest[:3] or "<" in rest[:2]:
        member.type = "json"
    elif word.lower() == "enum":
        parts = [part.strip(" `'\"") for part in re.split(r"[,/|]", inside or rest.strip(" :—-"))]
        member.type, member.values = "enum", tuple(dict.fromkeys(parts))
    elif word.upper() == "FK":
        member.type = "uuid"
    else:
        member.type = WORDS.get(word.lower(), "")
        member.named = "" if member.type else word
        if member.type == "string" and inside.strip().isdigit():
            member.high = inside.strip()


def _values_from(notes: list[str], member: Member) -> None:
    """The words of an enum whose type does not list them: another cell may."""
    for note in notes:
        parts = [part.strip(" `'\".") for part in re.split(r"[,/|]", note[:500])]
        if (
            len(parts) > 1
            and parts[-1] != "etc"
            and all(re.fullmatch(r"[A-Za-z][\w-]{0,39}", part) for part in parts)
        ):
            member.values = tuple(dict.fromkeys(parts))
            return
    member.type, member.values = "string", ()
    member.remarks.append("its words are not in the table, so it is taken as a string")


def _default(text: str, member: Member) -> None:
    text = text.strip("'\" ")
    if not re.search(r"\w", text) or text.lower() in ("null", "none", "n/a"):
        return
    if re.fullmatch(r"-?[\w.]{1,40}", text):
        member.default = text.lower() if text.lower() in ("true", "false") else text
    else:
        member.computed = text[:40]

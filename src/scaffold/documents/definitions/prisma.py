"""Prisma: `model Post { … }` and `enum Status { … }`."""

from __future__ import annotations

import re
from typing import Final

from scaffold.documents.definitions.shape import MOST_MEMBERS, Definitions, Draft, Member

_BLOCK: Final = re.compile(r"[ \t]*(model|enum)[ \t]+([A-Za-z]\w{0,60})[ \t]*\{")
_FIELD: Final = re.compile(r"\s*([A-Za-z_]\w{0,60})[ \t]+([A-Za-z]\w{0,60})(\[\])?(\?)?(.*)")
_ATTRIBUTE: Final = re.compile(
    r"@@?([\w.]+)(?:\(((?:[^()\"]|\"(?:[^\"\\]|\\.)*+\"|\([^()]*+\))*+)\))?"
)
_LIST: Final = re.compile(r"(?:fields\s*:\s*)?\[([^\]]*+)\]")
_SCALARS: Final = {
    "String": "string",
    "Int": "int",
    "BigInt": "bigint",
    "Float": "float",
    "Decimal": "decimal",
    "Boolean": "bool",
    "DateTime": "datetime",
    "Json": "json",
}
_NATIVE: Final = {
    "Text": "text",
    "MediumText": "text",
    "LongText": "text",
    "Uuid": "uuid",
    "Date": "date",
    "Time": "time",
    "Timetz": "time",
}


def definitions(code: str) -> Definitions:
    """The models and enums of a Prisma schema."""
    found = Definitions()
    block: tuple[str, str] | None = None
    draft: Draft | None = None
    values: list[str] = []
    for number, raw in enumerate(code.split("\n")):
        line = raw[:1000]
        if block is None:
            match = _BLOCK.match(line)
            if match and not found.is_full():
                block, values = (match[1], match[2]), []
                draft = Draft(match[2], number, f"{match[1]} {match[2]}", sure=True)
                rest = line[match.end() :]
                # A block in one line can only be an enum.
                if "}" in rest:
                    if match[1] == "enum":
                        found.enums.setdefault(match[2], tuple(rest.split("}")[0].split()[:100]))
                    block = draft = None
            continue
        text = line.split("//")[0].strip() if '"' not in line else line.strip()
        if text.startswith("}"):
            if block[0] == "enum":
                found.enums.setdefault(block[1], tuple(values[:100]))
            elif draft:
                _close(draft)
                found.drafts.append(draft)
            block = None
        elif block[0] == "enum":
            values += text.split()[:1] if not text.startswith(("@", "/")) else []
        elif draft and len(draft.members) <= MOST_MEMBERS:
            _line(text, draft)
    return found


def _line(text: str, draft: Draft) -> None:
    if text.startswith("@@"):
        _of_table(text, draft)
        return
    match = _FIELD.match(text) if not text.startswith("/") else None
    if not match:
        return
    member = Member(match[1], _SCALARS.get(match[2], ""), optional=bool(match[4]))
    if match[3]:
        if member.type:
            member.type = "json"
        else:
            member.named, member.many = match[2], True
    elif not member.type:
        member.named = match[2]
    for attribute in _ATTRIBUTE.finditer(match[5]):
        name, arguments = attribute[1], attribute[2] or ""
        if name == "id":
            member.key = True
        elif name == "unique":
            member.unique = True
        elif name == "updatedAt":
            return
        elif name == "default":
            _default(arguments.strip(), member)
        elif name == "relation":
            columns = _LIST.search(arguments)
            member.through = columns[1] if columns else ""
        elif name.startswith("db."):
            word = name[3:]
            member.type = _NATIVE.get(word, member.type)
            if word in ("VarChar", "Char", "NVarChar") and arguments.strip().isdigit():
                member.high = arguments.strip()
    draft.members.append(member)


def _default(text: str, member: Member) -> None:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        member.default = text[1:-1]
    elif re.fullmatch(r"-?[\w.]+", text):
        member.default = text
    else:
        member.computed = text[:40]


def _of_table(text: str, draft: Draft) -> None:
    match = _ATTRIBUTE.match(text)
    if not match:
        return
    if match[1] == "map":
        draft.table = (match[2] or "").strip(' "')
    columns = _LIST.search(match[2] or "")
    names = [re.split(r"\W", name.strip())[0] for name in columns[1].split(",")] if columns else []
    if match[1] == "unique" and len(names) > 1:
        draft.remarks.append(f"unique together ({', '.join(names)}) is not taken")
    member = draft.member(names[0]) if len(names) == 1 else None
    if member:
        member.unique = member.unique or match[1] == "unique"
        member.indexed = member.indexed or match[1] == "index"


def _close(draft: Draft) -> None:
    """Gives each relation to the column that holds it; one without a column is the other side of a relation."""
    kept = []
    for member in draft.members:
        if member.through is None:
            kept.append(member)
            continue
        names = member.through.split(",")
        holder = draft.member(names[0].strip())
        if len(names) > 1:
            draft.remarks.append(f"{member.name}: a relation by several columns is not taken")
        elif holder and holder.type:
            holder.ref = member.named
        else:
            member.many = True
            kept.append(member)
    draft.members = kept

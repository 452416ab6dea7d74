"""The folder pattern of rows that are also JSON files: `reports/{year}/{student_id}`, below `data/`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scaffold.resources.fields import Field
from scaffold.resources.names import snake
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

EXAMPLE = "reports/{year}/{studentId}"


_PART = re.compile(r"(?:[A-Za-z0-9_-]|\{[^{}]*\})+")


_LITERAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]*)")


# Types whose values cannot name a folder.
_NO_FOLDER = ("json", "text", "url", "bool")


def parse_files(text: str, fields: tuple[Field, ...]) -> str:
    """The folder pattern of a resource's JSON files, with the names of the manifest for its fields.

    Raises UserError if it is not a relative path below `data/`, made of plain words and fields that
    every row has.
    """
    shown = printable(text[:200])
    example = f"for example `--files '{EXAMPLE}'`"
    if text.startswith(("/", "~")) or "\\" in text:
        raise UserError(f"`--files {shown}` must be a path below `data/`", example)
    parts = text.strip().removesuffix("/").split("/")
    if parts[0] == "data":
        raise UserError(f"`--files {shown}`: the path is below `data/` anyway", "leave out `data/`")
    if len(parts) > 10 or len(text) > 200:
        raise UserError(f"`--files {shown}` has more than 10 parts or 200 characters", example)
    by_name = {field.name: field for field in fields}
    result = []
    for part in parts:
        if part in ("", ".", "..") or not _PART.fullmatch(part):
            raise UserError(
                f"`--files {shown}`: `{printable(part)}` is not allowed; a part consists of "
                "letters, digits, `_`, `-` and `{field}`",
                example,
            )
        pieces = re.split(r"(\{[^{}]*\})", part)
        if pieces[0] and not _LITERAL.fullmatch(pieces[0]):
            raise UserError(
                f"`--files {shown}`: a part must begin with a letter or a digit", example
            )
        result.append(
            "".join(
                f"{{{_placeholder(shown, piece[1:-1], by_name)}}}" if piece[:1] == "{" else piece
                for piece in pieces
            )
        )
    return "/".join(result)


def _placeholder(shown: str, word: str, fields: Mapping[str, Field]) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    name = snake(plain)
    usable = [
        known.name
        for known in fields.values()
        if not known.optional and known.type not in _NO_FOLDER
    ]
    words = f"fields that it can use: {', '.join(usable) or 'none'}"
    if name not in fields:
        guess = nearest(name, usable)
        raise UserError(
            f"`--files {shown}`: `{{{printable(word)}}}` is not a field of the resource; {words}",
            (
                f"did you mean `{{{guess}}}`?"
                if guess
                else f"add the field `{name or 'year'}:string{{1..60}}`"
            ),
        )
    field = fields[name]
    if name not in usable:
        why = "optional" if field.optional else f"of the type {field.type}"
        raise UserError(
            f"`--files {shown}`: `{name}` is {why}, so it cannot name a folder; {words}",
            "leave it out of the pattern, or change the field",
        )
    return name

"""What the languages have in common: a definition with its members, before anybody asks what scaffold makes of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final


def word_list(text: str) -> list[str]:
    """The words of a text: how tables of many short words are written here."""
    return text.split()


# More than any table that a person describes; a document is input, so its cost has an end.
MOST_DRAFTS: Final = 80
MOST_MEMBERS: Final = 60
_MOST_TOKENS: Final = 60_000

# Words for types in SQL, Drizzle, Prisma and in the tables of a document. `number` and `string` still depend
# on the member's name.
WORDS: Final[dict[str, str]] = {
    **dict.fromkeys(
        word_list(
            "string str char varchar nvarchar nchar character varchar2 text citext tinytext cuid ulid "
            "inet cidr"
        ),
        "string",
    ),
    **dict.fromkeys(["longtext", "mediumtext", "clob", "ntext"], "text"),
    **dict.fromkeys(
        word_list(
            "int integer int2 int4 int16 int32 smallint mediumint tinyint serial smallserial unsignedinteger year"
        ),
        "int",
    ),
    **dict.fromkeys(
        word_list("bigint int8 int64 bigserial long foreignid unsignedbiginteger"), "bigint"
    ),
    **dict.fromkeys(word_list("float float4 float8 real double doubleprecision"), "float"),
    **dict.fromkeys(["decimal", "numeric", "money", "smallmoney"], "decimal"),
    **dict.fromkeys(["bool", "boolean", "bit"], "bool"),
    **dict.fromkeys(
        word_list("datetime timestamp timestamptz datetime2 datetimeoffset timestamp_tz"),
        "datetime",
    ),
    **dict.fromkeys(word_list("json jsonb object array map dict list hstore any unknown"), "json"),
    **dict.fromkeys(["uuid", "guid", "uniqueidentifier"], "uuid"),
    **{word: word for word in ["date", "time", "email", "url", "number", "enum"]},
    "timetz": "time",
}


@dataclass(slots=True)
class Member:
    """One member as it is written.

    `type` is a type of the FIELD grammar, `number` (whole or not, its name tells) or empty: then `named` is a
    type that the document may define. `many` is a list of those, `ref` the table or the definition that it refers to.
    """

    name: str
    type: str = ""
    named: str = ""
    many: bool = False
    low: str = ""
    high: str = ""
    values: tuple[str, ...] = ()
    ref: str = ""
    optional: bool = False
    unique: bool = False
    indexed: bool = False
    default: str | None = None
    computed: str = ""  # a default that only the database can compute
    key: bool = False
    through: str | None = None  # the columns of a Prisma relation
    remarks: list[str] = field(default_factory=list)
    refused: str = ""  # why it cannot be taken


@dataclass(slots=True)
class Draft:
    """A definition: `line` counts from 0 in its code, `sure` is true where the language says that it is a table."""

    name: str
    line: int
    words: str
    members: list[Member] = field(default_factory=list)
    sure: bool = False
    abstract: bool = False
    table: str = ""
    bases: tuple[str, ...] = ()
    remarks: list[str] = field(default_factory=list)

    def member(self, name: str) -> Member | None:
        """The member of that name as it is written."""
        return next((one for one in self.members if one.name == name), None)


@dataclass(slots=True)
class Definitions:
    """What one piece of code defines; `enums` are words by the name of their type."""

    drafts: list[Draft] = field(default_factory=list)
    enums: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def is_full(self) -> bool:
        """Whether nothing more is read."""
        return len(self.drafts) >= MOST_DRAFTS


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a text in quotes or a sign of code; `start` is where it begins."""

    text: str
    start: int

    @property
    def is_word(self) -> bool:
        """Whether it is a name or a keyword."""
        return self.text[0].isalpha() or self.text[0] in "_$"

    @property
    def quoted(self) -> str | None:
        """What is in the quotes; None if it is no text."""
        return self.text[1:-1] if self.text[0] in "'\"`" and len(self.text) > 1 else None


_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


class Tokens:
    """The tokens of a piece of code, with the partner of each bracket."""

    def __init__(self, code: str, pattern: re.Pattern[str]) -> None:
        self.code = code
        matches = (match for match in pattern.finditer(code) if match.lastgroup)
        self.all = [Token(match[0], match.start()) for match in islice(matches, _MOST_TOKENS)]
        self.ends: dict[int, int] = {}
        self._lines = [match.start() for match in re.finditer("\n", code)]
        open_: list[int] = []
        for index, token in enumerate(self.all):
            if token.text in ("(", "[", "{"):
                open_.append(index)
            elif open_ and self.all[open_[-1]].text == _PAIRS.get(token.text):
                # One that fits none closes nothing: documents leave parts of code out.
                self.ends[open_.pop()] = index

    def __len__(self) -> int:
        return len(self.all)

    def text(self, index: int) -> str:
        """The text of that token; empty past the end."""
        return self.all[index].text if 0 <= index < len(self.all) else ""

    def line(self, index: int) -> int:
        """The line of that token, from 0."""
        return bisect_left(self._lines, self.all[index].start)

    def words(self, first: int, last: int) -> str:
        """The code of these tokens in one line, for people to find it."""
        end = self.all[min(last, len(self.all) - 1)]
        text = self.code[self.all[first].start : min(end.start, self.all[first].start + 200)]
        return " ".join(text.split())[:80]

    def parts(self, first: int, last: int, signs: Sequence[str] = (",",)) -> list[tuple[int, int]]:
        """The ranges between separators that are in no bracket."""
        found, start, index, depth = [], first, first, 0
        while index < last:
            text = self.all[index].text
            if "|" in signs and text in ("<", ">"):
                depth += 1 if text == "<" else -1
            if text in signs and depth <= 0:
                found.append((start, index))
                start = index + 1
            index = min(self.ends.get(index, index), last) + 1
        found.append((start, last))
        return [(low, high) for low, high in found if low < high]


def without_quotes(text: str) -> str:
    """An identifier without its quotes."""
    return text.strip("`\"'[]")

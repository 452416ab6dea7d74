"""A Markdown document in parts: prose line by line, table rows and code, each with its line and its headings.

Text that is there for an agent's conversation (examples of dialogues, formats of reports, messages to other
agents) states nothing about a service, so it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from scaffold.documents.front_matter import FrontMatter, split
from scaffold.documents.patterns import ignoring_case
from scaffold.documents.sections import BAD_CODE, REFUSED, TALK
from scaffold.support.errors import UserError

_SPEAKER: Final = ignoring_case(
    r"^\W*(?:user|assistant|human|context|commentary)\s*:", r"</?\w*(?:commentary)>"
)
_EXAMPLE_OPEN: Final = ignoring_case(r"<examples?\b[^>]*>")
_EXAMPLE_CLOSE: Final = ignoring_case("</examples?>")
# Before a quoted message of an agent.
_MESSAGE: Final = ignoring_case(r"\b(?:notification|message|summary|report)\b[^:]*:\s*$")
_QUOTES: Final = ('"', "\u201c", ">")
# Where the examples of a description begin.
_EXAMPLES: Final = ignoring_case("<example", r"(?:for )?examples?\s*:", r"e\.g\.,? user")
_BOLD_HEADING: Final = re.compile(r"(?:\d+[.)]\s*)?(?:\*\*|__)([^*_]{2,80})(?:\*\*|__)\s*:?\s*$")
# A sentence that a list follows: it says what the list is.
_LEAD: Final = re.compile(r"[^|`]{3,100}:")
# Levels of headings that Markdown has not, below its six: a bold line, one that begins a list item, a lead.
_BOLD_LEVEL: Final = 8
_ITEM_LEVEL: Final = 9
_LEAD_LEVEL: Final = 10
# What agents send to each other.
_AGENTS: Final = re.compile(r"[\"'](?:requesting_)?agent[\"']\s*:")
# Rules look at a line, or a block of code, as a whole: what is longer says nothing that people read.
_LONGEST: Final = 2_000
_LONGEST_CODE: Final = 12_000
# Rules look at the headings of each line.
_LONGEST_HEADING: Final = 200
MAX_PROSE: Final = 200_000
"""Characters of a document that is read; the longest that people write have a third of it."""
_SPAN: Final = re.compile(r"(`[^`]*`)")
_MARKS: Final = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_TEXTS: Final = ("name", "title", "description")
_GLOBS: Final = ("globs", "paths", "applyTo")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of prose. `kind` is description, heading, lead, item, row, quote or text; `headings` are those above it.

    `text` is without emphasis, `cells` are those of a table's row (its head: `head`). `refused` is true in a section
    that says what is not done.
    """

    text: str
    number: int
    kind: str
    headings: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    refused: bool = False

    @property
    def heading(self) -> str:
        """The nearest heading; empty at the top."""
        return self.headings[-1] if self.headings else ""


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code; `lead` is the text right above it, `number` the line of its first line."""

    text: str
    language: str
    number: int
    headings: tuple[str, ...] = ()
    lead: str = ""
    refused: bool = False

    @property
    def heading(self) -> str:
        """The nearest heading; empty at the top."""
        return self.headings[-1] if self.headings else ""

    @property
    def intro(self) -> str:
        """What the document says of the block, before it."""
        return f"{self.heading} {self.lead}"


@dataclass(frozen=True)
class Page:
    """A document, read; `globs` are the files that its front matter says it is for."""

    front_matter: FrontMatter | None
    lines: tuple[Line, ...]
    codes: tuple[Code, ...]
    globs: tuple[str, ...] = ()
    title: str = ""

    @cached_property
    def prose(self) -> tuple[Line, ...]:
        """The lines that say what is done."""
        return tuple(line for line in self.lines if not line.refused)

    @cached_property
    def samples(self) -> tuple[Code, ...]:
        """The code that shows what is done."""
        return tuple(code for code in self.codes if not code.refused)


@dataclass
class _Reader:
    """Takes the parts of a document in order; `first` is the number of the first line of `source`."""

    first: int
    source: Sequence[str]
    lines: list[Line] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    head: tuple[str, ...] = ()
    title: str = ""
    in_example: bool = False
    in_message: bool = False

    def above(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)

    def is_talk(self) -> bool:
        return any(TALK.search(text) for text in self.above())

    def is_refused(self) -> bool:
        return any(REFUSED.search(text) for text in self.above())

    def open(self, level: int, text: str, number: int) -> None:
        """A heading; it ends those of its level and below."""
        text = without_marks(text[:_LONGEST]).strip().rstrip(":").strip()
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        self.headings.append((level, text[:_LONGEST_HEADING]))
        self.in_example = self.in_message = False
        if level == 1 and not self.title:
            self.title = text
        if not self.is_talk():
            kind = "lead" if level == _LEAD_LEVEL else "heading"
            self.lines.append(
                Line(text, number, kind, self.above()[:-1], refused=self.is_refused())
            )

    def prose(self, text: str, start: int, kind: str) -> None:
        """Lines of a paragraph or a list item; `start` is the index of the first one in `source`."""
        if kind == "text":
            self._end_leads()
        rows = [row[:_LONGEST] for row in text.split("\n")]
        for index, raw in enumerate(rows):
            number = start + index + self.first
            if self._is_dialogue(raw):
                continue
            bold = _BOLD_HEADING.fullmatch(raw.strip())
            if bold and (kind == "text" or index == 0):
                self.open(_BOLD_LEVEL if kind == "text" else _ITEM_LEVEL, bold[1], number)
                continue
            self.in_message = bool(_MESSAGE.search(raw))
            if kind == "text" and index == len(rows) - 1 and _LEAD.fullmatch(raw.strip()):
                self.open(_LEAD_LEVEL, raw.strip(), number)
                continue
            if not self.is_talk():
                self.lines.append(
                    Line(without_marks(raw), number, kind, self.above(), refused=self.is_refused())
                )

    def _end_leads(self) -> None:
        while self.headings and self.headings[-1][0] >= _LEAD_LEVEL:
            self.headings.pop()

    def _is_dialogue(self, raw: str) -> bool:
        was = self.in_example
        if _EXAMPLE_OPEN.search(raw):
            self.in_example = was = True
        if _EXAMPLE_CLOSE.search(raw):
            self.in_example = False
        quoted = self.in_message and raw.lstrip()[:1] in _QUOTES
        return was or quoted or _SPEAKER.search(raw) is not None

    def row(self, cells: tuple[str, ...], number: int) -> None:
        """A row of a table; the first one is its head."""
        if not self.head:
            self.head = cells
        elif not self.is_talk():
            text = " | ".join(cells)[:_LONGEST]
            refused = self.is_refused()
            self.lines.append(Line(text, number, "row", self.above(), cells, self.head, refused))

    def code(self, text: str, language: str, start: int) -> None:
        """A block of code whose fence is at index `start` of `source`."""
        if self.is_talk() or self.in_example or _AGENTS.search(text):
            return
        lead = self._lead(start)
        begin = text.lstrip().split("\n", 1)[0].strip("/#* ") if text.lstrip()[:1] in "/#" else ""
        refused = self.is_refused() or bool(BAD_CODE.search(lead) or BAD_CODE.search(begin))
        number = start + self.first + 1
        self.codes.append(Code(text[:_LONGEST_CODE], language, number, self.above(), lead, refused))

    def _lead(self, start: int) -> str:
        for raw in reversed(self.source[max(0, start - 3) : start]):
            if raw.strip():
                return without_marks(raw).strip(" -*#>\t")
        return ""


def without_marks(text: str) -> str:
    """Prose without emphasis; code spans stay."""
    parts = _SPAN.split(text)
    return "".join(part if part[:1] == "`" else _MARKS.sub("", part) for part in parts).strip()


def read(text: str, where: str) -> Page:
    """The parts of a document whose text `decode` gave; `where` names it in messages.

    A document without front matter is one, too. Raises UserError where the front matter is not closed, or the
    document is too long.
    """
    if len(text) > MAX_PROSE:
        raise UserError(
            f"`{where}` has {len(text)} characters; prose is read up to {MAX_PROSE}",
            "state its conventions in a `conventions:` block of its front matter, as"
            " `scaffold agents schema` shows; then its prose is not read",
        )
    front_matter, body, first = split(text, where)
    reader = _Reader(first, body.split("\n"))
    if front_matter:
        reader.lines += _described(front_matter)
    _walk(reader, body)
    data = front_matter.data if front_matter else {}
    globs = tuple(word for key in _GLOBS for word in _words(data.get(key)))
    return Page(front_matter, tuple(reader.lines), tuple(reader.codes), globs, reader.title)


def _described(front_matter: FrontMatter) -> Iterator[Line]:
    """What the front matter says in words, up to its examples."""
    for key in _TEXTS:
        value = front_matter.data.get(key)
        if isinstance(value, str):
            text = _EXAMPLES.split(value.replace("\\n", "\n"), maxsplit=1)[0].strip()
            number = front_matter.lines.get(key, 0)
            for row in text.split("\n"):
                if row:
                    yield Line(row[:_LONGEST], number, "description")


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (word.strip() for word in value.split(",") if word.strip())
    elif isinstance(value, list):
        yield from (str(word) for word in value)


def _walk(reader: _Reader, body: str) -> None:
    # Commands that read no prose do without its 30 ms.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    cells: list[str] = []
    kind = "text"
    level = 0
    for token in parser.parse(body):
        start = token.map[0] if token.map else 0
        match token.type:
            case "heading_open":
                kind, level = "heading", int(token.tag[1])
            case "heading_close" | "paragraph_close":
                kind = "text" if kind == "heading" else kind
            case "list_item_open":
                kind = "item"
            case "bullet_list_close" | "ordered_list_close":
                kind = "text" if token.level == 0 else "item"
            case "table_open":
                reader.head, kind = (), "row"
            case "table_close":
                kind = "text"
            case "tr_open":
                cells, level = [], start
            case "tr_close":
                reader.row(tuple(cells), level + reader.first)
            case "inline" if kind == "row":
                cells.append(without_marks(token.content))
            case "inline" if kind == "heading":
                reader.open(level, token.content, start + reader.first)
            case "inline":
                reader.prose(token.content, start, kind)
            case "fence":
                reader.code(token.content, token.info.split(" ")[0].lower(), start)
            case "code_block":
                # Indented text is mostly prose below a list, seldom code.
                reader.prose(token.content.strip("\n"), start, "item")
            case "html_block":
                reader.prose(token.content.strip("\n"), start, "text")

"""Where a document shows bodies of answers: in code, in classes of Pydantic, and in lines of prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from scaffold.documents.body_examples import example_in
from scaffold.documents.evidence import SAMPLE, STATED, shortened
from scaffold.documents.literals import MAX_DEPTH, Member, Object, objects
from scaffold.documents.markdown import Code, Line, Page
from scaffold.documents.patterns import ignoring_case, whole, words

_NO_BODIES: Final = frozenset(words("bash sh shell mermaid sql prisma css html yaml toml env"))
# What is said of bodies, and of formats that every body has.
_SPEAKS: Final = ignoring_case(
    r"\b(?:response|respond|error|envelope|format|shape|bod(?:y|ies)|structure|wrap|consistent|standard\w*|contract|return)"
)
_FORMATS: Final = ignoring_case(
    *words("format envelope shape standard consistent stru[ck]t contract")
)
# Objects that are no answers.
_REQUEST: Final = ignoring_case(
    whole(
        "request (?:body|bodies|payload|format|schema)",
        r"req\.body",
        "payload of",
        r"package\.json",
        "cache key",
        r"log(?:ger|ging)?",
        *words(
            "config settings props webhook event job environment tsconfig fixture mock span metric"
        ),
    )
)
# What stands before an answer of a handler.
_ANSWERS: Final = ignoring_case(
    r"(?:json|send|JSONResponse|jsonify|content|detail|Response|body)\s*[(=:]\s*$",
    r"return\s*\(?$",
    r"status\(\d+\)",
)
_ANSWER_CALL: Final = re.compile(r"(?:Exception|Error|Response|success|error)\w*\($")
_CALL: Final = re.compile(r"\w\(\s*$")
_BINDS: Final = re.compile(r"\b(?:import|export|const|let|var)\s*$")
_NAMED: Final = re.compile(r"\b(?:interface|type|class|struct)\s+(\w+)")
_BODY_NAME: Final = re.compile("Resp|Result|Envelope|Api|Error|Page|Pagina|List|Success|Reply|Body")
_BLOCK: Final = re.compile(r"\b(?:try|else|class|function|do|finally)\b")
_CLASS: Final = re.compile(
    r"^class (\w*(?:Response|Error|Envelope|Result|Page|Paginated)\w*)\([^)\n]*(?:Model|Generic)[^)\n]*\):\n"
    r"((?:[ \t]+.*\n?|\n)*)",
    re.MULTILINE,
)
_FIELD: Final = re.compile(r"^[ \t]+(\w+)\s*:\s*([^=#\n]+)", re.MULTILINE)
_OPTIONAL: Final = re.compile("Optional|None")
_LIST: Final = re.compile(r"(?:list|List|Sequence)\[")
# So much of a line is said of the body behind it, where the line has several.
_BEFORE: Final = 60
_SHOWN: Final = 160


@dataclass(frozen=True)
class Place:
    """Where a body is; `about` is what the document says of it."""

    line: int
    heading: str
    words: str
    about: str
    weight: float


def places_of(page: Page) -> Iterator[tuple[Place, Object]]:
    """The objects of a page that can be bodies, each with its place."""
    for code in page.samples:
        if example_in(code) is not None:
            continue
        if code.language not in _NO_BODIES and not _REQUEST.search(code.intro):
            yield from _in_code(code)
    for line in page.prose:
        if (
            "{" in line.text
            and line.kind not in ("heading", "lead")
            and not _REQUEST.search(line.text)
        ):
            yield from _in_line(line)


def _in_code(code: Code) -> Iterator[tuple[Place, Object]]:
    shown = _outside_blocks(objects(code.text), code.text)
    found = [(body, body.before) for body in shown if _can_be_body(body)]
    found += [(body, body.comment) for body in _classes(code.text)]
    heading = code.heading if len(found) == 1 else ""
    for body, before in found:
        if _REQUEST.search(f"{body.comment} {before}"):
            continue
        # Below "Response format", "Success" and "Error" are headings of their own.
        is_stated = _FORMATS.search(" ".join((*code.headings[-2:], code.lead))) or (
            _SPEAKS.search(code.intro) and not _ANSWERS.search(before)
        )
        number = code.number + code.text.count("\n", 0, body.start)
        text = shortened(code.text[body.start : body.start + _SHOWN])
        about = f"{body.comment} {before} {code.lead} {heading}"
        yield Place(number, code.heading, text, about, STATED if is_stated else SAMPLE), body


def _in_line(line: Line) -> Iterator[tuple[Place, Object]]:
    weight = STATED if _SPEAKS.search(f"{line.heading} {line.text}") else SAMPLE
    is_alone = line.text.count("{") <= 1
    for body in objects(line.text.replace("`", " ")):
        about = f"{body.comment} {line.text if is_alone else body.before[-_BEFORE:]}"
        yield Place(line.number, line.heading, shortened(line.text), about, weight), body


def _can_be_body(body: Object) -> bool:
    """Whether an object is no destructuring, no import and no argument of a call that answers nothing."""
    if body.behind in ("=", "from", "of") or _BINDS.search(body.before):
        return False
    if _CALL.search(body.before):
        return bool(_ANSWERS.search(body.before) or _ANSWER_CALL.search(body.before))
    named = _NAMED.search(body.before)
    return named is None or _BODY_NAME.search(named[1]) is not None


def _outside_blocks(found: Iterable[Object], text: str, depth: int = 0) -> Iterator[Object]:
    """The objects, and in place of blocks of statements, which are none, those inside of them."""
    for body in found:
        if not body.before.endswith((")", "=>")) and not _BLOCK.search(body.before):
            yield body
        elif depth < MAX_DEPTH:
            inside = text[body.start + 1 : _end(text, body.start)]
            for inner in _outside_blocks(objects(inside), inside, depth + 1):
                yield replace(inner, start=inner.start + body.start + 1)


def _end(text: str, start: int) -> int:
    """Where the brace that opens at `start` is closed."""
    depth = 0
    for place in range(start, len(text)):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if not depth:
                return place
    return len(text)


def _classes(text: str) -> Iterator[Object]:
    """Classes of Pydantic that are bodies, as objects."""
    for match in _CLASS.finditer(text):
        body = Object(match.start(), comment=match[1])
        for name, annotation in _FIELD.findall(match[2]):
            kind = annotation.strip()
            optional = _OPTIONAL.search(kind) is not None
            is_list = _LIST.match(kind) is not None
            body.members.append(Member(name, optional, kind, is_list=is_list))
        if body.members:
            yield body

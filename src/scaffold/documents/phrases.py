"""Conventions that a document states in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scaffold.documents.evidence import SAMPLE, STATED, Evidence, of_line
from scaffold.documents.markdown import Line, Page
from scaffold.documents.patterns import ignoring_case
from scaffold.documents.phrase_rules import RULES
from scaffold.documents.wording import is_refused, weight_of

# An alternative, right behind the words or right before them.
_OR: Final = ignoring_case(r"[^.,;]{0,40}\bor\b(?! (?:later|newer|more|above|similar))")
_OR_BEFORE: Final = ignoring_case(
    r"(?:\boffset\b|\bpage\b|\bcursor\b|\block\w*)[^.,;]{0,12}\bor\b[^.,;]{0,12}$"
)
_OPERATIONS: Final = ignoring_case(
    r"\boperations\b[^.:`]{0,40}:\s*"
    r"((?:`?(?:list|get|create|update|replace|delete)\b`?(?:,? and |, | ?/ ?)?)+)(?=\W*(?:[.;]|$))"
)
_METHOD: Final = re.compile("list|get|create|update|replace|delete")
_OR_INSIDE: Final = ignoring_case(r"\boffset\b[^.,;]*\bor\b")
_IDEMPOTENT: Final = ignoring_case(
    r"\bIdempotency[- ]?Key\b",
    r"\bidempoten\w+ (?:key|header)s?\b",
    r"\bidempoten\w+\b[^.]{0,24}\b(?:POST|PUT)\b",
)
_VERBS: Final = (("POST", re.compile(r"\bPOST\b")), ("PUT", re.compile(r"\bPUT\b")))
_CHANGES: Final = ignoring_case(r"\bmutati\w+", r"\bwrites?\b", r"\bstate-changing\b")
_CREATES: Final = ignoring_case(r"\bcreat\w+")
_TOKEN: Final = ("operations.csrf", "csrf_token")
_ORIGIN: Final = ("operations.csrf", "origin_check")
# Idempotency of these is no convention of every endpoint.
_ONE_USE: Final = ignoring_case(
    "payment", "webhook", "money", "checkout", "order", "job", "queue", "consumer", "event"
)


def phrases_of(page: Page) -> list[Evidence]:
    """Evidence in words."""
    found: list[Evidence] = []
    for line in page.prose:
        found += _by_rules(line)
        found += _of_idempotency(line)
        found += _of_methods(line)
    if any((evidence.key, evidence.value) == _TOKEN for evidence in found):
        # A token comes on top of a known origin.
        found = [evidence for evidence in found if (evidence.key, evidence.value) != _ORIGIN]
    return found


def _of_methods(line: Line) -> Iterator[Evidence]:
    match = _OPERATIONS.search(line.text)
    if match and not is_refused(line.text, *match.span()):
        names = list(dict.fromkeys(_METHOD.findall(match[1].lower())))
        yield of_line("routing.methods", names, weight_of(line), line)


def _by_rules(line: Line) -> Iterator[Evidence]:
    text = line.text
    for rule in RULES:
        match = rule.says.search(text)
        if match is None or (rule.unless and rule.unless.search(text)):
            continue
        # "No envelope" is what a rule for a body says.
        if not rule.key.startswith("envelope.") and is_refused(text, *match.span()):
            continue
        is_open = bool(
            _OR.match(text, match.end())
            or _OR_BEFORE.search(text[: match.start()])
            or _OR_INSIDE.search(match[0])
        )
        weight = STATED if rule.is_strong else weight_of(line)
        yield of_line(rule.key, rule.value, weight, line, is_open=is_open)


def _of_idempotency(line: Line) -> Iterator[Evidence]:
    match = _IDEMPOTENT.search(line.text)
    if match is None or is_refused(line.text, *match.span()):
        return
    verbs = [verb for verb, pattern in _VERBS if pattern.search(line.text)]
    if not verbs and _CHANGES.search(line.text):
        verbs = ["POST", "PUT"]
    if not verbs and _CREATES.search(line.text):
        verbs = ["POST"]
    if _ONE_USE.search(line.text):
        yield of_line("operations.idempotency", verbs or ["POST"], SAMPLE, line, is_open=True)
    elif verbs:
        yield of_line("operations.idempotency", verbs, weight_of(line), line)

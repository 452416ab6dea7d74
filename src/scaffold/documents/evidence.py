"""What speaks for a value of a convention, and how sure that makes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from scaffold.documents.markdown import Code, Line
from scaffold.support.text import printable

# A line that prescribes a value; one that only mentions it; a sample of code; a word in a list of skills.
STATED: Final = 3.0
MENTIONED: Final = 1.0
SAMPLE: Final = 1.0
SKILL: Final = 0.5
# The second value counts as an alternative from this share of the first one's evidence on.
_CLOSE: Final = 1.5
_WORDS: Final = 160
# Between a document and a heading in it.
_INSIDE: Final = " \u203a "


class Confidence(StrEnum):
    """SURE applies by itself, LIKELY is proposed, ASK has to be decided."""

    SURE = "sure"
    LIKELY = "likely"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place of a document that speaks for `value` of the convention `key` (dotted), by its weight.

    `open` says that the place names alternatives, so it decides nothing.
    """

    key: str
    value: Any
    weight: float
    line: int
    words: str
    heading: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """What a document states of a convention; `others` are values that it names as well, where one has to decide."""

    key: str
    value: Any
    confidence: Confidence
    line: int
    words: str
    heading: str = ""
    others: tuple[Any, ...] = ()
    document: str = ""

    @property
    def origin(self) -> str:
        """Where it is stated, for people, without the line, which moves with every edit."""
        where = _INSIDE.join(filter(None, (self.document, self.heading)))
        return shortened(f'{where}: "{self.words}"' if where else f'"{self.words}"')

    def to_data(self) -> dict[str, Any]:
        """The statement as JSON holds it."""
        data = {
            "key": self.key,
            "value": self.value,
            "confidence": str(self.confidence),
            "line": self.line,
            "heading": self.heading,
            "words": self.words,
        }
        more = {"others": [*self.others]} if self.others else {}
        return {**data, **more, **({"document": self.document} if self.document else {})}


@dataclass(frozen=True, slots=True)
class Unsupported:
    """What a document states and scaffold cannot emit: `topic` = `value`, and why."""

    topic: str
    value: str
    line: int
    words: str
    why: str
    heading: str = ""
    document: str = ""

    def __str__(self) -> str:
        return f"{self.topic} = {self.value}"

    def to_data(self) -> dict[str, Any]:
        """The statement as JSON holds it."""
        return {
            "topic": self.topic,
            "value": self.value,
            "line": self.line,
            "heading": self.heading,
            "words": self.words,
            "why": self.why,
            **({"document": self.document} if self.document else {}),
        }


def of_line(key: str, value: Any, weight: float, line: Line, *, is_open: bool = False) -> Evidence:
    """Evidence in a line of prose."""
    return Evidence(key, value, weight, line.number, shortened(line.text), line.heading, is_open)


def of_code(
    key: str,
    value: Any,
    weight: float,
    code: Code,
    offset: int,
    words: str,
    *,
    is_open: bool = False,
) -> Evidence:
    """Evidence in a block of code, `offset` characters behind its begin."""
    number = code.number + code.text.count("\n", 0, offset)
    return Evidence(key, value, weight, number, shortened(words), code.heading, is_open)


def shortened(words: str) -> str:
    """Words of a document for people: on one line, and not too many."""
    text = printable(" ".join(words.split()))
    return text if len(text) <= _WORDS else text[: _WORDS - 1] + "…"


def decide(found: Iterable[Evidence], *, generic: bool = False) -> list[Statement]:
    """One statement for each key of `found`, in the order in which the document begins to speak of them.

    `generic` says that the document describes a role and no project: then only what a line states counts as likely,
    and nothing as sure.
    """
    by_key: dict[str, list[Evidence]] = {}
    for evidence in found:
        by_key.setdefault(evidence.key, []).append(evidence)
    decided = [_decided(key, places, generic) for key, places in by_key.items()]
    return sorted(decided, key=lambda statement: (statement.line, statement.key))


def _decided(key: str, places: list[Evidence], generic: bool) -> Statement:
    by_value: dict[str, list[Evidence]] = {}
    for evidence in places:
        by_value.setdefault(json.dumps(evidence.value, sort_keys=True), []).append(evidence)
    if key.startswith("envelope."):
        by_value = _merged_bodies(by_value)
    ranked = sorted(by_value.values(), key=lambda group: (-_weight(group), group[0].line))
    best = max(ranked[0], key=lambda evidence: (evidence.weight, -evidence.line))
    rivals = [group for group in ranked[1:] if _weight(group) * _CLOSE >= _weight(ranked[0])]
    strongest = max((evidence.weight for evidence in ranked[0] if not evidence.open), default=0.0)
    if rivals or not strongest:
        confidence = Confidence.ASK
    elif generic:
        confidence = Confidence.LIKELY if strongest >= STATED else Confidence.ASK
    else:
        confidence = Confidence.SURE if strongest >= STATED else Confidence.LIKELY
    others = tuple(group[0].value for group in rivals)
    return Statement(key, best.value, confidence, best.line, best.words, best.heading, others)


def _merged_bodies(by_value: dict[str, list[Evidence]]) -> dict[str, list[Evidence]]:
    """A body that another one has in it, with more that can be missing, is the same body shown shorter."""
    names = sorted(by_value, key=len, reverse=True)
    merged: dict[str, list[Evidence]] = {}
    for name in names:
        value = by_value[name][0].value
        bodies = ((other, places[0].value) for other, places in merged.items())
        whole = next((other for other, body in bodies if _is_shorter(value, body)), None)
        if whole is None:
            merged[name] = by_value[name]
        else:
            body = merged[whole][0].value
            merged[whole] = [
                *merged[whole],
                *(replace(evidence, value=body) for evidence in by_value[name]),
            ]
    return merged


def _is_shorter(short: Any, body: Any) -> bool:
    """Whether `short` is the body, or the body without members that can be missing."""
    if not isinstance(short, Mapping) or not isinstance(body, Mapping):
        return bool(short == body)
    left_out = (value for name, value in body.items() if name not in short)
    return all(
        name in body and _is_shorter(value, body[name]) for name, value in short.items()
    ) and all(
        value is None or (isinstance(value, str) and value.endswith("?")) for value in left_out
    )


def _weight(group: list[Evidence]) -> float:
    """All evidence of a value: places beyond the strongest one count less and less."""
    weights = sorted((evidence.weight for evidence in group), reverse=True)
    return sum(weight / (n + 1) for n, weight in enumerate(weights))

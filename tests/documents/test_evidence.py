"""How places that speak for values become one statement."""

from __future__ import annotations

import pytest

from scaffold.documents.evidence import (
    MENTIONED,
    STATED,
    Confidence,
    Evidence,
    Statement,
    Unsupported,
    decide,
    shortened,
)


def places(*found: tuple[object, float], key: str = "stack.orm") -> list[Evidence]:
    return [
        Evidence(key, value, weight, line, f"words {line}")
        for line, (value, weight) in enumerate(found, 1)
    ]


@pytest.mark.parametrize(
    ("found", "value", "confidence", "others"),
    [
        ([("a", STATED)], "a", Confidence.SURE, ()),
        ([("a", MENTIONED)], "a", Confidence.LIKELY, ()),
        ([("a", MENTIONED), ("a", MENTIONED), ("a", MENTIONED)], "a", Confidence.LIKELY, ()),
        ([("a", STATED), ("b", STATED)], "a", Confidence.ASK, ("b",)),
        ([("a", MENTIONED), ("b", STATED)], "b", Confidence.SURE, ()),
        ([("a", STATED), ("a", STATED), ("b", STATED)], "a", Confidence.ASK, ("b",)),
        ([("a", STATED), ("a", STATED), ("a", STATED), ("b", STATED)], "a", Confidence.SURE, ()),
    ],
)
def test_decide(
    found: list[tuple[object, float]], value: object, confidence: Confidence, others: tuple[object]
) -> None:
    (statement,) = decide(places(*found))
    assert (statement.value, statement.confidence, statement.others) == (value, confidence, others)


def test_a_generic_page_states_nothing_for_sure() -> None:
    for weight, confidence in ((STATED, Confidence.LIKELY), (MENTIONED, Confidence.ASK)):
        (statement,) = decide(places(("a", weight)), generic=True)
        assert statement.confidence is confidence


def test_alternatives_in_one_place_decide_nothing() -> None:
    (statement,) = decide([Evidence("stack.orm", "a", STATED, 1, "a or b", open=True)])
    assert statement.confidence is Confidence.ASK


def test_the_strongest_place_is_shown() -> None:
    (statement,) = decide(places(("a", MENTIONED), ("a", STATED), ("a", STATED)))
    assert (statement.line, statement.words) == (2, "words 2")


def test_a_body_that_is_shown_shorter_is_the_same() -> None:
    whole = {"error": {"code": "$code", "message": "$message", "details": "$details?"}}
    short = {"error": {"code": "$code", "message": "$message"}}
    (statement,) = decide(places((short, STATED), (whole, MENTIONED), key="envelope.error"))
    assert (statement.value, statement.confidence) == (whole, Confidence.SURE)
    other = {"message": "$message"}
    (statement,) = decide(places((short, STATED), (other, STATED), key="envelope.error"))
    assert statement.confidence is Confidence.ASK


def test_words_for_people() -> None:
    assert shortened("a\n  b\x1b[0m") == "a b[0m" or "\x1b" not in shortened("a\n  b\x1b[0m")
    assert len(shortened("long " * 99)) == 160


def test_origin_and_data() -> None:
    statement = Statement("a.b", 1, Confidence.ASK, 3, "one", "Rules", (2,), "agent.md")
    assert statement.origin == 'agent.md \u203a Rules: "one"'
    assert statement.to_data() == {
        "key": "a.b",
        "value": 1,
        "confidence": "ask",
        "line": 3,
        "heading": "Rules",
        "words": "one",
        "others": [2],
        "document": "agent.md",
    }
    missing = Unsupported("rate limit", "5/1m", 4, "login", "a limit of single routes")
    assert str(missing) == "rate limit = 5/1m"
    assert missing.to_data()["why"] == "a limit of single routes"

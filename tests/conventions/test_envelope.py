"""Example bodies: what may stand in one, and what each mistake is called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.conventions.envelope import MAX_DEPTH, MAX_LEAVES, UNSAFE_KEYS, wrong_envelope
from tests.support.strategies import bodies

SUCCESS = {"needs": ["$data"], "may": ["$message?", "$request_id"]}
CURSOR = {"needs": ["$items", "$next"], "may": ["$limit"]}
ERROR = {"needs": ["$message"], "may": ["$code", "$details"]}


def told(spec: dict[str, Any], example: Any) -> str:
    """All that is wrong, each with its place."""
    return "; ".join(f"{where}: {text}" for where, text in wrong_envelope(spec, example))


@settings(max_examples=40)
@given(bodies(("$items", "$next", "$limit")))
def test_a_body_with_its_placeholders_is_fine(example: dict[str, Any]) -> None:
    assert wrong_envelope(CURSOR, example) == []


@settings(max_examples=40)
@given(bodies(("$items", "$limit?")))
def test_a_placeholder_that_has_to_be_there(example: dict[str, Any]) -> None:
    assert wrong_envelope(CURSOR, example) == [("", "`$next` must appear once")]


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_whatever_is_given_is_told_in_printable_words(example: Any) -> None:
    for _, text in wrong_envelope(ERROR, example):
        assert text and text.isprintable()


@pytest.mark.parametrize(
    ("spec", "example"),
    [
        (SUCCESS, "$data"),
        (SUCCESS, {"data": "$data"}),
        (SUCCESS, {"data": "$data", "message": "$message?"}),
        (SUCCESS, {"data": "$data", "id": "$request_id?"}),
        (SUCCESS, {"results": ["$data"]}),
        ({"needs": ["$items"]}, "$items"),
        ({"needs": ["$items"]}, {"a": "$items", "b": "$total"}),  # no `may`: every placeholder
        (ERROR, {"detail": [{"msg": "$message", "type": "$code?"}]}),
    ],
)
def test_what_is_allowed(spec: dict[str, Any], example: Any) -> None:
    assert told(spec, example) == ""


@pytest.mark.parametrize(
    ("spec", "example", "words"),
    [
        (SUCCESS, ["$data"], "as a mapping"),
        (SUCCESS, "$date", "as a mapping, or `$data` alone"),
        (ERROR, "$message", ": must be an example of the body, as a mapping"),
        (CURSOR, "$items", "as a mapping"),  # one alone, where two have to stand
        (SUCCESS, {"data": "$data?"}, "data: `$data` must always be there: write it without `?`"),
        (
            SUCCESS,
            {"data": "$data", "m": "$message"},
            "m: `$message` is not always there: write `$message?`",
        ),
        (SUCCESS, {"a": "$data", "b": {"c": "$data"}}, "b.c: `$data` appears twice"),
        (
            SUCCESS,
            {"data": "$dta"},
            "data: unknown placeholder `$dta`; allowed here: $data $message? $request_id (did you",
        ),
        (SUCCESS, {"data": "$data", "n": "$next"}, "n: `$next` makes no sense in this body"),
        (
            CURSOR,
            {"a": ["$items"], "b": "$next", "c": ["$limit?"]},
            "c: an element of a list cannot be optional",
        ),
        (SUCCESS, {"data": ["$data", 1]}, "data: a list in an example holds one element"),
        (SUCCESS, {"data": "$data", "none": []}, "none: a list in an example holds one element"),
        (SUCCESS, {"data": "$data", "meta": {}}, "meta: an empty mapping is not allowed"),
        (
            SUCCESS,
            {"data": "$data", "on": {True: 1}},
            "on.True: key `True` must be a word (in YAML",
        ),
        (SUCCESS, {"data": "$data", "a b": 1}, "a b: key `a b` must be a word of letters"),
        (SUCCESS, {"data": "$data", "a" * 41: 1}, "must be a word of letters"),
        (SUCCESS, {"data": "$data", "__proto__": 1}, "key `__proto__` is not allowed"),
        (SUCCESS, {"data": "$data", "x": "tab\t"}, "x: `tab\\u0009` must be plain text"),
        (SUCCESS, {"data": "$data", "x": "a" * 201}, "must be plain text"),
        (SUCCESS, {"data": "$data", "x": 0.5}, "x: must be text, a whole number, true"),
        (SUCCESS, {"data": "$data", "x": 2**53}, "x: must be text, a whole number, true"),
    ],
)
def test_what_is_not(spec: dict[str, Any], example: Any, words: str) -> None:
    assert words in told(spec, example)


@pytest.mark.parametrize("key", UNSAFE_KEYS)
def test_no_member_of_every_object_is_a_key(key: str) -> None:
    assert "JavaScript objects have one" in told(SUCCESS, {"data": "$data", key: 1})


def nested(levels: int) -> Any:
    """A body whose placeholder lies that many levels deep."""
    body: Any = "$data"
    for _ in range(levels):
        body = {"a": body}
    return body


def test_how_deep_it_may_be() -> None:
    assert told(SUCCESS, nested(MAX_DEPTH)) == ""
    assert told(SUCCESS, nested(MAX_DEPTH + 1)).endswith(f"at most {MAX_DEPTH} levels are allowed")


def test_how_many_values_it_may_have() -> None:
    most = {"data": "$data"} | {f"k{number}": number for number in range(MAX_LEAVES - 1)}
    assert told(SUCCESS, most) == ""
    too_many = f": at most {MAX_LEAVES} values are allowed"
    assert told(SUCCESS, most | {"more": 1}) == too_many
    # A body that would take long to walk is refused before its end.
    assert told(SUCCESS, {f"k{number}": {"a": 1} for number in range(10_000)}) == too_many


def test_every_mistake_is_told_at_once() -> None:
    found = wrong_envelope(ERROR, {"code": "$cod", "x": {"y": [1, 2]}, "z": 1.5})
    assert [where for where, _ in found] == ["code", "x.y", "z", ""]

"""Single values: what each type of key takes, and the words for what it does not take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.conventions.values import shown, wrong_parts, wrong_value

TYPES: dict[str, dict[str, Any]] = {
    "int": {"type": "int", "min": 1, "max": 100},
    "bool": {"type": "bool"},
    "prefix": {"type": "prefix"},
    "window": {"type": "window"},
    "methods": {"type": "methods"},
    "verbs": {"type": "verbs"},
    "roles": {"type": "roles"},
    "word": {"allowed": ["page", "cursor", "none"]},
    "number": {"allowed": [1, 2]},
    "error": {
        "type": "error",
        "statuses": [400, 422],
        "default": {"code": "VALIDATION_ERROR", "status": 400},
    },
    "envelope": {"type": "envelope", "needs": ["$data"], "may": []},
}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", 1),
        ("int", 100),
        ("bool", False),
        ("prefix", ""),
        ("prefix", "/api/v2"),
        ("prefix", "/a" * 6),
        ("window", "1s"),
        ("window", "9999d"),
        ("methods", ["delete", "list"]),
        ("verbs", []),
        ("verbs", ["PUT", "POST"]),
        ("roles", []),
        ("roles", ["admin", "Editor-2_x"]),
        ("roles", [f"r{number}" for number in range(50)]),
        ("word", "cursor"),
        ("error", {"status": 422, "code": "v.1_x-Y"}),
        ("error", {"status": 400, "code": "a" * 64}),
        ("envelope", {"data": "$data"}),
    ],
)
def test_what_is_allowed(kind: str, value: Any) -> None:
    assert wrong_parts(TYPES[kind], value) == []
    assert wrong_value(TYPES[kind], value) is None


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("int", 0, "`0` is not allowed: a whole number in 1..100"),
        ("int", 101, "`101` is not allowed: a whole number in 1..100"),
        ("int", True, "`true` is not allowed: a whole number in 1..100"),
        ("int", 1.0, "a whole number"),
        ("int", "7", "a whole number"),
        ("bool", 1, "`1` is not allowed: true or false"),
        ("bool", "yes", "`yes` is not allowed: true or false"),
        ("bool", None, "`null` is not allowed"),
        ("prefix", "api", "a path such as /api or /api/v2, or '' for none"),
        ("prefix", "/api/", "a path such as"),
        ("prefix", "/API", "a path such as"),
        ("prefix", "/a" * 7, "a path such as"),
        ("prefix", None, "a path such as"),
        ("window", "0s", "a time such as 30s, 1m or 1h"),
        ("window", "1w", "a time such as"),
        ("window", 60, "a time such as"),
        ("methods", [], "a list of one or more methods"),
        ("methods", ["list", "list"], "each once"),
        ("methods", "list", "a list of list, get, create, update, replace, delete, each once"),
        ("verbs", ["PATCH"], '`["PATCH"]` is not allowed: a list of POST, PUT, each once'),
        ("roles", ["a b"], "a list of role words such as [editor, admin], each once"),
        ("roles", ["a", "a"], "each once"),
        ("roles", [f"r{number}" for number in range(51)], "a list of role words"),
        ("word", "curser", "one of page, cursor, none (did you mean `cursor`?)"),
        ("word", True, "`true` is not allowed: one of page, cursor, none"),
        ("number", True, "`true` is not allowed: one of 1, 2"),
        ("error", "E", "{code: a word, status: 400 or 422}"),
    ],
)
def test_what_is_not(kind: str, value: Any, words: str) -> None:
    ((where, text),) = wrong_parts(TYPES[kind], value)
    assert where == "" and words in text
    assert wrong_value(TYPES[kind], value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"status": 400}, ("", "`code` is missing; the default is `code: VALIDATION_ERROR`")),
        ({"code": "E"}, ("", "`status` is missing; the default is `status: 400`")),
        ({"code": "E", "status": 404}, ("status", "`404` is not allowed: 400 or 422")),
        ({"code": "E", "status": "400"}, ("status", "`400` is not allowed: 400 or 422")),
        (
            {"code": "1", "status": 400},
            ("code", "`1` is not allowed: a word of at most 64 letters, digits, `_`, `.` and `-`"),
        ),
        (
            {"code": "E", "status": 400, "stauts": 1},
            ("stauts", "unknown key; allowed: code, status (did you mean `status`?)"),
        ),
    ],
)
def test_each_part_of_an_error(value: Any, expected: tuple[str, str]) -> None:
    assert wrong_parts(TYPES["error"], value) == [expected]
    assert wrong_value(TYPES["error"], value) == expected[1]


def test_an_envelope_says_where() -> None:
    found = wrong_parts(TYPES["envelope"], {"data": "$data", "meta": {"x": 0.5}})
    assert [where for where, _ in found] == ["meta.x"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(ANYTHING, st.sampled_from(sorted(TYPES)))
def test_both_ways_to_ask_agree(value: Any, kind: str) -> None:
    parts = wrong_parts(TYPES[kind], value)
    assert bool(parts) == (wrong_value(TYPES[kind], value) is not None)
    assert all(text.isprintable() for _, text in parts)


@given(ANYTHING)
def test_a_value_is_shown_on_one_short_line(value: Any) -> None:
    text = shown(value)
    assert text.isprintable()
    # An invisible character takes six.
    assert len(text) <= 60 * 10 + 1


def test_how_values_are_shown() -> None:
    assert shown({"a": [True, None]}) == '{"a": [true, null]}'
    assert shown("é\u202e") == "é\\u202e"
    assert shown("a" * 61) == "a" * 60 + "…"
    assert shown(10**5000) == "…"

"""What a change means for clients: a table of changes, and what holds of any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from scaffold.resources.client_changes import BREAKING, FINE, WARNING, client_changes
from scaffold.resources.resource import Resource
from tests.support.client_cases import TABLE, of, with_policy
from tests.support.strategies import resources

VALUES: dict[str, dict[str, Any]] = {
    "stack": {"framework": "nextjs"},
    "routing": {"prefix": "/api"},
    "rate_limit": {"max": 60, "window": "1m"},
    "pagination": {"style": "page"},
    "data": {"json_case": "camel"},
}
FASTAPI = {**VALUES, "stack": {"framework": "fastapi"}, "data": {"json_case": "snake"}}


def told(
    before: Resource | None, after: Resource | None, values: Any = VALUES
) -> list[tuple[str, str]]:
    return [*client_changes(before, after, values, values, {"notes": "papers"})]


def require(found: list[tuple[str, str]], says: list[dict[str, str]]) -> None:
    expected = [pair for one in says for pair in one.items()]
    assert [level for level, _ in found] == [level for level, _ in expected], found
    for (_, text), (_, words) in zip(found, expected, strict=True):
        assert words in text


@pytest.mark.parametrize(
    "case", TABLE["fields"], ids=lambda case: f"{case['before']} {case['after']}"
)
def test_fields(case: Any) -> None:
    before, after = case["before"], case["after"]
    require(told(of(before), of(after)), case["says"])
    # Rows that nobody sees or writes: their definition is nobody's business.
    assert told(of(before, methods=("delete",)), of(after, methods=("delete",))) == []
    assert told(of(before, methods=()), of(after, methods=())) == []


OWN = of("-")


@pytest.mark.parametrize("case", TABLE["policies"], ids=str)
def test_policies(case: Any) -> None:
    before, after = (with_policy(case[side]) for side in ("before", "after"))
    require(told(before, after), case["says"])


def test_names() -> None:
    field = replace(of("rank:int").fields[1], name="due_rank", column="rank")
    renamed = replace(of("rank:int"), fields=(of("-").fields[0], field))
    assert told(of("rank:int"), renamed) == [
        (BREAKING, "`rank` is now `dueRank`, in bodies, answers, filters and `sort`")
    ]
    assert told(OWN, replace(OWN, name="papers", table="exam_notes")) == [
        (BREAKING, "`/api/exam_notes` is now `/api/papers`: the old path is gone")
    ]
    assert told(OWN, None) == [(BREAKING, "`/api/exam_notes` is gone, with all of its operations")]


def test_answers_of_plain_types() -> None:
    assert told(of("due_at:int{1..9}"), of("due_at:int{..9}"), FASTAPI) == [
        (FINE, "`due_at` takes {-2147483648..9}, and {1..9} before")
    ]


@settings(max_examples=30)
@given(one=resources("notes"), other=resources("notes"))
def test_any_change(one: Resource, other: Resource) -> None:
    assert told(one, one) == []
    levels = [level for level, _ in told(one, other)]
    assert levels == sorted(levels, key=[BREAKING, WARNING, FINE].index)
    gone = set(one.methods) - set(other.methods if not other.retired else ())
    if gone and not one.retired:
        assert levels[0] == BREAKING

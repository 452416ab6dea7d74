"""Other definitions of fields: which there are, what rows have to fulfil, and what a manifest may say of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scaffold.resources.field_changes import CONVERSIONS, altered
from scaffold.resources.fields import TYPES, parse_field
from scaffold.resources.table_steps import TableStep
from scaffold.support.errors import UserError
from tests.support.field_matrix import PAIRS, REFUSED, Pair
from tools.source import ROOT


@pytest.mark.parametrize("number", range(len(PAIRS)), ids=lambda n: f"{PAIRS[n][0]} {PAIRS[n][1]}")
def test_a_step_says_all_that_its_migration_needs(number: int) -> None:
    change = PAIRS[number].alteration(number)
    assert bool(change.checks) == bool(PAIRS[number].unfit)
    step = TableStep(
        *(2, "alter"),
        fields=(change.old, change.new),
        fill=change.fill,
        words=change.words,
        checks=change.checks,
    )
    assert TableStep.from_data(step.to_data()) == step


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("float", "int", ["whole", "below", "above"]),
        ("decimal{0..9}", "bigint", ["whole"]),
        ("string", "int{0..}", ["number", "below", "above"]),
        ("text", "enum(a,b)?", ["words"]),
        ("string?", "string{3..9}!", ["null", "shorter", "longer", "duplicate"]),
    ],
)
def test_what_rows_are_asked(before: str, after: str, kinds: list[str]) -> None:
    assert [kind for kind, _ in Pair(before, after, ()).alteration(0).checks] == kinds


def test_a_bool_that_becomes_words_has_one_for_each() -> None:
    change = Pair("bool", "enum(true,off)", (), maps=("false=off",)).alteration(0)
    assert change.words == (("false", "off"), ("true", "true"))


def test_every_conversion_is_tried() -> None:
    tried = {tuple(field.type for field in pair.fields(0)) for pair in PAIRS}
    every = {(was, now) for was, kinds in CONVERSIONS.items() for now in kinds}
    assert {pair for pair in tried if pair[0] != pair[1]} == every


def test_the_page_has_every_conversion() -> None:
    text = (ROOT / "docs/fields.md").read_text("utf-8")
    table = text.partition("<!-- conversions")[2].partition("<!-- end of conversions")[0]
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    stated = {was.strip(" `"): tuple(re.findall(r"`(\w+)`", now)) for was, now in rows}
    assert stated == CONVERSIONS


@pytest.mark.parametrize(("before", "after", "hint"), REFUSED)
def test_what_could_lose_a_value_is_refused(before: str, after: str, hint: str) -> None:
    with pytest.raises(UserError) as error:
        Pair(before, after, ()).alteration(0)
    assert hint in f"{error.value.message} {error.value.hint}"


def test_every_pair_of_types_is_allowed_or_refused_with_a_way_out() -> None:
    for was in TYPES:
        for now in TYPES:
            old, new = (parse_field(f"x:{kind}{_args(kind)}") for kind in (was, now))
            if "ref" in (was, now) or new.type in CONVERSIONS.get(old.type, ()) or was == now:
                continue
            with pytest.raises(UserError, match="cannot become") as error:
                altered(old, new, fill=None, words=(), rows=False, resource="notes")
            hint = str(error.value.hint)
            assert "scaffold field add notes 'new_x:" in hint
            parse_field(hint.partition("'")[2].rstrip("'`"))


def _args(kind: str) -> str:
    return {"enum": "(a,b)", "ref": "(users)"}.get(kind, "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fill": "x"}, "not a whole number"),
        ({"fill": ["a"]}, "not a value"),
        ({"words": {"a\n-- from: 1": "b"}}, "an old value is made of"),
        ({"words": {"$$; drop table x": "b"}}, "an old value is made of"),
        ({"words": {"a": "'); drop table x"}}, "not a value of the new"),
        ({"checks": [["above", "1; drop"]]}, "no check of rows"),
        ({"checks": ["null"]}, "not a step"),
        ({"checks": [["above", float("inf")]]}, "no check of rows"),
        ({"checks": [["odd"]]}, "no check of rows"),
        ({"checks": 3}, "no list of checks"),
        ({"to": {"name": "x", "type": "json"}}, "cannot become"),
    ],
)
def test_a_manifest_cannot_say_anything_else(given: dict[str, Any], said: str) -> None:
    old, new = ("x:string", "x:enum(a,b)") if "words" in given else ("x:int?", "x:int{1..}")
    data: dict[str, Any] = {
        "id": 2,
        "alter": parse_field(old).to_data(),
        "to": parse_field(new).to_data(),
        **given,
    }
    with pytest.raises(UserError, match=said):
        TableStep.from_data(data)

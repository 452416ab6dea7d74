"""Conventions as a whole: defaults, what a document may state, and what values need of each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.conventions.schema import Problem, check, fill, fitting, line_of, mismatches
from scaffold.resources.resource import METHODS, PAGINATION
from scaffold.support.yaml import load
from tools.source import ROOT

SCHEMA: dict[str, dict[str, dict[str, Any]]] = {
    "stack": {
        "framework": {"allowed": ["next", "fast"], "default": "next"},
        "orm": {
            "allowed": ["drizzle", "alchemy", "libsql"],
            "default_by": "stack.framework",
            "default": {"next": "drizzle", "fast": "alchemy"},
            "requires": {
                "drizzle": {"stack.framework": ["next"]},
                "libsql": {"stack.framework": ["next"]},
                "alchemy": {"stack.framework": ["fast"]},
            },
        },
    },
    "pages": {
        "size": {"type": "int", "min": 1, "max": 1000, "default": 20, "at_most": "pages.most"},
        "most": {"type": "int", "min": 1, "max": 1000, "default": 100},
    },
    "data": {
        "files": {"type": "bool", "default": False, "requires": {"true": {"stack.orm": ["libsql"]}}},
        "missing": {
            "type": "error",
            "statuses": [404],
            "default": {"code": "NOT_FOUND", "status": 404},
        },
    },
}  # fmt: skip
DEFAULTS = fill(SCHEMA)
TEMPLATES = load((ROOT / "templates/conventions.yml").read_text("utf-8"))
# What a key of it says of itself.
SAYS = {"default", "default_by", "doc", "allowed", "requires", "type", "migrations"}
OF_A_TYPE = {
    "int": {"min", "max", "at_most"},
    "error": {"statuses"},
    "envelope": {"needs", "may"},
}


def texts(stated: Any) -> list[str]:
    """What is wrong, as messages."""
    return [str(problem) for problem in check(SCHEMA, stated)]


def test_every_key_has_its_default() -> None:
    assert DEFAULTS == {
        "stack": {"framework": "next", "orm": "drizzle"},
        "pages": {"size": 20, "most": 100},
        "data": {"files": False, "missing": {"code": "NOT_FOUND", "status": 404}},
    }


def test_a_default_follows_the_key_that_decides_it() -> None:
    assert fill(SCHEMA, {"stack": {"framework": "fast"}})["stack"]["orm"] == "alchemy"
    stated = {"stack": {"framework": "fast", "orm": "libsql"}}
    assert fill(SCHEMA, stated)["stack"]["orm"] == "libsql"
    # What decides is wrong itself, and named elsewhere: any default will do.
    for odd in ("django", ["next"]):
        assert fill(SCHEMA, {"stack": {"framework": odd}})["stack"]["orm"] == "drizzle"


def test_the_last_layer_that_states_a_key_wins() -> None:
    layers: list[dict[str, Any]] = [
        {"pages": {"size": 5, "most": 50}},
        {"pages": {"size": 7}},
        {"data": {}},
        {"pages": None},
    ]
    filled = fill(SCHEMA, *layers)
    assert filled["pages"] == {"size": 7, "most": 50}
    assert fill(SCHEMA, {"data": {"files": None}})["data"]["files"] is None


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "pages": st.fixed_dictionaries(
                {}, optional={"size": st.integers(1, 100), "most": st.integers(100, 1000)}
            ),
            "data": st.fixed_dictionaries({}, optional={"files": st.just(False)}),
        },
    )
)
def test_what_fits_is_filled_and_stays_what_it_is(stated: dict[str, Any]) -> None:
    assert check(SCHEMA, stated) == []
    filled = fill(SCHEMA, stated)
    assert fill(SCHEMA, filled) == filled and check(SCHEMA, filled) == []
    assert all(
        filled[group][key] == value for group in stated for key, value in stated[group].items()
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (None, "`conventions`: must be a mapping of groups"),
        (["stack"], "`conventions`: must be a mapping of groups"),
        ({"stak": {}}, "`stak`: unknown group; allowed: stack, pages, data (did you mean `stack`?)"),
        ({7: {}}, "`7`: unknown group; allowed: stack, pages, data"),
        ({"pages": 20}, "`pages`: must be a mapping of size, most"),
        ({"pages": {"sise": 1}}, "`pages.sise`: unknown key; allowed: size, most (did you mean `size`?)"),
        ({"pages": {"size": 0}}, "`pages.size`: `0` is not allowed: a whole number in 1..1000"),
        ({"data": {"missing": {"code": "X", "status": 400}}}, "`data.missing.status`: `400` is not allowed: 404"),
        ({"pages": {"size": 101}}, "`pages.size`: 101 is more than `pages.most`, which is 100"),
        ({"pages": {"most": 19}}, "`pages.most`: `pages.size` 20 is more than `pages.most`, which is 19"),
        (
            {"data": {"files": True}},
            "`data.files`: cannot be `true` where `stack.orm` is `drizzle`: it needs libsql; allowed here: false",
        ),
        (
            {"stack": {"framework": "fast", "orm": "libsql"}},
            "`stack.orm`: cannot be `libsql` where `stack.framework` is `fast`: it needs next; allowed here: alchemy",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong(stated: Any, expected: str) -> None:
    assert texts(stated) == [expected]


def test_all_problems_in_the_order_of_the_document() -> None:
    stated = {"pages": {"size": "x", "most": 0}, "oops": 1, "stack": {"orm": "alchemy"}}
    assert [problem.key for problem in check(SCHEMA, stated)] == [
        "pages.size",
        "pages.most",
        "oops",
        "stack.orm",
    ]


def test_a_wrong_value_is_told_once() -> None:
    # Neither as more than its limit, nor as what another key cannot be with.
    assert len(texts({"pages": {"size": 5000}})) == 1
    assert len(texts({"pages": {"most": "x", "size": 500}})) == 1
    assert len(texts({"stack": {"orm": "mongo"}, "data": {"files": True}})) == 1
    assert len(texts({"stack": {"framework": "django"}})) == 1


def test_lines() -> None:
    lines = {"pages": 3, "pages.size": 4, "data.missing": 9}
    stated = {"pages": {"size": 0, "most": 0}, "data": {"missing": {"code": "X", "status": 1}}}
    assert [problem.line for problem in check(SCHEMA, stated, lines)] == [4, 3, 9]
    assert line_of(lines, "data.missing.status") == 9
    assert line_of({"data": 5}, "data.missing.status") == 5
    assert line_of(lines, "stack.orm") == 0
    assert str(Problem("a\u202eb", 4, "no.")) == "line 4: `a\\u202eb`: no."


def test_mismatches_name_both_keys() -> None:
    filled = fill(SCHEMA, {"data": {"files": True}, "pages": {"size": 200}})
    found = [(key, other) for key, other, _ in mismatches(SCHEMA, filled)]
    assert found == [("pages.size", "pages.most"), ("data.files", "stack.orm")]
    assert list(mismatches(SCHEMA, filled, {"pages", "data.files"})) == []
    assert [key for key, *_ in mismatches(SCHEMA, filled, {"stack.orm"})] == ["pages.size"]
    assert [key for key, *_ in mismatches(SCHEMA, filled, {"pages.most"})] == ["data.files"]


def test_a_limit_may_be_reached() -> None:
    assert list(mismatches(SCHEMA, fill(SCHEMA, {"pages": {"size": 100}}))) == []


def test_the_values_that_fit() -> None:
    assert fitting(SCHEMA["stack"]["orm"], DEFAULTS) == ["drizzle", "libsql"]
    assert fitting(SCHEMA["data"]["files"], DEFAULTS) == [False]
    libsql = fill(SCHEMA, {"stack": {"orm": "libsql"}})
    assert fitting(SCHEMA["data"]["files"], libsql) == [False, True]


@pytest.mark.parametrize("framework", TEMPLATES["stack"]["framework"]["allowed"])
def test_the_defaults_of_the_templates_fit_together(framework: str) -> None:
    stated = {"stack": {"framework": framework}}
    assert check(TEMPLATES, stated) == []
    assert check(TEMPLATES, fill(TEMPLATES, stated)) == []


def test_each_value_that_decides_a_default_has_one() -> None:
    for group, keys in TEMPLATES.items():
        for key, spec in keys.items():
            if "default_by" in spec:
                other, by = spec["default_by"].split(".")
                assert {*spec["default"]} == {*TEMPLATES[other][by]["allowed"]}, f"{group}.{key}"


def test_a_key_says_nothing_that_nobody_reads() -> None:
    """YAML ends an unquoted `doc` at a comma inside braces: what follows would be a key of its own."""
    unread = {
        f"{group}.{key}": sorted(more)
        for group, keys in TEMPLATES.items()
        for key, spec in keys.items()
        if (more := {*spec} - SAYS - OF_A_TYPE.get(spec.get("type"), set()))
    }
    assert unread == {}, "quote the text that has a comma"


def test_a_resource_can_have_what_a_convention_can() -> None:
    assert [*PAGINATION] == TEMPLATES["pagination"]["style"]["allowed"]
    assert [*METHODS] == TEMPLATES["routing"]["methods"]["default"]

"""package.json merged as data, with the user's formatting kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.dependencies.package_json import (
    MergedPackage,
    merge,
    restored,
    with_value,
    without,
)
from scaffold.support.errors import UserError
from scaffold.support.merge import same


def dumps(data: Any, indent: int | str = 2) -> str:
    return json.dumps(data, indent=indent, ensure_ascii=False) + "\n"


OURS = dumps(
    {
        "name": "app",
        "type": "module",
        "scripts": {"test": "vitest run"},
        "dependencies": {"next": "16.4.5", "zod": "4.1.0"},
        "devDependencies": {"vitest": "4.0.0"},
    }
)


def foreign(mine: str) -> MergedPackage:
    return merge(None, mine, OURS)


def test_foreign_gets_additions_and_nothing_else() -> None:
    mine = dumps({"name": "theirs", "dependencies": {"axios": "1", "react": "19"}, "x": 1.0})
    merged = foreign(mine)
    assert merged.reports == ()
    assert merged.text == dumps(
        {
            "name": "theirs",
            "dependencies": {"axios": "1", "next": "16.4.5", "react": "19", "zod": "4.1.0"},
            "x": 1.0,
            "devDependencies": {"vitest": "4.0.0"},
            "scripts": {"test": "vitest run"},
        }
    )


def test_foreign_differences_are_left_and_reported() -> None:
    mine = dumps(
        {
            "scripts": {"test": "jest"},
            "dependencies": {"vitest": "4.0.0", "zod": "^4.1.0"},
            "devDependencies": {"next": "15.1.0"},
        }
    )
    assert foreign(mine) == MergedPackage(
        mine,
        (
            "`next` is 15.1.0 here, scaffold was tested with 16.4.5",
            "`zod` is ^4.1.0 here, scaffold was tested with 4.1.0",
            "`scripts.test` is `jest` here, scaffold has `vitest run`",
        ),
    )


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_formatting_stays(indent: str, end: str, newline: str, mark: str) -> None:
    def text(data: Any) -> str:
        return mark + (dumps(data, indent).rstrip("\n") + end).replace("\n", newline)

    data = {"dependencies": {"axios": "1"}, "scripts": {"test": "vitest run"}}
    data["devDependencies"] = {"vitest": "4.0.0"}
    merged = foreign(text(data))
    data["dependencies"] |= {"next": "16.4.5", "zod": "4.1.0"}
    assert merged.text == text(data)


def test_what_is_not_changed_keeps_its_spelling() -> None:
    mine = """{
  "files": ["dist", "src"], "big": 1e400, "esc\\u0061pe": "\\u003c",
  "scripts": {"test":"vitest run"},
  "dependencies": { "next": "16.4.5",
    "weird" : [ 1.50 ] },
  "devDependencies": {"vitest": "4.0.0"}
}"""
    assert foreign(mine).text == """{
  "files": ["dist", "src"],
  "big": 1e400,
  "esc\\u0061pe": "\\u003c",
  "scripts": {"test":"vitest run"},
  "dependencies": {
    "next": "16.4.5",
    "weird": [ 1.50 ],
    "zod": "4.1.0"
  },
  "devDependencies": {"vitest": "4.0.0"}
}"""


def test_nothing_to_add_is_byte_identical() -> None:
    odd = OURS.replace("\n", "\r\n").replace('": ', '"  :   ') + " \n\t"
    assert foreign(odd) == MergedPackage(odd)


def test_an_empty_object_is_filled() -> None:
    assert json.loads(foreign("{}").text)["scripts"] == {"test": "vitest run"}


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        ("", "not valid JSON"),
        ('{"a": 1,}', "line 1"),
        ("[]", "must be a JSON object"),
        ('{"a": NaN}', "NaN is not JSON"),
        ("[" * 100_000, "must be a JSON object"),
        ('{"dependencies": []}', "`dependencies` in `package.json` is `\\[\\]`"),
        ('{"scripts": null}', "`scripts`"),
    ],
)
def test_what_is_no_package_json_is_a_user_error(mine: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        foreign(mine)


def edit(text: str, **sections: dict[str, str | None]) -> str:
    """`text` with values set, or taken out where they are None."""
    data = json.loads(text)
    for section, values in sections.items():
        both = {**data.get(section, {}), **values}
        data[section] = {key: value for key, value in both.items() if value is not None}
    return dumps(data)


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "reports"),
    [
        pytest.param(
            {}, {"dependencies": {"zod": "5"}}, {"dependencies": {"zod": "5"}}, [], id="new"
        ),
        pytest.param(
            {"dependencies": {"axios": "1"}},
            {"dependencies": {"zod": None, "next": "17"}},
            {"dependencies": {"axios": "1", "zod": None, "next": "17"}},
            [],
            id="both",
        ),
        pytest.param(
            {"dependencies": {"zod": "3"}},
            {"dependencies": {"zod": "5"}},
            {"dependencies": {"zod": "3"}},
            ["`zod` is 3 here, scaffold was tested with 5"],
            id="mine-wins",
        ),
        pytest.param(
            {"scripts": {"test": None, "mine": "x"}},
            {"scripts": {"test": "vitest"}},
            {"scripts": {"test": None, "mine": "x"}},
            ["`scripts.test` was removed here, scaffold has `vitest`"],
            id="removed-here",
        ),
        pytest.param(
            {"scripts": {"test": "jest"}},
            {"scripts": {"test": None}},
            {"scripts": {"test": "jest"}},
            ["`scripts.test` is `jest` here, scaffold no longer has it"],
            id="removed-there",
        ),
        pytest.param(
            {"devDependencies": {"pg": "8", "tsx": "4"}},
            {"dependencies": {"pg": "9", "tsx": "4"}},
            {"devDependencies": {"pg": "8", "tsx": "4"}},
            ["`pg` is 8 here, scaffold was tested with 9"],
            id="stands-in-the-other-section",
        ),
        pytest.param(
            {"scripts": {"mine": "x"}},
            {"devDependencies": {"vitest": None}, "dependencies": {"vitest": "4.0.0"}},
            {
                "scripts": {"mine": "x"},
                "devDependencies": {"vitest": None},
                "dependencies": {"vitest": "4.0.0"},
            },
            [],
            id="we-moved-it",
        ),
    ],
)
def test_managed_three_way(mine: Any, theirs: Any, merged: Any, reports: list[str]) -> None:
    result = merge(OURS, edit(OURS, **mine), edit(OURS, **theirs))
    expected = json.loads(edit(OURS, **merged))
    got = json.loads(result.text)
    for section in ("devDependencies",):  # an emptied section goes only where we emptied it
        if not expected[section]:
            got.setdefault(section, {})
    assert got == expected
    assert list(result.reports) == reports


KEYS = st.sampled_from(["next", "zod", "a b", 'q"', "é", "\\"])
PACKAGE = st.dictionaries(
    st.sampled_from(["dependencies", "devDependencies", "scripts", "x"]),
    st.dictionaries(KEYS, st.sampled_from(["1", "2", '"', "ü\n"]), max_size=4),
)
SPACING = st.sampled_from([None, 0, 2, 4, "\t"])


@given(PACKAGE, PACKAGE, PACKAGE, SPACING)
def test_any_merge_is_json_and_settled(base: Any, mine: Any, theirs: Any, indent: Any) -> None:
    text, ours = json.dumps(mine, indent=indent), dumps(theirs)
    managed = merge(dumps(base), text, ours)
    assert isinstance(json.loads(managed.text), dict)
    assert merge(ours, managed.text, ours).text == managed.text
    added = merge(None, text, ours)
    data = json.loads(added.text)
    assert merge(None, added.text, ours) == added
    for section, values in mine.items():
        assert same({key: data[section][key] for key in values}, values)
    assert data.get("x") == mine.get("x")


@given(PACKAGE, PACKAGE)
def test_identities(base: Any, other: Any) -> None:
    one, two = dumps(base), dumps(other)
    assert (
        merge(one, one, two) == merge(one, two, one) == merge(one, two, two) == MergedPackage(two)
    )


BEFORE = '{"name": "shop",\r\n\t"dependencies": {"next": "16.4.5"}}'


def test_without_what_was_added_it_is_the_earlier_text() -> None:
    ours = dumps({"dependencies": {"zod": "4.6.7"}, "scripts": {"test": "vitest"}})
    added = merge(None, BEFORE, ours).text
    gone = {"dependencies": {"zod"}, "scripts": {"test"}}
    assert without(added, gone, BEFORE) == BEFORE
    later = added.replace('"shop"', '"store"')
    data = json.loads(without(later, gone, BEFORE))
    assert data == {"name": "store", "dependencies": {"next": "16.4.5"}}
    kept = json.loads(without(added, {"dependencies": {"next", "zod"}}, BEFORE))
    assert kept == {"name": "shop", "dependencies": {}, "scripts": {"test": "vitest"}}


@given(PACKAGE, PACKAGE, SPACING)
def test_any_addition_goes_again(mine: Any, theirs: Any, indent: Any) -> None:
    text = json.dumps(mine, indent=indent)
    added = merge(None, text, dumps(theirs)).text
    now = json.loads(added)
    gone = {
        section: {key for key in now[section] if key not in mine.get(section, {})}
        for section in ("dependencies", "devDependencies", "scripts")
        if section in now
    }
    assert same(json.loads(without(added, gone, text)), mine, ordered=False)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        ('{"a": 1}', '{\n  "a": 1,\n  "p": {\n    "key": "x"\n  }\n}'),
        ('{\n\t"a" : 1.0\n}\n', '{\n\t"a": 1.0,\n\t"p": {\n\t\t"key": "x"\n\t}\n}\n'),
        ('{"p": {"key": "y"}}', '{\n  "p": {\n    "key": "x"\n  }\n}'),
        ('{"p": 7}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_one_more_value(mine: str, theirs: str | None) -> None:
    assert with_value(mine, "p", "key", "x") == theirs


@pytest.mark.parametrize(
    "first", ['{"a": 1}', '{"a": 1, "p": {}}', '{"p": {"key": "y", "b": 2}}', '\ufeff{"a": 1}\r\n']
)
def test_a_value_that_goes_again(first: str) -> None:
    mine = with_value(first, "p", "key", "x")
    assert mine is not None
    assert restored(mine, first, first, "p", "key") == first
    # Of a file with something else in it no more goes than the value.
    more = mine.replace("{", '{"more": true, ', 1)
    left = json.loads((restored(more, first, first, "p", "key") or "").removeprefix("\ufeff"))
    assert left == {"more": True, **json.loads(first.removeprefix("\ufeff"))}


def test_a_value_of_a_file_that_is_broken_by_now() -> None:
    assert restored('{"p": {"key": "x"}, "a": NaN}', "{}", "{}", "p", "key") is None

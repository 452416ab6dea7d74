"""Three-way merge of text and of JSON objects."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.support.errors import UserError
from scaffold.support.merge import ABSENT, Conflict, insert, merge_json, merge_text, same

BASE = "one\ntwo\nthree\nfour\nfive\n"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        pytest.param(BASE, BASE, "x\n", "x\n", id="untouched"),
        pytest.param(BASE, "x\n", BASE, "x\n", id="unchanged"),
        pytest.param(BASE, "x\n", "x\n", "x\n", id="alike"),
        pytest.param(
            BASE,
            BASE.replace("one", "ONE"),
            BASE.replace("five", "FIVE"),
            "ONE\ntwo\nthree\nfour\nFIVE\n",
            id="far-apart",
        ),
        pytest.param(
            BASE, BASE[:-1], "zero\n" + BASE, "zero\n" + BASE[:-1], id="my-missing-newline-stays"
        ),
        pytest.param(
            BASE, "zero\n" + BASE, BASE[:-1], "zero\n" + BASE[:-1], id="their-missing-newline"
        ),
        pytest.param(
            BASE[:-1], "zero\n" + BASE[:-1], BASE, "zero\n" + BASE, id="their-new-newline"
        ),
        pytest.param(
            BASE, BASE[:-1], BASE + "six\n", BASE + "six", id="newline-is-no-conflict-with-a-line"
        ),
        pytest.param("é\nb\nc\n", "é!\nb\nc\n", "é\nb\nç\n", "é!\nb\nç\n", id="not-ascii"),
        pytest.param("a\n\nb", "a\n\nb\n", "\na\n\nb", "\na\n\nb\n", id="my-new-newline"),
        pytest.param("a\nb\nc\n", "b\nc\n", "a\nb\n", "b\n", id="both-delete"),
    ],
)
def test_text_merges(base: str, mine: str, theirs: str, merged: str) -> None:
    assert merge_text(base, mine, theirs) == (merged, False)


def test_text_conflict_has_both_sides_and_no_base() -> None:
    merged = merge_text("a\n", "b\n", "c", labels=("your side", "ours"))
    assert merged == ("<<<<<<< your side\nb\n=======\nc\n>>>>>>> ours\n", True)


def test_text_conflict_ignores_the_users_git_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[merge]\n\tconflictStyle = diff3\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    text, conflict = merge_text("a\n", "b\n", "c\n")
    assert conflict and "|||||||" not in text


def test_text_without_git_is_a_user_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="git is not installed"):
        merge_text("a\n", "b\n", "c\n")


def test_text_with_a_nul_byte_is_a_user_error() -> None:
    with pytest.raises(UserError, match="git merge-file"):
        merge_text("a\0\n", "b\n", "c\n")


def test_text_leaves_nothing_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    merge_text("a\n", "b\n", "c\n")
    assert list(tmp_path.iterdir()) == []


LINES = st.lists(st.sampled_from(["a", "b", "", "c d"]), max_size=6)
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))


@given(TEXT, TEXT)
def test_text_identities(base: str, other: str) -> None:
    assert merge_text(base, base, other) == (other, False)
    assert merge_text(base, other, base) == (other, False)
    assert merge_text(base, other, other) == (other, False)


@settings(max_examples=25, deadline=None)
@given(TEXT, TEXT, TEXT)
def test_text_takes_nothing_away_silently(base: str, mine: str, theirs: str) -> None:
    text, conflict = merge_text(base, mine, theirs)
    assert conflict == ("<<<<<<< yours\n" in text)
    swapped, other = merge_text(base, theirs, mine)
    assert conflict == other
    if not conflict:
        # Of a line that comes twice, each side may have taken out another one.
        before, *both, after = (Counter(one.split("\n")) for one in (base, mine, theirs, text))
        for line in before | both[0] | both[1]:
            taken = sum(max(0, before[line] - side[line]) for side in both)
            assert not line or after[line] >= min(
                before[line] - taken, *(side[line] for side in both)
            )
            assert not line or after[line] > 0 or taken > 0
        assert text.rstrip("\n") == swapped.rstrip("\n")


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged", "conflicts"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}, []),
        ({"a": 1}, {"a": 3}, {"a": 2}, {"a": 3}, [Conflict(("a",), 3, 2)]),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, []),
        ({}, {"z": 1, "a": 2}, {"m": 3}, {"z": 1, "a": 2, "m": 3}, []),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2, "c": 3}, {"b": 2}, {"b": 2, "c": 3}, []),
        ({"a": 1}, {}, {"a": 2}, {}, [Conflict(("a",), ABSENT, 2)]),
        ({"a": 1}, {"a": 2}, {}, {"a": 2}, [Conflict(("a",), 2, ABSENT)]),
        ({}, {"a": 2}, {"a": 3}, {"a": 2}, [Conflict(("a",), 2, 3)]),
        ({"s": {"a": 1}}, {"s": {"a": 1, "u": 1}}, {}, {"s": {"u": 1}}, []),
        ({"s": {"a": 1}}, {"s": {"a": 1}}, {}, {}, []),
        ({"s": {"a": 1}}, {}, {"s": {"a": 1, "b": 2}}, {"s": {"b": 2}}, []),
        ({"s": {"a": 1}}, {}, {"s": {"a": 2}}, {}, [Conflict(("s", "a"), ABSENT, 2)]),
        ({}, {"s": {"u": 1}}, {"s": {"a": 1}}, {"s": {"a": 1, "u": 1}}, []),
        ({"s": {"a": 1}}, {"s": 5}, {"s": {"a": 2}}, {"s": 5}, [Conflict(("s",), 5, {"a": 2})]),
        (
            {"l": [1]},
            {"l": [1, 2]},
            {"l": [0, 1]},
            {"l": [1, 2]},
            [Conflict(("l",), [1, 2], [0, 1])],
        ),
        ({"a": 0}, {"a": 0}, {"a": False}, {"a": False}, []),
        ({"a": None}, {"a": None}, {}, {}, []),
    ],
)
def test_json_rules(base: Any, mine: Any, theirs: Any, merged: Any, conflicts: Any) -> None:
    data, found = merge_json(base, mine, theirs)
    assert same(data, merged)
    assert found == conflicts


@pytest.mark.parametrize(
    ("into", "added", "keys"),
    [
        (["b", "d"], ["c", "a", "e"], ["a", "b", "c", "d", "e"]),
        (["d", "b"], ["c", "a"], ["d", "b", "c", "a"]),
        ([], ["c", "a"], ["c", "a"]),
        (["a", "JSONStream", "z"], ["next"], ["a", "JSONStream", "next", "z"]),
        (["@types/node", "zod"], ["@a/b", "next"], ["@a/b", "@types/node", "next", "zod"]),
    ],
)
def test_new_keys_keep_a_sorted_object_sorted(
    into: list[str], added: list[str], keys: list[str]
) -> None:
    assert list(insert(dict.fromkeys(into), dict.fromkeys(added))) == keys


LEAF = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["x", "y"])
VALUE: st.SearchStrategy[Any] = st.recursive(
    LEAF, lambda inner: st.dictionaries(st.sampled_from("abcd"), inner, max_size=3), max_leaves=8
)
OBJECT = st.dictionaries(st.sampled_from("abcd"), VALUE, max_size=4)


@given(OBJECT, OBJECT)
def test_json_identities(base: dict[str, Any], other: dict[str, Any]) -> None:
    for mine, theirs in ((base, other), (other, base), (other, other)):
        data, conflicts = merge_json(base, mine, theirs)
        assert same(data, other)
        assert conflicts == []


@given(OBJECT, OBJECT, OBJECT)
def test_json_is_settled_after_one_merge(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    before = repr((base, mine, theirs))
    data, conflicts = merge_json(base, mine, theirs)
    again, _ = merge_json(theirs, data, theirs)
    assert same(again, data, ordered=True)
    assert repr((base, mine, theirs)) == before
    for conflict in conflicts:
        assert not same(conflict.mine, conflict.theirs)


def test_imports_stay_light() -> None:
    code = "import scaffold.planning.plan, scaffold.writing.apply, scaffold.support.merge; print(*sys.modules)"
    start = f"import sys; before = set(sys.modules); sys.path = {sys.path!r}; "
    command = [sys.executable, "-I", "-S", "-c", start + code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    heavy = {"subprocess", "json", "difflib", "tempfile", "fcntl", "jinja2", "yaml", "typer"}
    assert not heavy & set(done.stdout.split())

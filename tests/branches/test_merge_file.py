"""One file after a merge, from what scaffold makes and what stands on each side."""

from __future__ import annotations

import json

import pytest

from scaffold.branches.merge_file import (
    BEGUN,
    BY_HAND,
    DELETED,
    OWN,
    Found,
    View,
    Wanted,
    placed,
    wanted,
)
from scaffold.planning.plan import Keep, has_markers

# What scaffold makes: of the base, of each side, of both.
B, A, T, M = (
    f"a\n{one}b\nc\nd\n{two}e\n"
    for one, two in (("", ""), ("o\n", ""), ("", "t\n"), ("o\n", "t\n"))
)
SILENT, BASE = View(), View(B, B)


def edited(text: str, word: str = "mine") -> str:
    """A line more, in a place where scaffold changes nothing."""
    return text.replace("c\n", f"c\n{word}\n")


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "made", "expected"),
    [
        (BASE, View(A, A), View(T, T), M, Wanted(M)),
        (BASE, View(A, edited(A)), View(T, T), M, Wanted(edited(M))),
        (BASE, View(A, A), View(T, edited(T)), M, Wanted(edited(M))),
        (BASE, View(A, edited(A)), View(T, edited(T)), M, Wanted(edited(M))),
        (View(B, edited(B)), View(A, edited(A)), View(T, T), M, Wanted(M)),
        (View(B, edited(B)), View(A, edited(A)), View(T, edited(T, "other")), M, Wanted(edited(M, "other"))),
        (SILENT, View(A, edited(A)), SILENT, M, Wanted(edited(M.replace("t\n", "t\n")))),
        (SILENT, SILENT, SILENT, M, Wanted(M)),
        (BASE, View(A, None), View(T, T), M, Wanted(None, kept=Keep.DELETED)),
        (BASE, View(A, None), View(T, None), M, Wanted(None, kept=Keep.DELETED)),
        (View(B, edited(B)), View(A, None), View(T, edited(T)), M, Wanted(None, kept=Keep.DELETED)),
        (BASE, View(A, None), View(T, edited(T)), M, Wanted(None, left=DELETED)),
        (View(B, None), View(A, None), View(T, edited(T)), M, Wanted(edited(M))),
        (BASE, SILENT, View(T, T), None, Wanted(None)),
        (BASE, SILENT, View(T, edited(T)), None, Wanted(edited(T), kept=Keep.EDITED)),
        (SILENT, View(None, "own\n"), View(T, T), M, Wanted(None, left=OWN)),
    ],
)  # fmt: skip
def test_wanted(base: View, ours: View, theirs: View, made: str | None, expected: Wanted) -> None:
    assert wanted(base, ours, theirs, made) == expected
    swapped = wanted(base, theirs, ours, made)
    assert swapped == expected


def test_two_edits_of_one_place_stand_between_markers() -> None:
    found = wanted(BASE, View(A, edited(A, "one")), View(T, edited(T, "two")), M)
    assert found.conflict and found.text is not None
    assert "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n" in found.text
    assert found.text.startswith("a\no\n") and found.text.endswith("t\ne\n")


def test_an_edit_where_the_other_side_changed_is_a_conflict() -> None:
    found = wanted(BASE, View(A, A.replace("d\n", "D\n")), View(T, T), M)
    assert found.conflict and found.text and "D\n" in found.text and "t\n" in found.text


def test_package_json_is_merged_as_data() -> None:
    def package(**dependencies: str) -> str:
        return json.dumps({"name": "x", "dependencies": dependencies}, indent=2) + "\n"

    base, made = package(b="1"), package(b="1", n="1")
    ours, theirs = package(a="1", b="1"), package(b="1", c="1", n="1")
    found = wanted(View(base, base), View(base, ours), View(made, theirs), made, as_json=True)
    assert found == Wanted(package(a="1", b="1", c="1", n="1"))
    other = package(a="2", b="1")
    clash = wanted(View(base, base), View(base, ours), View(base, other), made, as_json=True)
    assert clash.conflict and clash.text and '"a": "1"' in clash.text and '"a": "2"' in clash.text


GIT = f"{B}<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> two\n"


@pytest.mark.parametrize(
    ("found", "want", "expected"),
    [
        # As git left it, whatever its markers are labelled with.
        (Found(GIT.replace("two", "abc"), GIT, (B, A, T), unmerged=True), Wanted(M), Wanted(M)),
        (Found(A, GIT, (B, A, T), unmerged=True), Wanted(M), Wanted(M)),
        (Found(B, B, (B, A, T)), Wanted(M), Wanted(M)),
        (Found(B, B, (B, A, T)), Wanted(None), Wanted(None)),
        # Edited since.
        (Found(edited(B), B, (B, A, T)), Wanted(M), Wanted(edited(M))),
        (Found(edited(B), B, (B, A, T)), Wanted(None), Wanted(edited(B), kept=Keep.EDITED)),
        (Found(None, B, (B, A, T)), Wanted(M), Wanted(None, kept=Keep.DELETED)),
        (Found("typed\n" + B, GIT, (B, A, T), unmerged=True), Wanted(M), Wanted("typed\n" + B, left=BY_HAND)),
        (Found(B + "x\n", GIT, (B, A, T), by_hand=True), Wanted(M), Wanted(B + "x\n", left=BY_HAND)),
        (Found(edited(GIT), GIT, (B, A, T), unmerged=True), Wanted(M), Wanted(edited(GIT), left=BEGUN)),
        # A conflict that was settled does not come back.
        (Found(edited(B), B, (B, A, T)), Wanted(GIT, conflict=True), Wanted(edited(B))),
    ],
)  # fmt: skip
def test_placed(found: Found, want: Wanted, expected: Wanted) -> None:
    assert placed(found, want) == expected
    assert expected.text is None or expected.left or not has_markers(expected.text)

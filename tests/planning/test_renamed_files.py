"""Files that moved are found by what is in them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scaffold.planning.plan import Action, Keep, Kept, Plan
from scaffold.planning.renamed_files import find, with_renames
from scaffold.support.errors import UserError

TEXT = "".join(f"line {number} of a file that somebody moved\n" for number in range(20))
OTHER = "".join(f"quite another text, {number}\n" for number in range(30))


def edited(lines: int, text: str = TEXT) -> str:
    every = text.splitlines(keepends=True)
    return "".join(["something else of about the same length\n"] * lines + every[lines:])


def put(top: Path, files: dict[str, str | bytes]) -> None:
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(text if isinstance(text, bytes) else text.encode())


def places(top: Path, missing: dict[str, str], *taken: str) -> dict[str, str]:
    return {old: new for old, (new, _, _) in find(top, missing, {*missing, *taken}).items()}


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        pytest.param("lib/b.ts", TEXT, True, id="moved"),
        pytest.param("a.js", TEXT, True, id="another ending, the same text"),
        pytest.param("a.js", edited(1), False, id="another ending, edited"),
        pytest.param("b.ts", edited(9), True, id="more than half is there"),
        pytest.param("b.ts", edited(12), False, id="less than half is there"),
        pytest.param("b.ts", TEXT.replace("\n", "\r\n"), True, id="other line endings"),
        pytest.param("b.ts", TEXT * 3, False, id="much longer"),
        pytest.param("b.ts", OTHER, False, id="another text"),
        pytest.param("b.ts", b"\xff" + TEXT.encode(), False, id="not UTF-8"),
        pytest.param("node_modules/a.ts", TEXT, False, id="installed"),
        pytest.param(".next/a.ts", TEXT, False, id="built"),
    ],
)
def test_one_file(tmp_path: Path, path: str, text: str | bytes, found: bool) -> None:
    put(tmp_path, {path: text, "README.md": "x\n"})
    assert places(tmp_path, {"src/a.ts": TEXT}) == ({"src/a.ts": path} if found else {})


def test_what_git_ignores_is_no_place(tmp_path: Path) -> None:
    put(tmp_path, {"out/a.ts": TEXT, ".gitignore": "out\n"})
    assert places(tmp_path, {"a.ts": TEXT}) == {"a.ts": "out/a.ts"}
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    assert places(tmp_path, {"a.ts": TEXT}) == {}
    put(tmp_path, {"dist/a.ts": TEXT})
    assert places(tmp_path, {"a.ts": TEXT}) == {"a.ts": "dist/a.ts"}


def test_our_own_files_are_no_places(tmp_path: Path) -> None:
    put(tmp_path, {"b.ts": TEXT, ".scaffold/undo/a.ts": TEXT})
    assert places(tmp_path, {"a.ts": TEXT}, "b.ts") == {}


def test_each_file_counts_once_and_the_likest_first(tmp_path: Path) -> None:
    put(tmp_path, {"x/a.ts": edited(1), "x/b.ts": edited(4), "y.ts": edited(8)})
    missing = {"a.ts": TEXT, "b.ts": edited(4), "c.ts": edited(9)}
    assert places(tmp_path, missing) == {"a.ts": "x/a.ts", "b.ts": "x/b.ts", "c.ts": "y.ts"}


def test_of_two_alike_the_one_of_the_same_name(tmp_path: Path) -> None:
    put(tmp_path, {"b/other.ts": TEXT, "z/a.ts": TEXT})
    assert places(tmp_path, {"src/a.ts": TEXT}) == {"src/a.ts": "z/a.ts"}


def test_small_files_are_alike_by_chance(tmp_path: Path) -> None:
    put(tmp_path, {"b/__init__.py": "", "c/__init__.py": "x = 1\n"})
    assert places(tmp_path, {"a/__init__.py": "", "d/__init__.py": "x = 1\n"}) == {}


def test_links_and_folders_are_no_places(tmp_path: Path) -> None:
    put(tmp_path, {"node_modules/a.ts": TEXT})
    (tmp_path / "b.ts").symlink_to("node_modules/a.ts")
    (tmp_path / "c.ts").mkdir()
    assert places(tmp_path, {"a.ts": TEXT}) == {}


def certain(top: Path, missing: dict[str, str]) -> dict[str, bool]:
    return {old: place.certain for old, place in find(top, missing, missing).items()}


@pytest.mark.parametrize(
    ("files", "sure"),
    [
        pytest.param({"b.ts": TEXT}, True, id="the same text"),
        pytest.param({"x/a.ts": edited(5)}, True, id="the same name"),
        pytest.param({"b.ts": edited(5)}, True, id="the only one"),
        pytest.param({"b.ts": TEXT, "c.ts": edited(2)}, True, id="the same text and a like one"),
        pytest.param({"x/a.ts": TEXT, "c.ts": TEXT}, True, id="a copy of another name"),
        pytest.param({"x/a.ts": edited(2), "y/a.ts": edited(5)}, True, id="the more alike"),
        pytest.param({"b.ts": TEXT, "c.ts": TEXT}, False, id="two copies"),
        pytest.param({"x/a.ts": TEXT, "y/a.ts": TEXT}, False, id="two copies of that name"),
        pytest.param({"b.ts": edited(5), "c.ts": edited(6)}, False, id="two like ones"),
        pytest.param({"b.ts": edited(2), "x/a.ts": edited(6)}, False, id="the name is less alike"),
    ],
)
def test_what_is_certain(tmp_path: Path, files: dict[str, str | bytes], sure: bool) -> None:
    put(tmp_path, files)
    assert certain(tmp_path, {"a.ts": TEXT}) == {"a.ts": sure}


def test_what_a_likelier_one_has_is_no_rival(tmp_path: Path) -> None:
    put(tmp_path, {"x/a.ts": TEXT, "c.ts": TEXT})
    assert certain(tmp_path, {"a.ts": TEXT, "b.ts": TEXT}) == {"a.ts": True, "b.ts": True}


def test_which_of_two_equal_files_went_where(tmp_path: Path) -> None:
    put(tmp_path, {"c.ts": TEXT, "d.ts": TEXT})
    assert certain(tmp_path, {"a.ts": TEXT, "b.ts": TEXT}) == {"a.ts": False, "b.ts": False}
    (tmp_path / "d.ts").unlink()
    assert certain(tmp_path, {"a.ts": TEXT, "b.ts": TEXT}) == {"a.ts": False}


def test_a_name_that_is_not_utf_8_is_no_place(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.ts")).write_text(TEXT)
    assert places(tmp_path, {"a.ts": TEXT}) == {}


PLAN = Plan(kept=(Kept("a.ts", Keep.DELETED),))


def test_the_change_goes_where_the_file_is(tmp_path: Path) -> None:
    put(tmp_path, {"b.ts": edited(2).replace("\n", "\r\n")})
    after = TEXT + "one more\n"
    plan = with_renames(tmp_path, PLAN, {"a.ts": TEXT}, {"a.ts": after})
    [change] = plan.changes
    assert (change.path, change.action, change.moved_from) == ("b.ts", Action.MERGE, "a.ts")
    assert change.after == (edited(2) + "one more\n").replace("\n", "\r\n").encode()
    assert plan.kept == ()


def test_nothing_is_deleted_where_the_file_is(tmp_path: Path) -> None:
    put(tmp_path, {"b.ts": TEXT})
    plan = with_renames(tmp_path, Plan(), {"a.ts": TEXT}, {})
    [entry] = plan.kept
    assert (plan.changes, entry.path, entry.why, entry.to) == ((), "a.ts", Keep.RENAMED, "b.ts")


def test_data_is_only_named(tmp_path: Path) -> None:
    put(tmp_path, {"b.ts": TEXT})
    plan = with_renames(tmp_path, PLAN, {"a.ts": TEXT}, {"a.ts": TEXT + "new\n"}, as_data=("a.ts",))
    assert plan.changes == () and [entry.why for entry in plan.kept] == [Keep.RENAMED]


def test_a_move_of_ours_goes_on_where_the_file_is(tmp_path: Path) -> None:
    put(tmp_path, {"x/a.ts": TEXT})
    plan = Plan(kept=(Kept("b.ts", Keep.DELETED),))
    after = {"b.ts": TEXT + "new\n"}
    done = with_renames(tmp_path, plan, {"a.ts": TEXT}, after, {"b.ts": "a.ts"})
    assert [(change.path, change.moved_from) for change in done.changes] == [("x/a.ts", "a.ts")]
    assert done.kept == ()


def test_markers_in_it_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"b.ts": f"<<<<<<< yours\n=======\n{TEXT}>>>>>>> scaffold\n"})
    with pytest.raises(UserError, match=r"`b\.ts` still has conflict markers"):
        with_renames(tmp_path, PLAN, {"a.ts": TEXT}, {"a.ts": TEXT + "new\n"})

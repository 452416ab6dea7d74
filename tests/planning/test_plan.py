"""What a plan decides for each state of a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.planning.plan import Action, FileChange, Keep, Kept, Plan, has_markers, make_plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from scaffold.writing.apply import apply

OLD, NEW, MINE = "a\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nd\n"
BOTH, CLASH = "A\nb\nc\nD\n", "a\nb\nc\nx\n"
MARKED = "a\nb\nc\n<<<<<<< yours\nx\n=======\nD\n>>>>>>> scaffold\n"


def tree(text: str | None, path: str = "f") -> dict[str, str]:
    return {} if text is None else {path: text}


def crlf(text: str) -> str:
    return text.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after", "disk", "expected"),
    [
        pytest.param(None, NEW, None, (Action.CREATE, NEW), id="create"),
        pytest.param(None, NEW, NEW, None, id="create-is-there"),
        pytest.param(None, NEW, crlf(NEW), None, id="create-is-there-crlf"),
        pytest.param(None, NEW, MINE, Keep.FOREIGN, id="foreign"),
        pytest.param(None, NEW, b"\xff", Keep.FOREIGN, id="foreign-binary"),
        pytest.param(OLD, NEW, OLD, (Action.UPDATE, NEW), id="update"),
        pytest.param(OLD, NEW, crlf(OLD), (Action.UPDATE, crlf(NEW)), id="update-crlf"),
        pytest.param(OLD, NEW, NEW, None, id="update-is-there"),
        pytest.param(OLD, NEW, None, Keep.DELETED, id="stays-deleted"),
        pytest.param(OLD, NEW, MINE, (Action.MERGE, BOTH), id="merge"),
        pytest.param(OLD, NEW, crlf(MINE), (Action.MERGE, crlf(BOTH)), id="merge-crlf"),
        pytest.param(OLD, NEW, BOTH, None, id="merge-is-there"),
        pytest.param(OLD, NEW, CLASH, (Action.MERGE, MARKED), id="conflict"),
        pytest.param(OLD, None, OLD, (Action.DELETE, None), id="delete"),
        pytest.param(OLD, None, crlf(OLD), (Action.DELETE, None), id="delete-crlf"),
        pytest.param(OLD, None, MINE, Keep.EDITED, id="delete-edited"),
        pytest.param(OLD, None, b"\xff", Keep.EDITED, id="delete-binary"),
        pytest.param(OLD, None, None, None, id="delete-is-gone"),
        pytest.param(OLD, OLD, MINE, None, id="no-change"),
        pytest.param(OLD, OLD, b"\xff", None, id="no-change-binary"),
        pytest.param("", NEW, "", (Action.UPDATE, NEW), id="from-empty"),
        pytest.param(OLD, "", OLD, (Action.UPDATE, ""), id="to-empty"),
    ],
)
def test_rules(
    tmp_path: Path,
    before: str | None,
    after: str | None,
    disk: str | bytes | None,
    expected: tuple[Action, str | None] | Keep | None,
) -> None:
    raw = disk.encode() if isinstance(disk, str) else disk
    if raw is not None:
        (tmp_path / "f").write_bytes(raw)
    plan = make_plan(tmp_path, tree(before), tree(after))
    if isinstance(expected, tuple):
        action, text = expected
        conflict = text == MARKED
        data = None if text is None else text.encode()
        assert plan == Plan((FileChange("f", action, raw, data, conflict),))
        assert len(plan.conflicts) == conflict
    else:
        assert plan == Plan((), () if expected is None else (Kept("f", expected),))


@pytest.mark.parametrize(
    ("before", "after", "disk", "expected"),
    [
        (OLD, NEW, "# mine\n" + CLASH, (Action.UPDATE, NEW)),
        (OLD, NEW, None, (Action.CREATE, NEW)),
        (None, NEW, MINE, (Action.UPDATE, NEW)),
        (OLD, None, OLD, (Action.DELETE, None)),
        (OLD, None, MINE, Keep.EDITED),
    ],
)
def test_the_manifest_is_ours(
    tmp_path: Path,
    before: str | None,
    after: str | None,
    disk: str | None,
    expected: tuple[Action, str | None] | Keep,
) -> None:
    if disk is not None:
        (tmp_path / MANIFEST).write_text(disk)
    plan = make_plan(tmp_path, tree(before, MANIFEST), tree(after, MANIFEST))
    if isinstance(expected, Keep):
        assert plan.kept == (Kept(MANIFEST, expected),)
    else:
        text = None if expected[1] is None else expected[1].encode()
        assert [(change.action, change.after) for change in plan.changes] == [(expected[0], text)]


def test_no_change_reads_nothing(tmp_path: Path) -> None:
    same = {"../out": "x", "": "y", "f/g": "z"}
    (tmp_path / "f").write_text("a file where a folder should be")
    assert make_plan(tmp_path, same, dict(same)) == Plan()


def test_paths_are_sorted_and_root_may_be_missing(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "no" / "where", {"z": "1"}, {"b/c": "1", "a": "2", "z": "2"})
    assert [change.path for change in plan.changes] == ["a", "b/c"]
    assert plan.kept == (Kept("z", Keep.DELETED),)


def test_package_json_is_merged_as_data(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{\n    "a": 7,\n    "b": 1\n}')
    before, after = '{"a": 1, "b": 1}', '{"a": 2, "b": 2}'
    plan = make_plan(tmp_path, tree(before, "package.json"), tree(after, "package.json"))
    assert plan.changes[0].after == b'{\n    "a": 7,\n    "b": 2\n}'
    assert plan.changes[0].action is Action.MERGE
    assert plan.conflicts == ()
    assert plan.notes == ("package.json: `a` is `7` here, scaffold has `2`",)
    text = make_plan(
        tmp_path, tree(before, "package.json"), tree(after, "package.json"), json_files=frozenset()
    )
    assert len(text.conflicts) == 1


@pytest.mark.parametrize(
    ("disk", "says"),
    [
        (b"\xff\n", "not UTF-8"),
        (b"\0\n", "NUL byte"),
        (MARKED.encode(), "conflict markers"),
        (b"{", "not valid JSON"),
    ],
)
def test_what_cannot_be_merged(tmp_path: Path, disk: bytes, says: str) -> None:
    path = "package.json" if disk == b"{" else "f"
    (tmp_path / path).write_bytes(disk)
    with pytest.raises(UserError, match=f"`{path}` .*{says}") as caught:
        make_plan(tmp_path, tree(OLD, path), tree(NEW, path))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MARKED, True),
        ("<<<<<<< yours\n", False),
        (" <<<<<<< yours\n>>>>>>> x", False),
        ("<<<<<<< yours\n>>>>>>> x", True),
        ("<<<<<<<\n>>>>>>>\n", False),
    ],
)
def test_markers(text: str, expected: bool) -> None:
    assert has_markers(text) is expected


@pytest.mark.parametrize(
    "path", ["/etc/x", "../x", "a/../../x", "a//b", "", "./x", "a/", "x\0", ".scaffold/x"]
)
def test_paths_that_are_none(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match="not a path inside"):
        make_plan(tmp_path, {}, {path: "x"})


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("link out", "leads out of the project"),
        ("parent out", "leads out of the project"),
        ("dangling out", "leads out of the project"),
        ("folder", "is a folder"),
        ("parent is a file", "parent folders is a file"),
        ("pipe", "not a regular file"),
        ("loop", "cannot read"),
    ],
)
@pytest.mark.parametrize("before", [None, "x"])
def test_what_stands_in_the_way(tmp_path: Path, kind: str, says: str, before: str | None) -> None:
    root, out = tmp_path / "root", tmp_path / "root-out"
    root.mkdir()
    out.mkdir()
    (out / "f").write_text("x")
    place = root / "d" / "f"
    if kind == "parent out":
        (root / "d").symlink_to(out)
    elif kind == "parent is a file":
        (root / "d").write_text("x")
    else:
        (root / "d").mkdir()
        links = {"link out": out / "f", "dangling out": out / "new", "loop": Path("f")}
        if kind in links:
            place.symlink_to(links[kind])
        elif kind == "folder":
            place.mkdir()
        else:
            os.mkfifo(place)
    with pytest.raises(UserError, match=says):
        make_plan(root, tree(before, "d/f"), {"d/f": "y"})


def test_links_inside_are_read_through(tmp_path: Path) -> None:
    root = tmp_path / "link-to-root"
    (tmp_path / "real").mkdir()
    root.symlink_to("real")
    (root / "target").write_text(OLD)
    (root / "f").symlink_to("target")
    assert make_plan(root, tree(OLD), tree(NEW)).changes[0].action is Action.UPDATE


def test_a_link_that_leads_nowhere_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "f").symlink_to("nothing")
    assert make_plan(tmp_path, {}, tree(NEW)).kept == (Kept("f", Keep.FOREIGN),)


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes | str]]:
    """Every entry below `root`: its mode, time and content."""
    found: dict[str, tuple[int, int, bytes | str]] = {}
    for place in sorted(root.rglob("*")):
        status = place.lstat()
        content: bytes | str = b""
        if stat.S_ISLNK(status.st_mode):
            content = os.readlink(place)
        elif stat.S_ISREG(status.st_mode):
            content = place.read_bytes()
        found[str(place.relative_to(root))] = (status.st_mode, status.st_mtime_ns, content)
    return found


PATHS = st.sampled_from(["a", "b/c", "b/d", "e/f/g", MANIFEST])
TREES = st.dictionaries(PATHS, st.sampled_from(["", OLD, NEW, BOTH, "other\n"]), max_size=5)
DISKS = st.dictionaries(
    PATHS, st.sampled_from([OLD, NEW, MINE, CLASH, crlf(OLD), crlf(MINE)]), max_size=5
)


@settings(max_examples=60, deadline=None)
@given(TREES, TREES, DISKS)
def test_plan_and_apply(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, str],
    after: dict[str, str],
    disk: dict[str, str],
) -> None:
    root = tmp_path_factory.mktemp("p")
    for path, text in disk.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    seen = snapshot(root)
    plan = make_plan(root, before, after)
    assert snapshot(root) == seen, "a plan touches nothing"

    apply(root, plan, keep=False)
    assert make_plan(root, after, after).changes == (), "a plan right after apply is empty"
    changed = {change.path: change.after for change in plan.changes}
    for path, text in disk.items():
        expected = changed.get(path, text.encode())
        place = root / path
        assert (place.read_bytes() if place.exists() else None) == expected
    # Whoever did not edit anything has exactly what we emit.
    if disk == before:
        assert {p: (root / p).read_text() for p in after} == after
        assert make_plan(root, before, after) == Plan()
        apply(root, make_plan(root, after, before), keep=False)
        assert {p for p, (mode, _, _) in snapshot(root).items() if stat.S_ISREG(mode)} == {*before}

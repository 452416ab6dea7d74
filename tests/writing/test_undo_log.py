"""Taking back what a plan did: the tree as it was, whatever fails or is killed on the way."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from scaffold.planning.plan import make_plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, STAGE
from scaffold.writing.apply import apply, recover
from scaffold.writing.journal import JOURNAL, KEPT, NOW, UNDO
from scaffold.writing.undo_log import edits, last, plan_of, replaced, take_back
from tests.support.faults import AFTER, BEFORE, PATCHED, Snapshot, inject, killed_at, make, snapshot
from tools.source import git


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Snapshot, Snapshot]:
    """A project where a plan was applied, before and after it; to copy."""
    root = tmp_path_factory.mktemp("done")
    make(root)
    (root / "a").mkdir(mode=0o750)  # empty, and not ours
    old = snapshot(root)
    apply(root, make_plan(root, BEFORE, AFTER))
    return root, old, snapshot(root)


@pytest.fixture
def root(done: tuple[Path, Snapshot, Snapshot], tmp_path: Path) -> Path:
    """A copy of it."""
    return copy(done[0], tmp_path / "p")


def copy(root: Path, target: Path) -> Path:
    shutil.copytree(root, target, symlinks=True)
    return target


def undo(root: Path) -> None:
    recover(root)
    record = last(root)
    assert record is not None
    assert edits(root, record) == []
    take_back(root, record)


def test_the_tree_is_what_it_was(root: Path, done: tuple[Path, Snapshot, Snapshot]) -> None:
    undo(root)
    assert snapshot(root) == done[1]
    assert not (root / STAGE).exists()


def test_commands_are_taken_back_one_by_one(tmp_path: Path) -> None:
    seen = []
    text: dict[str, str] = {}
    for number in range(KEPT + 2):
        seen.append(snapshot(tmp_path))
        new = {"f": f"{number}\n", f"d{number}/f": "x\n"}
        apply(tmp_path, make_plan(tmp_path, text, {**text, **new}))
        text |= new
    for was in reversed(seen[2:]):
        assert (tmp_path / STAGE / ".gitignore").read_text() == "*\n"
        undo(tmp_path)
        assert snapshot(tmp_path) == was
    assert last(tmp_path) is None
    assert not (tmp_path / STAGE).exists()


def test_a_plan_without_a_change_is_not_on_record(tmp_path: Path) -> None:
    apply(tmp_path, make_plan(tmp_path, {}, {"f": "x"}), keep=False)
    apply(tmp_path, make_plan(tmp_path, {"f": "x"}, {"f": "x"}))
    assert last(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def _again(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("1\n")


def _linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("../c/new")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


EDITS: dict[str, Callable[[Path], object]] = {
    "edit": lambda path: path.write_text("mine\n"),
    "new": lambda path: path.unlink(),
    "run.sh": lambda path: path.chmod(0o700),
    "moved": lambda path: path.write_text("mine\n"),
    "deep/er/gone": _again,
    "deep/er": lambda path: path.write_text("a file\n"),
    "a/b/new": _linked,
    "a/c/new": _folder,
    "linked-target": lambda path: (path.parent / "linked").write_text("mine\n"),
}


@pytest.mark.parametrize("path", EDITS)
def test_what_was_edited_since(path: str, root: Path) -> None:
    EDITS[path](root / path)
    record = last(root)
    assert record is not None
    found = edits(root, record)
    assert [edit.path for edit in found] == [path]
    if path == "edit":
        assert (found[0].written, found[0].now) == (b"2\n", b"mine\n")


def test_other_files_may_change_and_stay(root: Path, done: tuple[Path, Snapshot, Snapshot]) -> None:
    (root / "a/b/mine").write_text("mine\n")
    (root / "keep").write_text("mine\n")
    (root / "deep").chmod(0o700)
    undo(root)
    seen = snapshot(root)
    assert {*seen} == {*done[1], "a/b", "a/b/mine"}
    assert seen["keep"][1] == b"mine\n"
    assert stat.S_IMODE(seen["deep"][0]) == 0o700


@pytest.mark.parametrize("what", ["link", "other", "journal", "lacks", "outside", "git's"])
def test_a_record_is_not_trusted(what: str, root: Path, tmp_path: Path) -> None:
    folder = root / STAGE / UNDO / "1"
    old = next((folder / "old").iterdir())
    if what == "link":
        old.unlink()
        old.symlink_to("/etc/hostname")
    elif what == "other":
        (folder / "x").write_text("x")
    elif what == "journal":
        (folder / "journal").write_text("{")
    elif what == "outside":
        text = (folder / "journal").read_text()
        (folder / "journal").write_text(text.replace('"run.sh"', '"../run.sh"'))
    elif what == "git's":
        text = (folder / "journal").read_text()
        (folder / "journal").write_text(text.replace('"run.sh"', '".GIT/hooks/pre-commit"'))
    else:
        shutil.rmtree(folder / "old")
    seen = snapshot(tmp_path)
    with pytest.raises(UserError, match=f"did not put there|`{STAGE}/|lacks|inside|git's own"):
        undo(root)
    assert snapshot(tmp_path) == seen


@pytest.mark.parametrize("place", [f"{STAGE}/{UNDO}", f"{STAGE}/{NOW}"])
def test_what_came_with_a_repository_is_not_carried_out(place: str, root: Path) -> None:
    if place.endswith(NOW):
        shutil.move(root / STAGE / UNDO / "1", root / STAGE / NOW)
    git(root, "init", "--quiet")
    git(root, "add", "--force", "--all", STAGE)
    before = snapshot(root)
    with pytest.raises(UserError, match="git tracks it: scaffold does not carry it out"):
        undo(root)
    assert snapshot(root) == before
    git(root, "rm", "--quiet", "-r", "--cached", STAGE)
    recover(root)


def test_without_what_was_written_there_is_no_diff(root: Path) -> None:
    (root / STAGE / UNDO / "1" / "written").write_text("x")
    (root / "edit").write_text("mine\n")
    record = last(root)
    assert record is not None
    assert edits(root, record)[0].written is None


def test_the_plan_says_what_comes_back(root: Path) -> None:
    record = last(root)
    assert record is not None
    found = {change.path: (change.action, change.after) for change in plan_of(root, record).changes}
    assert found["new"] == ("delete", None)
    assert found["edit"] == ("update", b"1\n")
    assert found["deep/er/gone"] == ("create", b"1\n")
    assert found["moved"] == ("create", b"moved-target\n")


@pytest.mark.slow
def test_a_fault_at_any_step_of_undo(tmp_path: Path, done: tuple[Path, Snapshot, Snapshot]) -> None:
    was, old, new = done
    outcomes = []
    for n in range(1, 1000):
        root = copy(was, tmp_path / str(n))

        def act(number: int, n: int = n) -> None:
            if number == n:
                raise OSError(errno.EIO, "injected")

        with pytest.MonkeyPatch.context() as patch:
            count = inject(patch, act, PATCHED)
            try:
                undo(root)
                raised = False
            except OSError:
                raised = True
        if raised:
            assert snapshot(root) == new, n
            assert last(root) is not None, n
        else:
            recover(root)
            assert snapshot(root) == old, n
            assert last(root) is None, n
        outcomes.append(raised)
        if count[0] < n:
            break
    assert outcomes.count(True) > 40


@pytest.mark.slow
def test_a_kill_at_any_step_of_undo(tmp_path: Path, done: tuple[Path, Snapshot, Snapshot]) -> None:
    was, old, new = done
    seen = []
    for n in range(1, 1000):
        root = copy(was, tmp_path / str(n))
        killed = killed_at(n, partial(undo, root))
        recover(root)
        # The record is there as long as what it takes back is.
        assert snapshot(root) == (old if last(root) is None else new), n
        assert not os.path.lexists(root / STAGE / NOW)
        seen.append(last(root) is None)
        if not killed:
            break
    assert seen == sorted(seen)
    assert seen.count(False) > 20
    assert seen.count(True) > 20


@pytest.mark.slow
def test_a_kill_leaves_a_record_of_what_is_done(tmp_path: Path) -> None:
    for n in range(1, 1000):
        root = tmp_path / str(n)
        root.mkdir()
        make(root)
        old = snapshot(root)
        plan = make_plan(root, BEFORE, AFTER)
        killed = killed_at(n, partial(apply, root, plan))
        recover(root)
        if last(root) is not None:
            undo(root)
        assert snapshot(root) == old, n
        if not killed:
            break


def test_how_commands_changed_a_file(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text("0")
    assert replaced(tmp_path, "package.json") == []
    for text, more in (("1", {}), ("2", {MANIFEST: "name: a"}), ("3", {"b": "b"})):
        old = {"package.json": file.read_text()}
        apply(
            tmp_path,
            make_plan(tmp_path, old, {"package.json": text, **more}, json_files=frozenset()),
        )
    # The first was before the manifest.
    assert replaced(tmp_path, "package.json") == [(b"1", b"2"), (b"2", b"3")]
    assert replaced(tmp_path, "b") == []
    (tmp_path / STAGE / UNDO / "3" / JOURNAL).write_text("{")
    assert len(replaced(tmp_path, "package.json")) <= 1

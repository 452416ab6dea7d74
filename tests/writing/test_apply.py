"""Writing a plan: all or nothing, whatever fails or is killed on the way."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import stat
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from scaffold.planning.plan import Action, FileChange, Plan, make_plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import STAGE
from scaffold.writing import apply as module
from scaffold.writing import journal as journals
from scaffold.writing.apply import apply, lock, recover
from scaffold.writing.journal import BACK, JOURNAL, NOW, UNDO
from tests.support.faults import (
    AFTER,
    BEFORE,
    PATCHED,
    Snapshot,
    in_child,
    inject,
    killed_at,
    make,
    snapshot,
)


@pytest.fixture
def old_and_new(tmp_path: Path) -> tuple[Snapshot, Snapshot]:
    """The project before and after, where nothing goes wrong."""
    root = tmp_path / "reference"
    root.mkdir()
    make(root)
    old = snapshot(root)
    apply(root, make_plan(root, BEFORE, AFTER))
    return old, snapshot(root)


def test_a_whole_plan(old_and_new: tuple[Snapshot, Snapshot]) -> None:
    old, new = old_and_new
    umask = os.umask(0)
    os.umask(umask)
    assert new["edit"] == (stat.S_IFREG | 0o640, b"2\n")
    assert new["run.sh"] == (stat.S_IFREG | 0o755, b"2\n")
    assert new["a/b/new"] == (stat.S_IFREG | (0o644 & ~umask), b"2\n")
    assert new["linked"] == old["linked"]
    assert new["linked-target"][1] == b"2\n"
    assert new["moved-target"] == old["moved-target"]
    stays = {"linked-target", "moved-target", "deep", "deep/stays", "deep/stays/users"}
    assert {*new} == {*AFTER, *stays, "a", "a/b", "a/c"}


def test_an_empty_plan_touches_nothing(tmp_path: Path) -> None:
    apply(tmp_path / "root", Plan())
    same = FileChange("f", Action.UPDATE, b"1", b"1")
    apply(tmp_path / "root", Plan((same,)))
    assert list(tmp_path.iterdir()) == []


def test_a_missing_root_is_made(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    apply(root, make_plan(root, {}, {"c/d": "x"}))
    assert [*snapshot(tmp_path)] == ["a", "a/b", "a/b/c", "a/b/c/d"]


@pytest.mark.parametrize("then", ["edited", "deleted", "appeared"])
def test_a_file_that_changed_meanwhile(tmp_path: Path, then: str) -> None:
    make(tmp_path)
    plan = make_plan(tmp_path, BEFORE, AFTER)
    path = {"edited": "run.sh", "deleted": "run.sh", "appeared": "new"}[then]
    if then == "deleted":
        (tmp_path / path).unlink()
    else:
        (tmp_path / path).write_text("meanwhile")
    seen = snapshot(tmp_path)
    with pytest.raises(UserError, match=f"`{path}` changed"):
        apply(tmp_path, plan)
    assert snapshot(tmp_path) == seen


def test_two_names_for_one_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").symlink_to("a")
    seen = snapshot(tmp_path)
    with pytest.raises(UserError, match="`a` is a link to another"):
        two = (FileChange(name, Action.UPDATE, b"1", b"2") for name in "ab")
        apply(tmp_path, Plan(tuple(two)))
    assert snapshot(tmp_path) == seen


def test_a_link_that_now_leads_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    plan = make_plan(root, {}, {"d/f": "x"})
    (root / "d").symlink_to(tmp_path)
    with pytest.raises(UserError, match="leads out"):
        apply(root, plan)
    assert not (tmp_path / "f").exists()


def test_a_fault_at_any_step(tmp_path: Path, old_and_new: tuple[Snapshot, Snapshot]) -> None:
    old, new = old_and_new
    outcomes = []
    for n in range(1, 1000):
        root = tmp_path / str(n)
        root.mkdir()
        make(root)
        plan = make_plan(root, BEFORE, AFTER)

        def act(number: int, n: int = n) -> None:
            if number == n:
                raise OSError(errno.EIO, "injected")

        with pytest.MonkeyPatch.context() as patch:
            count = inject(patch, act, PATCHED)
            try:
                apply(root, plan)
                raised = False
            except OSError:
                raised = True
        if raised:
            assert snapshot(root) == old, n
        else:  # only clearing the stage away may fail without a word, the next command does it
            recover(root)
            assert snapshot(root) == new, n
        outcomes.append(raised)
        if count[0] < n:
            break
    assert outcomes.count(True) > 60
    assert outcomes == sorted(outcomes, reverse=True)


def test_an_interrupt_rolls_back(tmp_path: Path) -> None:
    make(tmp_path)
    old = snapshot(tmp_path)
    plan = make_plan(tmp_path, BEFORE, AFTER)

    def act(number: int) -> None:
        if number == 5:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        inject(patch, act, ("replace",))
        with pytest.raises(KeyboardInterrupt):
            apply(tmp_path, plan)
    assert snapshot(tmp_path) == old


def test_a_fault_removes_a_root_that_was_made(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    plan = make_plan(root, {}, {"c/d": "x", "e": "y"})

    def act(number: int) -> None:
        if number == 2:
            raise OSError(errno.EIO, "injected")

    with pytest.MonkeyPatch.context() as patch:
        inject(patch, act, ("replace",))
        with pytest.raises(OSError, match="injected"):
            apply(root, plan)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
@pytest.mark.parametrize("name", ["write", "replace", "mkdir"])
def test_what_the_system_refuses_is_a_user_error(tmp_path: Path, number: int, name: str) -> None:
    make(tmp_path)
    old = snapshot(tmp_path)
    plan = make_plan(tmp_path, BEFORE, AFTER)

    def act(call: int) -> None:
        if call == 6:
            raise OSError(number, os.strerror(number))

    with pytest.MonkeyPatch.context() as patch:
        inject(patch, act, (name,))
        with pytest.raises(UserError, match=f"cannot write `[^`]+`: {os.strerror(number)}"):
            apply(tmp_path, plan)
    assert snapshot(tmp_path) == old


def test_a_failed_roll_back_is_finished_later(tmp_path: Path) -> None:
    make(tmp_path)
    old = snapshot(tmp_path)
    plan = make_plan(tmp_path, BEFORE, AFTER)

    def act(number: int) -> None:
        if number in (6, 9):
            raise OSError(errno.EIO, "injected")

    with pytest.MonkeyPatch.context() as patch:
        inject(patch, act, ("replace",))
        with pytest.raises(OSError, match="injected") as caught:
            apply(tmp_path, plan)
    assert "rolling back failed as well" in caught.value.__notes__[0]
    assert snapshot(tmp_path) != old
    assert recover(tmp_path)
    assert snapshot(tmp_path) == old


@pytest.mark.slow
def test_a_kill_at_any_step(tmp_path: Path, old_and_new: tuple[Snapshot, Snapshot]) -> None:
    old, new = old_and_new
    seen = []
    for n in range(1, 1000):
        root = tmp_path / str(n)
        root.mkdir()
        make(root)
        plan = make_plan(root, BEFORE, AFTER)
        killed = killed_at(n, partial(apply, root, plan))
        recover(root)
        assert snapshot(root) in (old, new), n
        seen.append(snapshot(root) == new)
        assert not recover(root)
        if not killed:
            break
    # Everything before the journal's rename gives the old tree, everything after it the new one.
    assert seen == sorted(seen)
    assert seen.count(False) > 20
    assert seen.count(True) > 20


@pytest.mark.slow
def test_a_kill_while_recovering(tmp_path: Path, old_and_new: tuple[Snapshot, Snapshot]) -> None:
    _, new = old_and_new
    root = tmp_path / "root"
    root.mkdir()
    make(root)
    plan = make_plan(root, BEFORE, AFTER)
    n = 1
    while not (root / STAGE / NOW / JOURNAL).exists():  # killed just after the commit
        assert killed_at(n, lambda: apply(root, plan))
        if not (root / STAGE / NOW / JOURNAL).exists():
            recover(root)
        n += 1
    kills = 0
    while killed_at(kills + 1, lambda: recover(root)):  # every time one call further
        kills += 1
    assert snapshot(root) == new
    assert kills > 10


@pytest.mark.slow
@pytest.mark.parametrize("fault", [60, 66, 72, 78])
def test_a_kill_while_rolling_back(
    tmp_path: Path, old_and_new: tuple[Snapshot, Snapshot], fault: int
) -> None:
    old, new = old_and_new
    outcomes = set()
    for n in range(fault + 1, 1000):
        root = tmp_path / str(n)
        root.mkdir()
        make(root)
        plan = make_plan(root, BEFORE, AFTER)
        killed = killed_at(n, partial(apply, root, plan), fault)
        recover(root)
        outcomes.add("old" if snapshot(root) == old else "new" if snapshot(root) == new else f"{n}")
        if not killed:
            break
    assert outcomes <= {"old", "new"}
    assert "old" in outcomes


def stopped(root: Path) -> None:
    """A project whose apply was killed right after the commit, with nothing replaced yet."""
    make(root)
    plan = make_plan(root, BEFORE, AFTER)

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(journals, "forward", lambda *args: os._exit(9))
            apply(root, plan)

    assert in_child(run) == 9
    assert (root / STAGE / NOW / JOURNAL).exists()


@pytest.mark.parametrize("path", ["edit", "new", "deep/er/gone"])
def test_recover_never_overwrites_an_edit(tmp_path: Path, path: str) -> None:
    stopped(tmp_path)
    (tmp_path / path).write_text("edited after the kill")
    seen = snapshot(tmp_path)
    with pytest.raises(UserError, match=f"`{path}` changed after"):
        recover(tmp_path)
    assert snapshot(tmp_path) == seen


def test_apply_recovers_first(tmp_path: Path, old_and_new: tuple[Snapshot, Snapshot]) -> None:
    root = tmp_path / "p"
    root.mkdir()
    stopped(root)
    apply(root, Plan((FileChange("edit", Action.UPDATE, b"2\n", b"3\n"),)))
    mode = stat.S_IFREG | 0o640
    assert snapshot(root) == {**old_and_new[1], "edit": (mode, b"3\n")}


def test_recover_where_there_is_nothing(tmp_path: Path) -> None:
    assert not recover(tmp_path)
    assert not recover(tmp_path / "missing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["file", "other", "record", "nested", "link", "link inside"])
def test_a_stage_that_is_not_ours(tmp_path: Path, what: str) -> None:
    root, out = tmp_path / "root", tmp_path / "out"
    (out / "new").mkdir(parents=True)
    (out / "new" / "0").write_text("theirs")
    root.mkdir()
    stage = root / STAGE
    if what == "file":
        stage.write_text("x")
    elif what == "link":
        stage.symlink_to(out)
    else:
        now = stage / NOW
        (now / "new").mkdir(parents=True)
        (stage / UNDO).mkdir()
        if what == "other":
            (stage / "config.yml").write_text("x")
        elif what == "record":
            (stage / UNDO / "config.yml").write_text("x")
        elif what == "nested":
            (now / "new" / "template.txt").write_text("x")
        else:
            (now / "new" / "0").symlink_to(out / "new" / "0")
    seen = snapshot(tmp_path)
    for call in (lambda: recover(root), lambda: apply(root, make_plan(root, {}, {"f": "x"}))):
        with pytest.raises(UserError, match="did not put there"):
            call()
    assert snapshot(tmp_path) == seen


WHOLE = {
    "version": 3,
    "steps": [],
    "made": {},
    "modes": {},
    "command": "",
    "keep": True,
    "pops": "",
}


@pytest.mark.parametrize(
    ("journal", "says"),
    [
        ("{", "damaged"),
        ("[]", "damaged"),
        ({**WHOLE, "version": 1}, "another version"),
        ({**WHOLE, "steps": [["f", "chmod", "", 0, 0, ""]]}, "damaged"),
        ({**WHOLE, "steps": [["f", "create"]]}, "damaged"),
        ({**WHOLE, "pops": "../.."}, "damaged"),
        ({**WHOLE, "steps": [["../f", "create", "", 0, 0, ""]]}, "inside"),
        ({**WHOLE, "made": {"/x": None}}, "inside"),
        ({**WHOLE, "modes": {"../x": 1}}, "inside"),
    ],
)
@pytest.mark.parametrize("name", [JOURNAL, BACK])
def test_a_journal_is_not_trusted(
    tmp_path: Path, journal: str | dict[str, Any], says: str, name: str
) -> None:
    now = tmp_path / "root" / STAGE / NOW
    (now / "new").mkdir(parents=True)
    (now / "new" / "0").write_text("evil")
    (now / name).write_text(journal if isinstance(journal, str) else json.dumps(journal))
    seen = snapshot(tmp_path)
    with pytest.raises(UserError, match=says):
        recover(tmp_path / "root")
    assert snapshot(tmp_path) == seen


def test_lock_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for root in (tmp_path / "there", tmp_path / "a" / "b"):
        with lock(root):
            assert root.is_dir()
    assert [*snapshot(tmp_path)] == ["there"]
    with lock(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "c").write_text("x")
    assert [*snapshot(tmp_path)] == ["a", "a/b", "a/b/c", "there"]


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_lock_on_what_is_no_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("x")
    with (
        pytest.raises(UserError, match=": Not a directory"),
        lock(tmp_path / path),
    ):
        pass


def test_lock_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WAIT", 0.1)
    started = time.monotonic()
    with lock(tmp_path), pytest.raises(UserError, match="still at work"), lock(tmp_path):
        pass
    assert 0.1 <= time.monotonic() - started < 2
    with lock(tmp_path):
        pass


def test_lock_is_released_by_a_kill(tmp_path: Path) -> None:
    def run() -> None:
        with lock(tmp_path):
            os._exit(9)

    assert in_child(run) == 9
    with lock(tmp_path):
        pass


def count_up(root: Path, times: int) -> None:
    for _ in range(times):
        with lock(root):
            recover(root)
            numbers = (root / "a").read_text() if (root / "a").exists() else ""
            before = {"a": numbers, "b": numbers} if numbers else {}
            plan = make_plan(root, before, {"a": numbers + "1", "b": numbers + "1"})
            time.sleep(0.001)
            apply(root, plan)


def test_two_processes_do_not_interleave(tmp_path: Path) -> None:
    root = tmp_path / "made" / "by" / "either"
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=count_up, args=(root, 20)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert (root / "a").read_text() == (root / "b").read_text() == "1" * 40


def test_it_is_fast(tmp_path: Path) -> None:
    after = {f"d{n % 4}/f{n}": "x\n" * 100 for n in range(12)}
    best = 1.0
    for n in range(5):
        plan = make_plan(tmp_path / str(n), {}, after)
        started = time.perf_counter()
        apply(tmp_path / str(n), plan)
        best = min(best, time.perf_counter() - started)
    assert best < 0.25, "12 files in a few ms; the limit is for slow disks"

"""What git knows of a merge, asked of real repositories in each state that one can be in."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from scaffold.branches.git_merge import (
    Files,
    Merge,
    blobs,
    dirty,
    find_merge,
    require_free,
    stage,
)
from scaffold.support.errors import UserError
from tools.source import git


class Repository:
    """A repository with the branches `main` and `other`, which went apart after a first commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        git(root, "init", "--quiet", "--initial-branch=main")

    def commit(self, name: str, **files: str | None) -> str:
        """Writes files (None: deletes one), commits them, and tags the commit."""
        for path, text in files.items():
            place = self.root / path.replace("__", "/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.unlink() if text is None else place.write_text(text)
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", f"--message={name}")
        git(self.root, "tag", name)
        return name

    def apart(self, ours: Mapping[str, str | None], theirs: Mapping[str, str | None]) -> None:
        """`base`, then `ours` on main, where HEAD is, and `theirs` on other."""
        self.commit("base", both="1\n", mine="1\n", yours="1\n")
        git(self.root, "switch", "--quiet", "--create", "other")
        self.commit("theirs", **theirs)
        git(self.root, "switch", "--quiet", "main")
        self.commit("ours", **ours)

    def fails(self, *args: str) -> None:
        """A git command that leaves conflicts."""
        with pytest.raises(subprocess.CalledProcessError):
            git(self.root, *args)

    def found(self) -> Merge:
        """The merge that is there."""
        merge = find_merge(self.root)
        assert merge is not None
        return merge

    def texts(self, files: Files | None) -> dict[str, str]:
        """Files by their content."""
        assert files is not None
        known = blobs(self.root, files.values())
        return {path: known[one].decode() for path, one in files.items()}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """One without a commit."""
    return Repository(tmp_path / "r")


CONFLICT = ({"both": "ours\n", "mine": "2\n"}, {"both": "theirs\n", "yours": "2\n"})
BASE = {"both": "1\n", "mine": "1\n", "yours": "1\n"}
OURS = {**BASE, **CONFLICT[0]}
THEIRS = {**BASE, **CONFLICT[1]}


def unmerged(repository: Repository, merge: Merge) -> dict[str, list[int]]:
    """Paths that git could not settle, each with its stages."""
    return {path: sorted(stages) for path, stages in merge.unmerged.items()}


def test_no_merge(repository: Repository) -> None:
    assert find_merge(repository.root) is None  # no commit yet
    repository.commit("one", file="1\n")
    repository.commit("two", file="2\n")
    assert find_merge(repository.root) is None


def test_a_merge_with_a_conflict(repository: Repository) -> None:
    repository.apart(*CONFLICT)
    repository.fails("merge", "other")
    merge = repository.found()
    assert merge.kind == "merge" and merge.is_going_on
    assert repository.texts(merge.base) == BASE
    assert repository.texts(merge.ours) == OURS
    assert repository.texts(merge.theirs) == THEIRS
    result = repository.texts(merge.result)
    assert (result["mine"], result["yours"]) == ("2\n", "2\n")
    assert "<<<<<<< " in result["both"] and ">>>>>>> " in result["both"]
    assert unmerged(repository, merge) == {"both": [1, 2, 3]}
    assert repository.texts({"both": merge.unmerged["both"][3]}) == {"both": "theirs\n"}
    assert [name.split(" ", 1)[1] for name in merge.names] == ["ours", "theirs"]
    assert merge.by_hand == frozenset()


def test_what_somebody_settled_already(repository: Repository) -> None:
    repository.apart(*CONFLICT)
    repository.fails("merge", "other")
    (repository.root / "both").write_text("settled\n")
    assert dirty(repository.root) == {"both"}
    stage(repository.root, ["both"])
    merge = repository.found()
    assert merge.unmerged == {} and merge.by_hand == {"both"} and merge.is_going_on
    assert dirty(repository.root) == set()


def test_a_merge_that_git_made(repository: Repository) -> None:
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    git(repository.root, "merge", "--quiet", "--no-edit", "other")
    merge = repository.found()
    assert merge.kind == "merged" and not merge.is_going_on
    assert repository.texts(merge.ours) == {**BASE, "mine": "2\n"}
    assert repository.texts(merge.theirs) == {**BASE, "yours": "2\n"}
    assert repository.texts(merge.result) == {**BASE, "mine": "2\n", "yours": "2\n"}
    repository.commit("after", more="1\n")
    assert find_merge(repository.root) is None


@pytest.mark.parametrize("backend", ["--merge", "--apply"])
def test_a_rebase(repository: Repository, backend: str) -> None:
    repository.apart(*CONFLICT)
    git(repository.root, "switch", "--quiet", "other")
    repository.fails("rebase", backend, "main")
    merge = repository.found()
    assert merge.kind == "rebase" and merge.is_going_on
    # Ours is what HEAD was: the branch that the commits are put on.
    assert repository.texts(merge.ours) == OURS
    assert repository.texts(merge.theirs) == THEIRS
    assert repository.texts(merge.base) == BASE
    assert unmerged(repository, merge) == {"both": [1, 2, 3]}


def test_a_rebase_that_has_ended(repository: Repository) -> None:
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    git(repository.root, "switch", "--quiet", "other")
    git(repository.root, "rebase", "--quiet", "main")
    merge = repository.found()
    assert merge.kind == "rebased" and not merge.is_going_on
    assert repository.texts(merge.base) == BASE
    assert repository.texts(merge.ours) == {**BASE, "mine": "2\n"}
    assert repository.texts(merge.theirs) == {**BASE, "yours": "2\n"}
    assert repository.texts(merge.result) == {**BASE, "mine": "2\n", "yours": "2\n"}
    repository.commit("after", more="1\n")
    assert find_merge(repository.root) is None


def test_a_cherry_pick(repository: Repository) -> None:
    repository.apart(*CONFLICT)
    git(repository.root, "switch", "--quiet", "other")
    repository.commit("picked", both="picked\n", more="1\n")
    git(repository.root, "switch", "--quiet", "main")
    repository.fails("cherry-pick", "picked")
    merge = repository.found()
    assert merge.kind == "cherry-pick" and merge.is_going_on
    # The base is the commit before the one that is picked.
    assert repository.texts(merge.base) == THEIRS
    assert repository.texts(merge.ours) == OURS
    assert repository.texts(merge.theirs) == {**THEIRS, "both": "picked\n", "more": "1\n"}
    result = repository.texts(merge.result)
    assert (result["more"], result["yours"]) == ("1\n", "1\n") and "<<<<<<< " in result["both"]


def test_a_cherry_pick_of_a_first_commit(repository: Repository) -> None:
    repository.commit("one", both="ours\n")
    git(repository.root, "switch", "--quiet", "--orphan", "other")
    repository.commit("first", both="theirs\n")
    git(repository.root, "switch", "--quiet", "main")
    repository.fails("cherry-pick", "first")
    merge = repository.found()
    assert merge.base == {} and repository.texts(merge.theirs) == {"both": "theirs\n"}
    assert unmerged(repository, merge) == {"both": [2, 3]}


def test_a_revert(repository: Repository) -> None:
    repository.commit("one", both="1\n", mine="1\n")
    repository.commit("two", both="2\n", mine="2\n")
    repository.commit("three", both="3\n")
    repository.fails("revert", "--no-edit", "two")
    merge = repository.found()
    assert merge.kind == "revert" and merge.is_going_on
    assert repository.texts(merge.base) == {"both": "2\n", "mine": "2\n"}
    assert repository.texts(merge.ours) == {"both": "3\n", "mine": "2\n"}
    assert repository.texts(merge.theirs) == {"both": "1\n", "mine": "1\n"}
    assert repository.texts(merge.result)["mine"] == "1\n"


def test_a_conflict_of_which_only_the_index_tells(repository: Repository) -> None:
    repository.commit("one", both="1\n", mine="1\n")
    (repository.root / "both").write_text("theirs\n")
    git(repository.root, "stash", "--quiet")
    repository.commit("two", both="ours\n")
    repository.fails("stash", "pop")
    merge = repository.found()
    assert merge.kind == "stages" and merge.is_going_on and merge.result is None
    assert repository.texts(merge.base) == {"both": "1\n"}
    assert repository.texts(merge.ours) == {"both": "ours\n"}
    assert repository.texts(merge.theirs) == {"both": "theirs\n"}
    assert merge.names == ()


def test_a_file_that_one_side_deleted(repository: Repository) -> None:
    repository.apart({"both": None}, {"both": "theirs\n"})
    repository.fails("merge", "other")
    merge = repository.found()
    assert unmerged(repository, merge) == {"both": [1, 3]}
    assert "both" not in merge.ours and repository.texts(merge.theirs)["both"] == "theirs\n"


def test_a_project_below_the_top_of_its_repository(repository: Repository) -> None:
    repository.commit("base", app__file="1\n", other="1\n")
    git(repository.root, "switch", "--quiet", "--create", "other")
    repository.commit("theirs", app__file="2\n", other="2\n")
    git(repository.root, "switch", "--quiet", "main")
    repository.commit("ours", app__file="3\n", other="3\n")
    repository.fails("merge", "other")
    merge = find_merge(repository.root / "app")
    assert merge is not None
    assert set(merge.base) == set(merge.result or {}) == set(merge.unmerged) == {"file"}
    assert dirty(repository.root / "app") == {"file"}


def test_only_regular_files_count(repository: Repository) -> None:
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    (repository.root / "link").symlink_to("mine")
    repository.commit("linked")
    git(repository.root, "merge", "--quiet", "--no-edit", "other")
    assert "link" not in repository.found().ours


def test_odd_names(repository: Repository) -> None:
    odd = "a b\tc\n'é.txt"
    (repository.root / odd).write_text("1\n")
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    git(repository.root, "merge", "--quiet", "--no-edit", "other")
    assert repository.texts(repository.found().result)[odd] == "1\n"
    (repository.root / odd).write_text("2\n")
    assert dirty(repository.root) == {odd}
    stage(repository.root, [odd])
    assert dirty(repository.root) == set()
    (repository.root / odd).unlink()
    stage(repository.root, [odd])
    assert odd not in git(repository.root, "ls-files", "-z").split("\0")


def test_what_cannot_be_settled(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not in a git repository, so there is no merge"):
        find_merge(tmp_path)
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    git(repository.root, "switch", "--quiet", "--create", "third", "base")
    repository.commit("third-commit", more="1\n")
    git(repository.root, "switch", "--quiet", "main")
    git(repository.root, "merge", "--quiet", "--no-commit", "other", "third")
    with pytest.raises(UserError, match="more than two branches are merged at once") as caught:
        find_merge(repository.root)
    assert caught.value.hint == "`git merge --abort`, then merge one branch at a time"


def test_a_clone_that_is_too_shallow(repository: Repository, tmp_path: Path) -> None:
    repository.apart({"mine": "2\n"}, {"yours": "2\n"})
    clone = tmp_path / "clone"
    args = ["--quiet", "--depth=1", "--no-single-branch", f"file://{repository.root}", str(clone)]
    git(tmp_path, "clone", *args)
    args = ["--quiet", "--no-edit", "--allow-unrelated-histories", "-X", "ours", "origin/other"]
    git(clone, "merge", *args)
    with pytest.raises(UserError, match="this clone is too shallow") as caught:
        find_merge(clone)
    assert "`git fetch --unshallow`" in (caught.value.hint or "")


def test_another_git_at_work(repository: Repository) -> None:
    repository.commit("one", file="1\n")
    require_free(repository.root)
    lock = repository.root / ".git/index.lock"
    lock.touch()
    with pytest.raises(UserError, match="another git is at work") as caught:
        require_free(repository.root)
    assert str(lock) in (caught.value.hint or "")
    (repository.root / "file").write_text("2\n")
    with pytest.raises(UserError, match="`git update-index` failed"):
        stage(repository.root, ["file"])


def test_nothing_asked_nothing_run(repository: Repository, tmp_path: Path) -> None:
    assert blobs(tmp_path / "none", []) == {}
    stage(tmp_path / "none", [])
    repository.commit("one", empty="", binary="\0\n\n")
    ids = git(repository.root, "ls-tree", "-r", "--object-only", "HEAD").split()
    assert sorted(blobs(repository.root, [*ids, *ids]).values()) == [b"", b"\0\n\n"]

"""Every file of a merge: what is written, what is kept, and what is left to the user."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scaffold.branches import merge_tree
from scaffold.branches.git_merge import Merge
from scaffold.branches.merge_file import BEGUN, BY_HAND, DELETED, OWN
from scaffold.branches.merge_tree import MARKERS, NO_TEXT, Branch, Left, Result, reconcile
from scaffold.planning.plan import Action, Keep
from scaffold.support.errors import UserError
from tools.source import git

# What scaffold makes: of the base, of each side, of both.
B, A, T, M = (
    f"a\n{one}b\nc\nd\n{two}e\n"
    for one, two in (("", ""), ("o\n", ""), ("", "t\n"), ("o\n", "t\n"))
)
MADE = (B, A, T)
FILE = "src/file.ts"


def edited(text: str, word: str = "mine") -> str:
    """A line more, in a place where scaffold changes nothing."""
    return text.replace("c\n", f"c\n{word}\n")


class Project:
    """A repository with blobs, and a folder that stands as git left it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        git(root, "init", "--quiet")
        self._ids: dict[str | bytes, str] = {}

    def id_of(self, text: str | bytes) -> str:
        """The blob with that content."""
        if text not in self._ids:
            place = self.root / ".git/given"
            place.write_bytes(text if isinstance(text, bytes) else text.encode())
            self._ids[text] = git(self.root, "hash-object", "-w", str(place)).strip()
        return self._ids[text]

    def write(self, text: str | bytes | None, path: str = FILE) -> None:
        """What stands on disk (None: no file)."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        if text is not None:
            place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def merge(
        self,
        sides: tuple[str | bytes | None, ...],
        git_made: str | bytes | None,
        *,
        path: str = FILE,
        unmerged: bool = False,
        by_hand: bool = False,
        kind: str = "merge",
    ) -> Merge:
        """A merge of one file: base, ours and theirs, and what git made of it."""
        base, ours, theirs, result = (
            {} if text is None else {path: self.id_of(text)} for text in (*sides, git_made)
        )
        stages = {
            number: side[path]
            for number, side in enumerate((base, ours, theirs), 1)
            if unmerged and path in side
        }
        return Merge(
            kind,
            base,
            ours,
            theirs,
            None if kind == "stages" else result,
            {path: stages} if stages else {},
            frozenset({path} if by_hand else ()),
        )

    def settle(
        self,
        merge: Merge,
        made: str | None,
        sides: tuple[str | None, ...] = MADE,
        *,
        path: str = FILE,
    ) -> Result:
        """`sides` and `made` are what scaffold makes of each side and of the merged manifest."""
        branches = [Branch({} if text is None else {path: text}, {}) for text in sides]
        given = {} if made is None else {path: made}
        return reconcile(merge_tree.Texts(self.root, merge), branches, given, {path})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty one."""
    return Project(tmp_path)


def change_of(result: Result) -> tuple[Action, bytes | None, bytes | None, bool]:
    """The only change, where nothing is left, kept or noted."""
    assert (result.left, result.plan.kept, result.plan.notes, result.foreign) == (
        (),
        (),
        (),
        frozenset(),
    )
    (change,) = result.plan.changes
    assert change.path == FILE
    return change.action, change.before, change.after, change.conflict


def only(result: Result, **expected: Any) -> None:
    """Nothing but what is expected."""
    found = {
        "changes": result.plan.changes,
        "kept": tuple((one.path, one.why) for one in result.plan.kept),
        "notes": result.plan.notes,
        "left": result.left,
        "foreign": result.foreign,
    }
    empty = {"changes": (), "kept": (), "notes": (), "left": (), "foreign": frozenset()}
    assert found == {**empty, **expected}


def test_nothing_to_do(project: Project) -> None:
    project.write(M)
    only(project.settle(project.merge((B, A, T), M), M))
    project.write(B)
    only(project.settle(project.merge((B, B, B), B), B, (B, B, B)))


def test_a_file_as_git_left_it_becomes_what_scaffold_makes(project: Project) -> None:
    project.write(B)
    found = project.settle(project.merge((B, A, T), B), M)
    assert change_of(found) == (Action.UPDATE, B.encode(), M.encode(), False)


def test_edits_of_a_side_stay(project: Project) -> None:
    project.write(edited(A))
    found = project.settle(project.merge((B, edited(A), T), edited(A)), M)
    assert change_of(found) == (Action.MERGE, edited(A).encode(), edited(M).encode(), False)


def test_a_file_that_only_the_merged_manifest_makes(project: Project) -> None:
    merge = project.merge((None, None, None), None)
    found = project.settle(merge, M, (None, None, None))
    assert change_of(found) == (Action.CREATE, None, M.encode(), False)
    # The user has one of that name: it is theirs.
    project.write("own\n")
    only(project.settle(merge, M, (None, None, None)), foreign=frozenset({FILE}))
    project.write(M)
    only(project.settle(merge, M, (None, None, None)))


def test_a_file_that_no_longer_is_made(project: Project) -> None:
    # Ours removed it; theirs has what scaffold made, or also an edit.
    made = (B, None, T)
    project.write(T)
    found = project.settle(project.merge((B, None, T), T, unmerged=True), None, made)
    assert change_of(found) == (Action.DELETE, T.encode(), None, False)
    project.write(edited(T))
    found = project.settle(project.merge((B, None, edited(T)), T, unmerged=True), None, made)
    only(found, kept=((FILE, Keep.EDITED),))


def test_a_file_that_was_deleted_on_purpose(project: Project) -> None:
    merge = project.merge((B, None, B), None)
    # Kept out, and told only where a side had another file than it would be now.
    only(project.settle(merge, M, (B, A, B)), kept=((FILE, Keep.DELETED),))
    only(project.settle(merge, B, (B, B, B)))
    merge = project.merge((B, None, edited(B)), None, unmerged=True)
    only(project.settle(merge, B, (B, B, B)), left=(Left(FILE, DELETED),))


def test_both_sides_edited_one_place(project: Project) -> None:
    markers = edited(B, "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other")
    merge = project.merge((B, edited(A, "one"), edited(T, "two")), markers, unmerged=True)
    project.write(markers)
    action, _, after, conflict = change_of(project.settle(merge, M, (B, A, T)))
    assert action is Action.MERGE and conflict
    text = (after or b"").decode()
    assert "<<<<<<< ours\none\n=======\ntwo\n>>>>>>> theirs\n" in text
    assert text.startswith("a\no\n") and text.endswith("t\ne\n")
    # They are there already: there is nothing to write, and something to do.
    project.write(text)
    only(project.settle(merge, M, (B, A, T)), left=(Left(FILE, MARKERS),))


def test_what_was_settled_by_hand_stays(project: Project) -> None:
    sides = (B, edited(B, "one"), edited(B, "two"))
    markers = edited(B, "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> other")
    project.write(edited(B, "both"))
    # Not staged yet: the user has to. Staged: it is told, no more.
    found = project.settle(project.merge(sides, markers, unmerged=True), M)
    only(found, left=(Left(FILE, BY_HAND),))
    found = project.settle(project.merge(sides, markers, by_hand=True), M)
    only(found, notes=(f"{FILE}: {BY_HAND}",))
    project.write(f"typed\n{markers}")
    found = project.settle(project.merge(sides, markers, unmerged=True), M)
    only(found, left=(Left(FILE, BEGUN),))


def test_an_edit_since_a_clean_merge_is_carried(project: Project) -> None:
    project.write(edited(B, "since"))
    found = project.settle(project.merge((B, A, T), B), M)
    expected = (Action.MERGE, edited(B, "since").encode(), edited(M, "since").encode(), False)
    assert change_of(found) == expected


def test_somebodys_own_file_on_one_side(project: Project) -> None:
    project.write(T)
    found = project.settle(project.merge((None, "own\n", T), T), M, (None, None, T))
    only(found, left=(Left(FILE, OWN),))


@pytest.mark.parametrize("place", ["disk", "ours", "base"])
def test_what_is_no_text_is_left(project: Project, place: str) -> None:
    odd = b"\xff\xfe"
    project.write(odd if place == "disk" else B)
    sides = tuple(odd if place == name else B for name in ("base", "ours", "theirs"))
    only(project.settle(project.merge(sides, B), M), left=(Left(FILE, NO_TEXT),))


def test_line_endings_of_the_disk_stay(project: Project) -> None:
    base, ours, theirs, both = (text.replace("\n", "\r\n") for text in (B, A, T, M))
    project.write(base)
    found = project.settle(project.merge((base, ours, theirs), base), M)
    assert change_of(found) == (Action.UPDATE, base.encode(), both.encode(), False)


def test_package_json_merges_as_data(project: Project) -> None:
    def package(*names: str) -> str:
        inner = ",\n".join(f'    "{name}": "1"' for name in names)
        return f'{{\n  "dependencies": {{\n{inner}\n  }}\n}}\n'

    made = package("b", "n")
    base, ours, theirs = package("b"), package("a", "b"), package("b", "c")
    project.write(package("b"), "package.json")
    merge = project.merge((base, ours, theirs), package("b"), path="package.json")
    sides = (base, base, base)
    found = project.settle(merge, made, sides, path="package.json")
    (change,) = found.plan.changes
    assert change.after == package("a", "b", "c", "n").encode() and not change.conflict


def test_a_file_that_the_merge_calls_differently(project: Project) -> None:
    old = "src/old.ts"
    project.write(edited(A))
    # Ours renamed it and edited it; base and theirs have it by its old name.
    merge = project.merge((None, edited(A), None), edited(A))
    merge.base[old], merge.theirs[old] = project.id_of(B), project.id_of(T)
    moved = {FILE: old}
    sides = [Branch({old: B}, moved), Branch({FILE: A}, {}), Branch({old: T}, moved)]
    found = reconcile(merge_tree.Texts(project.root, merge), sides, {FILE: M}, {FILE})
    assert change_of(found) == (Action.MERGE, edited(A).encode(), edited(M).encode(), False)
    # By its old name it is nobody's any more.
    assert reconcile(merge_tree.Texts(project.root, merge), sides, {}, {old}).plan.changes == ()


def test_where_a_branch_has_a_path() -> None:
    branch = Branch({}, {"new": "old", "old": "older"})
    assert [branch.place(path) for path in ("new", "old", "older", "other")] == [
        "old",
        "older",
        None,
        "other",
    ]


def test_of_a_stash_only_what_is_unmerged_was_edited(project: Project) -> None:
    project.write(edited(B))
    expected = (Action.MERGE, edited(B).encode(), edited(M).encode(), False)
    # Of other files git keeps no sides: they are what scaffold made, and what was typed since.
    found = project.settle(project.merge((None, None, None), None, kind="stages"), M, (B, B, B))
    assert change_of(found) == expected
    merge = project.merge((B, edited(B), B), None, kind="stages", unmerged=True)
    assert change_of(project.settle(merge, M, (B, B, B))) == expected


def test_files_come_in_order_and_a_path_that_cannot_be_is_refused(project: Project) -> None:
    merge = Merge("merge", {}, {}, {}, {}, {}, frozenset())
    texts = merge_tree.Texts(project.root, merge)
    sides = [Branch({}, {})] * 3
    made = {"b.txt": "b\n", "a.txt": "a\n"}
    found = reconcile(texts, sides, made, {"b.txt", "a.txt"})
    assert [change.path for change in found.plan.changes] == ["a.txt", "b.txt"]
    assert not (project.root / "a.txt").exists()
    with pytest.raises(UserError, match="is not a path inside the project"):
        reconcile(texts, sides, {"../x": ""}, {"../x"})

"""A merge, file by file: what git's sides and the merged manifest make of every file that scaffold writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from scaffold.branches import git_merge
from scaffold.branches.git_merge import Merge
from scaffold.branches.merge_file import BY_HAND, Found, View, Wanted, placed, wanted
from scaffold.planning.plan import Action, FileChange, Kept, Plan
from scaffold.support.merge import merge_text
from scaffold.support.project_files import FileOnDisk, ProjectFiles
from scaffold.support.text import lf

NO_TEXT = "not UTF-8 text"
MARKERS = "conflict markers are left in it"
_JSON = frozenset({"package.json"})


class Left(NamedTuple):
    """A file that the user has to settle, and why."""

    path: str
    why: str


class Branch(NamedTuple):
    """What scaffold makes of the manifest of one side, and paths that the merge calls differently: new → old.

    A file that is as `raw` has it counts as `made`: the project has a formatter, which did not see it.
    """

    made: Mapping[str, str]
    moves: Mapping[str, str]
    raw: Mapping[str, str] = {}

    def place(self, path: str) -> str | None:
        """What a path is called on that side; None if it belongs to a file that is called differently now."""
        if path in self.moves:
            return self.moves[path]
        return None if path in self.moves.values() else path


class Result(NamedTuple):
    """What to write, what is left to the user, and paths that turned out to be the user's own."""

    plan: Plan
    left: tuple[Left, ...]
    foreign: frozenset[str]


class NoText(Exception):
    """A file that is not UTF-8."""


class Texts:
    """The files of all sides of a merge, read once."""

    def __init__(self, root: Path, merge: Merge) -> None:
        self.root, self.merge = root, merge
        self.sides = (merge.base, merge.ours, merge.theirs)
        self._blobs: dict[str, bytes] = {}

    def load(self, paths: Iterable[str]) -> None:
        """Reads those files of all sides at once."""
        wanted_paths = set(paths)
        ids = {
            blob
            for files in (*self.sides, self.merge.result or {})
            for path, blob in files.items()
            if path in wanted_paths and blob not in self._blobs
        }
        self._blobs |= git_merge.blobs(self.root, ids)

    def read(self, files: Mapping[str, str] | None, path: str) -> str | None:
        """A file, with LF; None if there is none. Raises NoText if it is not UTF-8."""
        blob = (files or {}).get(path)
        if blob is None:
            return None
        if blob not in self._blobs:
            self._blobs |= git_merge.blobs(self.root, [blob])
        try:
            return lf(self._blobs[blob].decode())
        except UnicodeDecodeError:
            raise NoText from None

    def found(self, path: str, disk: str | None, sides: Sequence[str | None]) -> Found:
        """A file as it is, and what git made of it; `sides` are base, ours and theirs."""
        if self.merge.result is not None:
            git = self.read(self.merge.result, path)
        else:
            base, ours, theirs = sides
            git = ours if theirs in (None, base) else theirs
            if ours is not None and theirs is not None:
                git, _ = merge_text(base or "", ours, theirs)
        merge = self.merge
        return Found(disk, git, tuple(sides), path in merge.unmerged, path in merge.by_hand)


def reconcile(
    texts: Texts, sides: Sequence[Branch], made: Mapping[str, str], paths: Collection[str]
) -> Result:
    """Every file of `paths`; `sides` are base, ours and theirs, `made` is what scaffold makes of the merged manifest.

    Reads the disk, writes nothing. Raises UserError if a path cannot exist.
    """
    texts.load({side.place(path) or path for side in sides for path in paths} | set(paths))
    changes: list[FileChange] = []
    kept: list[Kept] = []
    left: list[Left] = []
    notes: list[str] = []
    foreign: set[str] = set()
    places = ProjectFiles(texts.root)
    for path in sorted(paths):
        disk = places.disk(path)
        try:
            views = [_view(texts, n, side, path) for n, side in enumerate(sides)]
            want = _want(texts, path, disk, views, made.get(path))
        except NoText:
            want = Wanted(None, left=NO_TEXT)
        unmerged = path in texts.merge.unmerged
        if want is None:
            foreign.add(path)
        elif want.left:
            if unmerged or not want.left.startswith(BY_HAND):
                left.append(Left(path, want.left))
            else:
                notes.append(f"{path}: {want.left}")
        elif want.conflict and want.text == disk.text:
            left.append(Left(path, MARKERS))
        else:
            if want.kept and (unmerged or _differs_on_a_side(views, made.get(path))):
                kept.append(Kept(path, want.kept))
            if want.text != disk.text:
                changes.append(_change(path, disk, want, made.get(path)))
    return Result(Plan(tuple(changes), tuple(kept), tuple(notes)), tuple(left), frozenset(foreign))


def _view(texts: Texts, n: int, side: Branch, path: str) -> View:
    place = side.place(path)
    if place is None:
        return View()
    made = side.made.get(place)
    if texts.merge.kind == "stages" and place not in texts.merge.unmerged:
        return View(made, made)  # no commit tells, and nobody can have edited both
    text = texts.read(texts.sides[n], place)
    return View(made, made if text is not None and text == side.raw.get(place) else text)


def _want(
    texts: Texts, path: str, disk: FileOnDisk, views: Sequence[View], made: str | None
) -> Wanted | None:
    """What should be there; None if a file of the user's is."""
    base, ours, theirs = views
    if disk.raw is not None and disk.text is None:
        raise NoText
    if ours.silent and theirs.silent and made is not None and disk.taken:
        return Wanted(made) if disk.text == made else None
    if disk.text == made and all(view == View(made, made) for view in views):
        return Wanted(made)
    want = wanted(base, ours, theirs, made, path in _JSON)
    found = texts.found(path, disk.text, [view.text for view in views])
    return placed(found, want, path in _JSON)


def _differs_on_a_side(views: Sequence[View], made: str | None) -> bool:
    """Whether either side had the file in another form than it would have now."""
    return any(view.made != made for view in views[1:])


def _change(path: str, disk: FileOnDisk, want: Wanted, made: str | None) -> FileChange:
    if want.text is None:
        return FileChange(path, Action.DELETE, disk.raw, None)
    action = Action.UPDATE if want.text == made else Action.MERGE
    if disk.raw is None:
        action = Action.CREATE
    return FileChange(path, action, disk.raw, disk.encode(want.text), want.conflict)

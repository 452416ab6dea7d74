"""What git knows of a merge: the three sides, its own result, and what it could not settle."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.git import git, is_inside_repository, output

Files = dict[str, str]
"""Paths below the project's folder → ids of blobs."""

_NOBODY = {
    f"GIT_{who}_{what}": "scaffold" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Merge(NamedTuple):
    """A merge of two sides, of which `ours` is what HEAD was.

    `kind` is merge, rebase, cherry-pick or revert while one is going on; merged if HEAD is a merge that git
    made, rebased if its last command was a rebase; stages if only the index tells: then the sides have only
    what is unmerged. `result` is what git makes of the three (None: not known).
    `unmerged` maps a path to its blobs by stage, `by_hand` are paths that were unmerged before somebody staged them.
    `names` say what ours and theirs are, if git knows.
    """

    kind: str
    base: Files
    ours: Files
    theirs: Files
    result: Files | None
    unmerged: Mapping[str, Mapping[int, str]]
    by_hand: frozenset[str]
    names: tuple[str, ...] = ()

    @property
    def is_going_on(self) -> bool:
        """Whether the next commit finishes it."""
        return self.kind not in ("merged", "rebased")


def find_merge(root: Path) -> Merge | None:
    """The merge that the repository around `root` is in, or that was its last step; None if there is none.

    Raises UserError if `root` is not in a repository, or if somebody merges more than two branches at once.
    """
    if not is_inside_repository(root):
        raise UserError(
            f"`{root}` is not in a git repository, so there is no merge to settle",
            "`scaffold resolve` comes after a `git merge`, `git rebase` or `git cherry-pick`",
        )
    unmerged = _unmerged(root)
    sides = _sides(root)
    if sides is None:
        if not unmerged:
            return None
        base, ours, theirs = (
            {path: stages[n] for path, stages in unmerged.items() if n in stages} for n in (1, 2, 3)
        )
        return Merge("stages", base, ours, theirs, None, unmerged, _by_hand(root))
    kind, one, two, three = sides
    return Merge(
        kind,
        _files(root, one) if one else {},
        _files(root, two),
        _files(root, three),
        _result(root, kind, one, two, three),
        unmerged,
        _by_hand(root),
        _subjects(root, two, three),
    )


def blobs(root: Path, ids: Iterable[str]) -> dict[str, bytes]:
    """The content of blobs, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = {}
    rest = output("cat-file", "--batch", given="\n".join(wanted).encode() + b"\n", folder=root)
    for blob in wanted:
        header, _, rest = rest.partition(b"\n")
        size = int(header.split()[-1])
        found[blob], rest = rest[:size], rest[size + 1 :]
    return found


def dirty(root: Path) -> set[str]:
    """Paths below `root` that differ from git's index."""
    listed = output("diff-files", "--name-only", "--relative", "-z", folder=root)
    return set(_names(listed))


def require_free(root: Path) -> None:
    """Raises UserError if another git is at work, which keeps us from staging."""
    lock = _path(root, "index.lock")
    if lock.exists():
        raise UserError(
            f"another git is at work in the repository of `{root}`",
            f"wait for it; if there is none, remove `{lock}`, then run the command again",
        )


def stage(root: Path, paths: Iterable[str]) -> None:
    """Puts files as they are into git's index, even if they are gone. Raises UserError if git refuses."""
    given = os.fsencode("".join(f"{path}\0" for path in paths))
    if given:
        output("update-index", "--add", "--remove", "-z", "--stdin", given=given, folder=root)


def _sides(root: Path) -> tuple[str, str | None, str, str] | None:
    """Kind, base, ours and theirs, as commits."""
    head = _commit(root, "HEAD")
    if head is None:
        return None
    heads = _lines(root, "MERGE_HEAD")
    if len(heads) > 1:
        raise UserError(
            "more than two branches are merged at once: `scaffold resolve` cannot settle that",
            "`git merge --abort`, then merge one branch at a time",
        )
    # While a hook runs after a merge, git has made the commit and still names what it merged.
    if heads and _commit(root, "HEAD^2") != _commit(root, heads[0]):
        return "merge", _base(root, head, heads[0]), head, heads[0]
    rebasing = any(_path(root, name).is_dir() for name in ("rebase-merge", "rebase-apply"))
    names = ["CHERRY_PICK_HEAD", *["REBASE_HEAD"] * rebasing]
    for name in names:
        picked = _commit(root, name)
        if picked:
            kind = "rebase" if rebasing else "cherry-pick"
            return kind, _commit(root, f"{picked}^"), head, picked
    reverted = _commit(root, "REVERT_HEAD")
    if reverted:
        before = _commit(root, f"{reverted}^")
        return ("revert", reverted, head, before) if before else None
    other = _commit(root, "HEAD^2")
    if other:
        first = _commit(root, "HEAD^1")
        assert first is not None
        return "merged", _base(root, first, other), first, other
    return _rebased(root)


def _rebased(root: Path) -> tuple[str, str | None, str, str] | None:
    """The branch before a rebase that has just ended, and its new base; git has both in its reflog of HEAD."""
    log = git("log", "-g", "-n", "200", "--format=%H %gs", "HEAD", folder=root).stdout
    entries = [line.partition(" ")[::2] for line in log.decode(errors="replace").splitlines()]
    words = ("rebase", "pull")
    if not entries or not (entries[0][1].startswith(words) and "(finish)" in entries[0][1]):
        return None
    for (onto, what), (before, _) in pairwise(entries):
        if what.startswith(words) and "(start)" in what:
            return "rebased", _base(root, onto, before), onto, before
    return None


def _result(root: Path, kind: str, base: str | None, ours: str, theirs: str) -> Files | None:
    """What git makes of the three sides; None if this git is too old to say."""
    if kind not in ("merge", "merged"):
        # For git these are merges too, each with its own base.
        start = _made(root, base) if base else _made(root, _empty(root))
        ours, theirs = _made(root, ours, start), _made(root, theirs, start)
    done = git("merge-tree", "--write-tree", "--name-only", ours, theirs, folder=root)
    tree = done.stdout.split(b"\n", 1)[0].decode()
    return _files(root, tree) if done.returncode in (0, 1) and tree else None


def _made(root: Path, like: str, *parents: str) -> str:
    """A commit on no branch, with the tree of another one."""
    more = [word for parent in parents for word in ("-p", parent)]
    made = output("commit-tree", f"{like}^{{tree}}", *more, given=b"", env=_NOBODY, folder=root)
    return made.decode().strip()


def _empty(root: Path) -> str:
    return output("mktree", given=b"", folder=root).decode().strip()


def _base(root: Path, one: str, two: str) -> str | None:
    done = git("merge-base", one, two, folder=root)
    found = done.stdout.decode().strip()
    if not found and b"true" in output("rev-parse", "--is-shallow-repository", folder=root):
        raise UserError(
            "this clone is too shallow to know where the branches diverged",
            "`git fetch --unshallow`, then run the command again",
        )
    return found or None


def _commit(root: Path, name: str) -> str | None:
    done = git("rev-parse", "--quiet", "--verify", f"{name}^{{commit}}", folder=root)
    return done.stdout.decode().strip() or None


def _subjects(root: Path, *commits: str) -> tuple[str, ...]:
    """The first lines of commits, with their short names."""
    shown = (output("log", "-1", "--format=%h %s", commit, folder=root) for commit in commits)
    return tuple(line.decode(errors="replace").strip() for line in shown)


def _path(root: Path, name: str) -> Path:
    return root / output("rev-parse", "--git-path", name, folder=root).decode().strip()


def _lines(root: Path, name: str) -> list[str]:
    try:
        return _path(root, name).read_text().split()
    except FileNotFoundError:
        return []


def _files(root: Path, tree: str) -> Files:
    """Regular files of a tree, below `root`."""
    listed = git("ls-tree", "-r", "-z", tree, "--", ".", folder=root).stdout
    found = {}
    for entry in _names(listed):
        what, path = entry.split("\t", 1)
        mode, _, blob = what.split()[:3]
        if mode.startswith("100"):
            found[path] = blob
    return found


def _unmerged(root: Path) -> dict[str, dict[int, str]]:
    found: dict[str, dict[int, str]] = {}
    for entry in _names(output("ls-files", "--unmerged", "-z", folder=root)):
        what, path = entry.split("\t", 1)
        _, blob, number = what.split()
        found.setdefault(path, {})[int(number)] = blob
    return found


def _by_hand(root: Path) -> frozenset[str]:
    listed = _names(output("ls-files", "--resolve-undo", "-z", folder=root))
    return frozenset(entry.split("\t", 1)[1] for entry in listed)


def _names(listed: bytes) -> Sequence[str]:
    return [name for name in os.fsdecode(listed).split("\0") if name]

"""Versions of a template source: the newest one, any that is named, and which of two is older."""

from __future__ import annotations

import os
import re
from pathlib import Path

from scaffold.errors import UserError
from scaffold.names import printable
from scaffold.source import PARTS, Version, require_git


def newest_of(src_path: str) -> Version:
    """The newest version of a source.

    Raises UserError where the source is gone, or where its templates hold changes that no commit has.
    """
    path = _repository(src_path)
    if _git(path, "status", "--porcelain", "--", *PARTS):
        raise UserError(
            f"the templates in `{src_path}` hold changes that no commit has, "
            "so no project could be updated from them",
            f"git -C {src_path} commit -a",
        )
    return Version(src_path, _described(path, "HEAD"))


def resolve(src_path: str, text: str) -> Version:
    """The version that `text` names: a tag, a branch or a commit. Raises UserError where there is none."""
    path = _repository(src_path)
    commit = None
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/+-]*", text):
        commit = _git(path, "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")
    if not commit:
        tags = (_git(path, "tag", "--list", "--sort=-creatordate") or "").split()
        raise UserError(
            f"`{src_path}` has no version `{printable(text[:100])}` of the templates",
            f"it has: {', '.join(tags[:10])}" if tags else "leave `--to` out for the newest one",
        )
    return Version(src_path, _described(path, commit))


def is_older(src_path: str, one: str, other: str) -> bool:
    """Whether the version `one` is an ancestor of `other`, and not the same."""
    path = _repository(src_path)
    commits = [
        _git(path, "rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")
        for text in (one, other)
    ]
    if not all(commits) or commits[0] == commits[1]:
        return False
    return _git(path, "merge-base", "--is-ancestor", *map(str, commits)) is not None


def _repository(src_path: str) -> str:
    path = os.path.expanduser(src_path)
    if not (Path(path) / ".git").exists():
        raise UserError(
            f"the project's templates came from `{src_path}`, which is gone",
            "put it back, or set `_src_path` in .copier-answers.yml to where it is now",
        )
    return path


def _described(path: str, commit: str) -> str:
    found = _git(path, "describe", "--tags", "--always", commit)
    assert found
    return found


def _git(path: str, *args: str) -> str | None:
    """What a git command prints, or None where it fails."""
    import subprocess

    require_git()
    done = subprocess.run(["git", "-C", path, *args], capture_output=True, text=True)
    return None if done.returncode else done.stdout.strip()

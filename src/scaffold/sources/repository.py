"""Git repositories of templates: those on this machine, and copies of those that are not."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from scaffold.support.cache_dir import COPIES, cache_dir
from scaffold.support.errors import UserError
from scaffold.support.git import git, reason_of
from scaffold.support.text import printable

if TYPE_CHECKING:
    from subprocess import CompletedProcess

# Where the newest commit of a copy is: a copy's own HEAD does not follow that of its origin.
HEAD = "refs/scaffold/head"
_LOOKS_ONLY: Final[ContextVar[bool]] = ContextVar("looks_only", default=False)


@contextmanager
def only_known() -> Iterator[None]:
    """Meanwhile sources that this user has not used before are refused: somebody else's project may name any.

    For commands that only look; one that writes is the user's word that the source is fine.
    """
    token = _LOOKS_ONLY.set(True)
    try:
        yield
    finally:
        _LOOKS_ONLY.reset(token)


def require_known(known: bool, src_path: str, commit: str | None) -> None:
    """Raises UserError if the source is not `known` and the command only looks."""
    if known or not _LOOKS_ONLY.get():
        return
    same = commit and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/+-]*", commit)
    command = f"`scaffold update --to {commit}`" if same else "the command without `--dry-run`"
    raise UserError(
        f"the templates are in `{printable(src_path[:200])}`, a source that you have not used here before, "
        "and this command only looks",
        f"{command} reads them, if you trust that source",
    )


class Repository(NamedTuple):
    """A git repository on this machine; `head` names its newest commit."""

    path: str
    head: str = "HEAD"

    def git(self, *args: str) -> CompletedProcess[str]:
        """Runs git in it; the caller looks at the exit code."""
        import subprocess

        done = self.run(*args)
        out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def bytes_of(self, *args: str) -> bytes | None:
        """What git prints, or None if it fails."""
        # The same bytes on every machine, whatever line endings the user prefers.
        done = self.run("-c", "core.autocrlf=false", *args)
        return None if done.returncode else done.stdout

    def has(self, commit: str) -> bool:
        """Whether there is a commit of that name."""
        return not self.git("cat-file", "-e", f"{commit}^{{commit}}").returncode

    def run(self, *args: str) -> CompletedProcess[bytes]:
        """As `git`, with bytes."""
        if (Path(self.path) / ".git").exists():
            return git(*args, folder=self.path)
        return git("--git-dir", self.path, *args)


def local(path: Path) -> Repository | None:
    """The repository whose work tree or git directory `path` is, or None.

    Asking git takes as long as what it is asked for next; that says so where a repository is broken.
    """
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    return Repository(str(path)) if (path / ".git").exists() or bare else None


def copy_of(url: str, *, refresh: bool = False, wanted: str | None = None) -> Repository:
    """A copy of the repository at `url`, brought up to date if `refresh` or if it lacks `wanted`.

    Raises UserError if it must be reached and cannot be.
    """
    path = _place_of(url)
    found = Repository(str(path), HEAD)
    if path.is_dir() and not refresh and (wanted is None or found.has(wanted)):
        return found
    with locked(path.parent):
        if path.is_dir():
            fetch_into(found, url, url)
        else:
            with scratch_repository(path.parent) as made:
                fetch_into(made, url, url)
                os.rename(made.path, path)
    return found


def known_copy_of(url: str) -> Repository | None:
    """The copy that `copy_of` made earlier, without asking anybody; None if there is none."""
    path = _place_of(url)
    return Repository(str(path), HEAD) if path.is_dir() else None


def fetch_into(repository: Repository, origin: str, shown: str, head: str = HEAD) -> None:
    """Fetches all branches and tags of `origin`, and its newest commit as `head`.

    What was there stays: a project may be at a commit that nothing leads to any more. Raises
    UserError, which calls the origin `shown`, if it cannot be read.
    """
    done = repository.run(
        "fetch", "--quiet", "--no-write-fetch-head", "--", origin,
        f"+HEAD:{head}", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*",
    )  # fmt: skip
    if done.returncode:
        raise UserError(
            f"cannot read the templates in `{shown}`: {reason_of(done)}",
            f"`git ls-remote {shown}` shows whether git can reach it from here",
        )


@contextmanager
def scratch_repository(folder: Path) -> Iterator[Repository]:
    """An empty repository in `folder`; gone at the end, unless it was moved elsewhere."""
    import tempfile

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
        path = f"{scratch}/git"
        done = git("init", "--quiet", "--bare", "--template=", path)
        if done.returncode:
            raise UserError(f"`git init` failed in `{folder}`: {reason_of(done)}")
        yield Repository(path, HEAD)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Makes `folder` if need be, and keeps other processes out of it meanwhile."""
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def copies_dir() -> Path:
    """Folder of the copies."""
    return cache_dir() / COPIES


def _place_of(url: str) -> Path:
    return copies_dir() / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.git"

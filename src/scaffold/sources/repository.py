"""Git repositories of templates: those on this machine, and copies of those that are not."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scaffold.support.cache_dir import cache_dir
from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from subprocess import CompletedProcess

# Where the newest commit of a copy is: a copy's own HEAD does not follow that of its origin.
HEAD = "refs/scaffold/head"
# What a source may be reached by; git can run programs in the name of other protocols.
_PROTOCOLS = "file:git:http:https:ssh"
_PATIENCE = 120
# Variables of git that say which repository is meant.
_REPOSITORY = {
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX"),
}


class Repository(NamedTuple):
    """A git repository on this machine; `head` names its newest commit."""

    path: str
    head: str = "HEAD"

    def git(self, *args: str) -> CompletedProcess[str]:
        """Runs git in it; the caller looks at the exit code."""
        return _run(self._call(*args))

    def bytes_of(self, *args: str) -> bytes | None:
        """What git prints, or None where it fails."""
        import subprocess

        # The same bytes on every machine: no line ends of the user's.
        call = self._call("-c", "core.autocrlf=false", *args)
        done = subprocess.run(call, env=_environment(), capture_output=True)
        return None if done.returncode else done.stdout

    def has(self, commit: str) -> bool:
        """Whether there is a commit of that name."""
        return not self.git("cat-file", "-e", f"{commit}^{{commit}}").returncode

    def _call(self, *args: str) -> list[str]:
        work_tree = (Path(self.path) / ".git").exists()
        return ["git", *(("-C", self.path) if work_tree else ("--git-dir", self.path)), *args]


def local(path: Path) -> Repository | None:
    """The repository whose work tree or git directory `path` is, or None."""
    if not (path / ".git").exists() and not (path / "HEAD").is_file():
        return None
    found = Repository(str(path))
    return None if found.git("rev-parse", "--git-dir").returncode else found


def copy_of(url: str, *, refresh: bool = False, wanted: str | None = None) -> Repository:
    """A copy of the repository at `url`, brought up to date if `refresh` or if it lacks `wanted`.

    Raises UserError where it has to be reached and cannot be.
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
    """The copy that `copy_of` made earlier, without asking anybody; None where there is none."""
    path = _place_of(url)
    return Repository(str(path), HEAD) if path.is_dir() else None


def fetch_into(repository: Repository, origin: str, shown: str, head: str = HEAD) -> None:
    """Brings all branches and tags of `origin` in, and its newest commit as `head`.

    What was there stays: a project may be at a commit that nothing leads to any more. Raises
    UserError, which names the origin as `shown`, where it cannot be read.
    """
    done = repository.git(
        "fetch", "--quiet", "--no-write-fetch-head", "--", origin,
        f"+HEAD:{head}", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*",
    )  # fmt: skip
    if done.returncode:
        raise UserError(
            f"cannot read the templates in `{shown}`: {_reason(done.stderr)}",
            f"`git ls-remote {shown}` shows whether git can reach it from here",
        )


@contextmanager
def scratch_repository(folder: Path) -> Iterator[Repository]:
    """An empty repository in `folder`; gone at the end, unless it was moved elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".") as scratch:
        path = f"{scratch}/git"
        done = _run(["git", "init", "--quiet", "--bare", "--template=", path])
        if done.returncode:
            raise UserError(f"`git init` failed in `{folder}`: {_reason(done.stderr)}")
        yield Repository(path, HEAD)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps other processes out of `folder`, which is made, meanwhile."""
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
    return cache_dir() / "copies"


def require_git() -> None:
    """Raises UserError where git is not installed: template versions and merges need it."""
    if not shutil.which("git"):
        raise UserError(
            "git is not installed; scaffold merges with it and reads template versions from it",
            "install git",
        )


def _place_of(url: str) -> Path:
    return copies_dir() / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.git"


def _run(call: list[str]) -> CompletedProcess[str]:
    import subprocess

    require_git()
    try:
        return subprocess.run(
            call,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(call, 1, "", f"no answer within {_PATIENCE} s")


def _environment() -> dict[str, str]:
    """That of git: in a hook of the user's repository variables name it, and would win over an argument."""
    own = {name: value for name, value in os.environ.items() if name not in _REPOSITORY}
    # Git must not ask for a name and a password: nothing of scaffold asks a question.
    return {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, **own, "GIT_TERMINAL_PROMPT": "0"}


def _reason(stderr: str) -> str:
    """The line of git's that says what is wrong."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines or ["git does not say why"])[0].split(": ", 1)[-1]

"""The only module that runs git: no prompts, a time limit, and no hooks or programs from a repository."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from subprocess import CompletedProcess

# What `git rev-parse --local-env-vars` lists, except the settings of `git -c`: inside a hook these
# name the user's repository and would override our arguments.
_REPOSITORY: Final = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"}
    | {"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE"}
    | {"GIT_GRAFT_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE"}
)
# A repository's own configuration can make git run programs through these.
_OURS: Final = ("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
# Git runs helper programs for any other protocol.
_PROTOCOLS: Final = "file:git:http:https:ssh"
_PATIENCE: Final = 120
_NO_ANSWER: Final = 255


def git(
    *args: str,
    folder: Path | str | None = None,
    given: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> CompletedProcess[bytes]:
    """Run git in `folder` with `given` on standard input; the caller checks the exit code.

    Adds `env` to the environment. A timeout returns exit code 255. Raises UserError if git is not
    installed.
    """
    import subprocess

    where = () if folder is None else ("-C", str(folder))
    command = ["git", *where, *_OURS, *args]
    try:
        return subprocess.run(
            command,
            env={**_environment(), **(env or {})},
            capture_output=True,
            timeout=_PATIENCE,
            stdin=subprocess.DEVNULL if given is None else None,
            input=given,
        )
    except subprocess.TimeoutExpired:
        why = f"no answer within {_PATIENCE} s".encode()
        return subprocess.CompletedProcess(command, _NO_ANSWER, b"", why)
    except FileNotFoundError:
        require_git()
        raise


def output(
    *args: str,
    folder: Path | str,
    given: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> bytes:
    """What git prints. Raises UserError with git's reason if it fails."""
    done = git(*args, folder=folder, given=given, env=env)
    if done.returncode:
        verb = next(word for word in args if not word.startswith("-"))
        raise UserError(f"`git {verb}` failed in `{folder}`: {reason_of(done)}")
    return done.stdout


def reason_of(done: CompletedProcess[bytes]) -> str:
    """The line of git's output that says what is wrong."""
    text = done.stderr.decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (fatal or lines or ["git gave no reason"])[0].split(": ", 1)[-1]


def require_git() -> None:
    """Raises UserError if git is not installed."""
    if not shutil.which("git"):
        raise UserError(
            "git is not installed; scaffold needs it to read template versions and to merge",
            "install git",
        )


def is_inside_repository(folder: Path) -> bool:
    """Whether the folder, or its nearest parent that exists, is in a git work tree."""
    while not folder.exists():
        folder = folder.parent
    done = git("rev-parse", "--is-inside-work-tree", folder=folder)
    return done.stdout.strip() == b"true"


def commit_all(root: Path, message: str) -> None:
    """Create a repository in `root` and commit everything, as the user if git knows their name.

    Raises UserError if git fails.
    """
    output("init", "--quiet", "--initial-branch=main", folder=root)
    output("add", "--all", folder=root)
    identity = {}
    for key, fallback in (("name", "scaffold"), ("email", "scaffold@localhost")):
        if git("config", f"user.{key}", folder=root).returncode:
            for variable in (f"GIT_AUTHOR_{key.upper()}", f"GIT_COMMITTER_{key.upper()}"):
                identity[variable] = os.environ.get(variable, fallback)
    output("commit", "--quiet", "--no-verify", "--message", message, folder=root, env=identity)


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in _REPOSITORY}
    # Git must not prompt for a name and a password.
    return {"GIT_ALLOW_PROTOCOL": _PROTOCOLS, **own, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}

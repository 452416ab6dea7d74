"""The git repository of a new service."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scaffold.support.errors import UserError


def is_inside_repository(folder: Path) -> bool:
    """Whether a folder lies in a git work tree; one that does not exist counts as its nearest parent."""
    while not folder.exists():
        folder = folder.parent
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "--is-inside-work-tree"],
        capture_output=True,
        text=True,
    )
    return done.stdout.strip() == "true"


def commit_all(root: Path, message: str) -> None:
    """Makes a repository in `root` with one commit of everything; the user's own name where git knows it."""
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(root, "add", "--all")
    identity: list[str] = []
    for key, fallback in (("user.name", "scaffold"), ("user.email", "scaffold@localhost")):
        known = subprocess.run(["git", "-C", str(root), "config", key], capture_output=True)
        if known.returncode:
            identity += ["-c", f"{key}={fallback}"]
    _git(root, *identity, "commit", "--quiet", "--no-verify", "--message", message)


def _git(root: Path, *args: str) -> None:
    done = subprocess.run(["git", "-C", str(root), *args], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"`git {args[0]}` failed in `{root}`: {done.stderr.strip()}")

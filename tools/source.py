"""A template source with a commit and a tag, made of this checkout as it stands."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("copier.yml", "templates", "agents")
GIT = {
    "GIT_AUTHOR_NAME": "scaffold",
    "GIT_AUTHOR_EMAIL": "scaffold@example.org",
    "GIT_COMMITTER_NAME": "scaffold",
    "GIT_COMMITTER_EMAIL": "scaffold@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def make_source(folder: Path, tag: str = "v0.1.0") -> Path:
    """A git repository in `folder` (made anew) with the templates of this checkout, tagged `tag`.

    The tool refuses templates with uncommitted changes, and a clone may lack tags: so tests and
    the benchmark point SCAFFOLD_SOURCE here.
    """
    folder.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy2(ROOT / part, folder / part)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Templates", tag)
    return folder


def commit(folder: Path, message: str, tag: str | None = None) -> None:
    """Commit everything in the repository `folder`, and tag it."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", f"--message={message}")
    if tag:
        git(folder, "tag", tag)


def git(folder: Path, *args: str) -> str:
    """The output of a git command in `folder`, with an identity and without the user's settings."""
    done = subprocess.run(
        ["git", "-C", str(folder), *args],
        env={**os.environ, **GIT},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout

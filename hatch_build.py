"""Puts the templates, with their history, into the wheel: see src/scaffold/sources/bundle.py."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PARTS = ("copier.yml", "templates", "agents")
PACKED = "src/scaffold/templates.bundle"


class BundleHook(BuildHookInterface[BuilderConfig]):
    """A git bundle of the checkout's newest commit and its tags, as a file of the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes the bundle. Raises RuntimeError, which ends the build, where it would lack something."""
        root = Path(self.root)
        # An editable installation reads the checkout itself; a source distribution has the bundle.
        if version == "editable" or (not (root / ".git").exists() and (root / PACKED).is_file()):
            return
        self.scratch = tempfile.TemporaryDirectory()
        made = Path(self.scratch.name) / "templates.bundle"
        make_bundle(root, made)
        target = PACKED if self.target_name == "sdist" else PACKED.removeprefix("src/")
        build_data["force_include"][str(made)] = target

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clears up."""
        if hasattr(self, "scratch"):
            self.scratch.cleanup()


def make_bundle(root: Path, path: Path) -> None:
    """Writes the bundle of the repository in `root` to `path`.

    Raises RuntimeError where it would not hold all that projects may have been made from.
    """
    if not (root / ".git").exists():
        raise RuntimeError(
            f"{root} is no git checkout: scaffold's templates need their history. "
            "Build from a clone, or from a source distribution"
        )
    if _git(root, "status", "--porcelain", "--", *PARTS):
        raise RuntimeError(
            "copier.yml, templates/ or agents/ have uncommitted changes: projects could not be "
            "updated from them. git commit them"
        )
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise RuntimeError(
            "this clone is shallow: earlier versions of the templates are missing. "
            "git fetch --unshallow --tags"
        )
    tags = [f"refs/tags/{tag}" for tag in _git(root, "tag", "--merged", "HEAD").split()]
    _git(root, "bundle", "create", "--quiet", str(path), "HEAD", *tags)


def _git(root: Path, *args: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(root), *args], capture_output=True, text=True)
    except FileNotFoundError:
        raise RuntimeError(
            "git is not installed: scaffold's templates need their history"
        ) from None
    if done.returncode:
        raise RuntimeError(f"git {args[0]} failed in {root}: {done.stderr.strip()}")
    return done.stdout.strip()

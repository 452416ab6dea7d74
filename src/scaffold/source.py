"""Where templates come from, and at which version."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import UserError

PARTS = ("copier.yml", "templates", "agents")


class Version(NamedTuple):
    """A template version as Copier records it.

    `src_path` is a path or a git URL, `commit` what `git describe` says.
    """

    src_path: str
    commit: str


def newest() -> Version:
    """The version that new projects get: `$SCAFFOLD_SOURCE`, or the checkout that this runs from.

    Raises UserError where there is no repository, or where its templates hold changes that no
    commit has.
    """
    path = os.environ.get("SCAFFOLD_SOURCE") or str(Path(__file__).resolve().parents[2])
    if not (Path(path) / "copier.yml").is_file() or not (Path(path) / ".git").exists():
        raise UserError(
            f"`{path}` is not a git checkout of scaffold's templates",
            "install scaffold from a clone (`pip install -e .`), or set SCAFFOLD_SOURCE to one",
        )
    if _git(path, "status", "--porcelain", "--", *PARTS).strip():
        raise UserError(
            f"the templates in `{path}` hold changes that no commit has, "
            "so no project could be updated from them",
            f"git -C {path} commit -a",
        )
    return Version(path, _git(path, "describe", "--tags", "--always").strip())


def fetch(version: Version) -> Path:
    """The folder with that version's `copier.yml`, `templates/` and `agents/`, made once.

    Raises UserError where the source is gone or does not have that version.
    """
    key = hashlib.sha256(version.src_path.encode()).hexdigest()[:12]
    folder = cache_dir() / key / version.commit.replace("/", "_")
    if folder.is_dir():
        return folder
    require_git()
    source = os.path.expanduser(version.src_path)
    if not Path(source).exists() and "://" not in source and not source.startswith("git@"):
        raise UserError(
            f"the project's templates came from `{version.src_path}`, which is gone",
            "put it back, or set `_src_path` in .copier-answers.yml to where it is now",
        )
    _extract(source, version, folder)
    return folder


def _extract(source: str, version: Version, folder: Path) -> None:
    import io
    import subprocess
    import tempfile
    import zipfile

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        repository = source
        if not (Path(source) / ".git").exists():
            repository = f"{scratch}/clone"
            done = subprocess.run(
                ["git", "clone", "-q", "--bare", source, repository], capture_output=True, text=True
            )
            if done.returncode:
                raise UserError(
                    f"cannot read the templates in `{version.src_path}`: {done.stderr.strip()}"
                )
        archive = subprocess.run(
            ["git", "-C", repository, "archive", "--format=zip", version.commit, *PARTS],
            capture_output=True,
        )
        if archive.returncode:
            raise UserError(
                f"`{version.src_path}` has no version `{version.commit}` of the templates",
                "fetch its tags and commits (`git fetch --tags`), "
                "or correct `_commit` in .copier-answers.yml",
            )
        with zipfile.ZipFile(io.BytesIO(archive.stdout)) as archived:
            archived.extractall(f"{scratch}/tree")
        try:
            os.rename(f"{scratch}/tree", folder)
        except OSError:
            # Another process was faster; what it made is the same.
            if not folder.is_dir():
                raise


def cache_dir() -> Path:
    """Folder of extracted template versions and compiled templates.

    A temporary one where HOME is not writable.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scaffold"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError:
        import tempfile

        home = Path(tempfile.gettempdir()) / f"scaffold-{os.getuid()}"
        home.mkdir(mode=0o700, exist_ok=True)
    return home


def require_git() -> None:
    """Raises UserError where git is not installed: template versions and merges need it."""
    if not shutil.which("git"):
        raise UserError(
            "git is not installed; scaffold merges with it and reads template versions from it",
            "install git",
        )


def _git(path: str, *args: str) -> str:
    import subprocess

    require_git()
    done = subprocess.run(["git", "-C", path, *args], capture_output=True, text=True)
    if done.returncode:
        raise UserError(f"`git {args[0]}` failed in `{path}`: {done.stderr.strip()}")
    return done.stdout

"""Where templates come from, and one version of them as a pack."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from scaffold.sources import bundle
from scaffold.sources.pack import PARTS, SUFFIX, pack
from scaffold.sources.repository import (
    Repository,
    copy_of,
    known_copy_of,
    local,
    require_known,
)
from scaffold.support.cache_dir import cache_dir, put, trim_all, used
from scaffold.support.errors import UserError
from scaffold.support.git import require_git
from scaffold.support.text import printable

# What Copier takes for a git repository without looking at it; others need `git+` in front.
_COPIER_KNOWS = re.compile(r"git@|git://|git\+|https://git(?:hub|lab)\.com/|.*\.git$")
_SHORT = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
_URL = re.compile(r"(?:git\+)?(?:https?|ssh|git|file)://[^\s:/@]*[^\s]+")
_SCP = re.compile(r"(?:git\+)?[\w.-]+@[\w.-]+:[^\s:][^\s]*")
_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")


class Version(NamedTuple):
    """A template version as Copier records it.

    `src_path` is a path or a git URL, `commit` a tag or what `git describe` says.
    """

    src_path: str
    commit: str


def accept(text: str) -> str:
    """A source that somebody types, in the form for the manifest, in which plain Copier and a colleague find it.

    Takes git URLs, `gh:owner/name`, `gl:owner/name`, and paths of repositories and bundles. Raises
    UserError if it is none of these, or a path that does not exist.
    """
    wanted = "a git URL, `gh:owner/name`, `gl:owner/name` or the path of a repository"
    if not text.strip() or text.startswith("-") or any(ord(char) < 32 for char in text):
        raise UserError(f"`{printable(text[:100])}` is not a source of templates: give {wanted}")
    if _PASSWORD.search(text):
        raise UserError(
            "the URL of the source has a password in it, which would be in every project",
            "leave it out, and give it to git: git help credentials",
        )
    for short, url in _SHORT.items():
        if text.startswith(short):
            name = text[len(short) :].lstrip("/").removesuffix(".git")
            if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", name):
                raise UserError(f"`{text}` is not a repository", f"write `{short}owner/name`")
            # Renovate knows the long form only.
            return f"{url}{name}.git"
    if _URL.fullmatch(text) or _SCP.fullmatch(text):
        return text if _COPIER_KNOWS.match(text) else f"git+{text}"
    if "://" in text or "::" in text:
        raise UserError(
            f"`{text}` cannot be a source of templates: give {wanted}",
            "URLs begin with https://, ssh://, git:// or file://",
        )
    return _accept_path(text)


def _accept_path(text: str) -> str:
    path = Path(os.path.abspath(os.path.expanduser(text)))
    if not os.path.exists(path):
        raise UserError(
            f"`{printable(text[:100])}` does not exist, so no templates can come from it",
            "give a git URL, or the path of a repository: `git clone URL` makes one",
        )
    if path.is_file():
        bundle.of_file(path, text)
    elif local(path) is None:
        raise UserError(
            f"`{text}` is not a git repository",
            f"templates need their history: git init {text}, then add and commit",
        )
    elif not (path / ".git").exists() and path.suffix != ".git":
        return f"git+file://{path}"
    # Copier expands a `~` for no path that ends in `.git`.
    return text if text.startswith("~/") and path.suffix != ".git" else str(path)


def repository(src_path: str, *, refresh: bool = False, wanted: str | None = None) -> Repository:
    """The git repository with the templates of a manifest's `_src_path`.

    A repository elsewhere is copied, and fetched again if `refresh`, or if the copy lacks the commit
    `wanted`. Raises UserError if the source is gone, cannot be read, or must not be: see `only_known`.
    """
    if src_path == bundle.BUNDLE:
        return bundle.repository()
    place = _place(src_path)
    if isinstance(place, str):
        known = known_copy_of(place) is not None or _packs_of(src_path).is_dir()
        require_known(known, src_path, wanted)
        return copy_of(place, refresh=refresh, wanted=wanted)
    # Of a name that no file can have, these say no; those of a Path raise.
    if os.path.isfile(place):
        return bundle.of_file(place, src_path)
    found = local(place) if os.path.exists(place) else None
    if found is None:
        raise UserError(
            f"the project's templates came from `{printable(src_path[:300])}`, which is gone",
            "put it back, or set `_src_path` in .copier-answers.yml to where it is now",
        )
    return found


def known_repository(src_path: str) -> Repository | None:
    """The same without asking the network; None if nothing is known of it."""
    place = _place(src_path)
    if isinstance(place, str):
        return known_copy_of(place)
    return repository(src_path)


def _place(src_path: str) -> Path | str:
    """A path on this machine, or a URL for git."""
    for short, url in _SHORT.items():
        if src_path.startswith(short):
            return f"{url}{src_path[len(short) :].lstrip('/').removesuffix('.git')}.git"
    if _URL.fullmatch(src_path) or _SCP.fullmatch(src_path):
        return src_path.removeprefix("git+")
    if src_path.startswith("-") or "://" in src_path or "::" in src_path or not src_path:
        raise UserError(
            f"`{printable(src_path[:100])}` cannot be a source of templates",
            "set `_src_path` in .copier-answers.yml to a git URL or a path",
        )
    return Path(os.path.expanduser(src_path))


def is_url(src_path: str) -> bool:
    """Whether others, Renovate among them, can reach the source with git."""
    place = _place(src_path)
    return isinstance(place, str) and not place.startswith("file:")


def fetch(version: Version) -> Path:
    """That version's `copier.yml`, `templates/` and `agents/`, as a pack for `pack.open_texts` that is made once.

    Raises UserError if the source is gone, does not have that version, is not a template of scaffold's, or must not be
    read: see `only_known`.
    """
    folder = _packs_of(version.src_path)
    place = folder / f"{version.commit.replace('/', '_')}{SUFFIX}"
    if not place.is_file():
        require_git()
        where = _place(version.src_path)
        ours = version.src_path in (bundle.BUNDLE, own())
        is_gone = isinstance(where, Path) and not os.path.exists(where)
        require_known(ours or is_gone or folder.is_dir(), *version)
        files = _files(repository(version.src_path, wanted=version.commit), version)
        put(place, pack(files), durable=True)
        trim_all()
    used(place)
    return place


def remember(src_path: str) -> None:
    """Notes that the user named that source."""
    with suppress(OSError):
        _packs_of(src_path).mkdir(parents=True, exist_ok=True)


def own() -> str | None:
    """The source of scaffold's own templates: a checkout or the bundle; None if there is neither."""
    named = os.environ.get("SCAFFOLD_SOURCE")
    path = Path(named) if named else Path(__file__).resolve().parents[3]
    if (path / "copier.yml").is_file() and (path / ".git").exists():
        return os.path.abspath(path)
    return bundle.BUNDLE if not named and bundle.packaged() else None


def _packs_of(src_path: str) -> Path:
    return cache_dir() / hashlib.sha256(src_path.encode()).hexdigest()[:12]


def _files(source: Repository, version: Version) -> dict[str, bytes]:
    import io
    import zipfile

    archive = source.bytes_of(
        "archive", "--format=zip", "-0", f"{version.commit}^{{commit}}", "--", *PARTS
    )
    if archive is None and not source.has(version.commit):
        raise UserError(
            f"`{version.src_path}` has no version `{version.commit}` of the templates",
            "fetch its tags and commits (`git fetch --tags`), "
            "or correct `_commit` in .copier-answers.yml",
        )
    files = {}
    if archive is not None:
        with zipfile.ZipFile(io.BytesIO(archive)) as archived:
            # A symbolic link counts as a file with its target.
            files = {
                info.filename: archived.read(info)
                for info in archived.infolist()
                if not info.is_dir()
            }
    if "templates/conventions.yml" not in files:
        raise UserError(
            f"`{version.src_path}` has no templates of scaffold's at `{version.commit}`, which are "
            "copier.yml, agents/ and templates/conventions.yml",
            "name a repository that began as a fork of scaffold's",
        )
    return files


__all__ = [
    "Version",
    "accept",
    "fetch",
    "is_url",
    "known_repository",
    "own",
    "remember",
    "repository",
]

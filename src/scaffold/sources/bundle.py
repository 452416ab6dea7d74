"""The templates that come with an installed scaffold: a git bundle with their whole history.

Copier needs a source that is at the same path for everybody, so we put the bundle where `BUNDLE`
says. Several versions of scaffold may be installed side by side; the one bundle has what all of
them have.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from scaffold.sources.repository import (
    HEAD,
    Repository,
    copies_dir,
    fetch_into,
    locked,
    scratch_repository,
)
from scaffold.support.cache_dir import put
from scaffold.support.errors import UserError

# As a manifest names it: Copier expands the `~`, so it is the same for everybody.
BUNDLE = "~/.local/share/scaffold/templates.bundle"
_PLACE = "refs/scaffold/place"


def packaged() -> Path | None:
    """The bundle that this scaffold was installed with; None if it runs from a checkout."""
    path = Path(__file__).parents[1] / "templates.bundle"
    return path if path.is_file() else None


def repository() -> Repository:
    """What is in the bundle at `BUNDLE`, once this scaffold's own is in it.

    Its newest commit is that of the installed scaffold: a newer one's templates may need more than
    this one can do. Raises UserError if there is no bundle, or if it cannot be written.
    """
    place, own = Path(BUNDLE).expanduser(), packaged()
    if own is None and not place.is_file():
        raise UserError(
            f"the project's templates came from `{BUNDLE}`, which does not exist",
            "any command of an installed scaffold puts it there (`pip install` of a wheel); "
            "or set `_src_path` in .copier-answers.yml to a git repository with them",
        )
    if place.is_file():
        copy = _copy(place, own)
        if copy.is_dir():
            return Repository(str(copy), HEAD)
    try:
        if own is None:
            return of_file(place, BUNDLE)
        with locked(place.parent):
            return _put_into(place, own)
    except OSError as error:
        raise UserError(
            f"cannot write the templates to `{BUNDLE}`: {error.strerror or error}",
            "projects name that path as the source of their templates: make it writable",
        ) from error


def of_file(path: Path, shown: str) -> Repository:
    """What is in any bundle. Raises UserError, which calls it `shown`, if it is not one."""
    copy = _copy(path, None)
    if not copy.is_dir():
        with scratch_repository(copy.parent) as made:
            fetch_into(made, str(path), shown)
            _move(made, copy)
    return Repository(str(copy), HEAD)


def _put_into(place: Path, own: Path) -> Repository:
    with scratch_repository(copies_dir()) as made:
        fetch_into(made, str(own), str(own))
        ours = _refs(made)
        if not place.is_file():
            put(place, own.read_bytes(), durable=True)
        elif place.read_bytes() != own.read_bytes():
            with scratch_repository(copies_dir()) as other:
                fetch_into(other, str(place), BUNDLE)
                theirs = _refs(other)
            clash = [ref for ref in _tags(theirs) if ours.get(ref, theirs[ref]) != theirs[ref]]
            if clash:
                tag = clash[0].removeprefix("refs/tags/")
                raise UserError(
                    f"`{tag}` is one commit in `{BUNDLE}` and another one in this scaffold",
                    f"if no project needs the former: mv {BUNDLE} {BUNDLE}.old",
                )
            fetch_into(made, str(place), BUNDLE, _PLACE)
            # Equal ones stay, or two installations would replace each other's at every turn.
            if not _contains(made, theirs, ours):
                whole = _contains(made, ours, theirs)
                put(place, own.read_bytes() if whole else _union(made), durable=True)
        copy = _copy(place, own)
        if not copy.is_dir():
            _move(made, copy)
        return Repository(str(copy), HEAD)


def _refs(repository: Repository) -> dict[str, str]:
    lines = repository.git("for-each-ref", "--format=%(refname) %(objectname)").stdout.splitlines()
    return dict(line.split(" ") for line in lines)


def _tags(refs: dict[str, str]) -> list[str]:
    return [ref for ref in refs if ref.startswith("refs/tags/")]


def _contains(repository: Repository, one: dict[str, str], two: dict[str, str]) -> bool:
    """Whether `one` has the tags of `two`, and all commits that `two` leads to."""
    if not set(_tags(two)) <= set(one):
        return False
    new = repository.git("rev-list", "-n1", *two.values(), "--not", *one.values())
    return not new.returncode and not new.stdout.strip()


def _union(repository: Repository) -> bytes:
    """A bundle of everything; its newest commit is the later one of the two."""
    heads = (HEAD, _PLACE)
    for head in heads:
        oid = repository.git("rev-parse", head).stdout.strip()
        repository.git("update-ref", f"refs/heads/{oid[:16]}", oid)
    later = repository.git("rev-list", "--no-walk=sorted", "-n1", *heads).stdout.strip()
    repository.git("update-ref", "--no-deref", "HEAD", later)
    path = f"{repository.path}/union.bundle"
    done = repository.git("bundle", "create", "--quiet", path, "HEAD", "--branches", "--tags")
    if done.returncode:
        raise UserError(f"`git bundle` failed: {done.stderr.strip()}")
    data = Path(path).read_bytes()
    os.unlink(path)
    return data


def _copy(place: Path, own: Path | None) -> Path:
    """The folder with the contents of these very files: other files have another folder."""
    stamps = []
    for path in filter(None, (place, own)):
        status = path.stat()
        stamps.append(f"{path}:{status.st_mtime_ns}:{status.st_size}:{status.st_ino}")
    name = hashlib.sha256("\n".join(stamps).encode()).hexdigest()[:16]
    return copies_dir() / f"{name}.git"


def _move(made: Repository, copy: Path) -> None:
    try:
        os.rename(made.path, copy)
    except OSError:
        # Another process was faster; what it made is the same.
        if not copy.is_dir():
            raise

"""Versions of the templates: the newest one, one by its name, and which of two is older."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from scaffold.sources.address import (
    Version,
    accept,
    is_url,
    known_repository,
    own,
    remember,
    repository,
)
from scaffold.sources.pack import PARTS
from scaffold.sources.repository import Repository, local
from scaffold.support.errors import UserError
from scaffold.support.git import require_git
from scaffold.support.text import printable

# Names of commits that no other command of git would take for something else.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]*")


def newest(source: str | None = None) -> Version:
    """The version that new projects get.

    From `source`, as somebody typed it; else `$SCAFFOLD_SOURCE`, the checkout that this runs from,
    or the bundle that came with the installation. Raises UserError if there are no templates,
    or if a checkout has uncommitted changes in them.
    """
    require_git()
    if source is not None:
        path = accept(source)
        if not is_url(path):
            remember(path)
        _require_clean(path)
        return newest_of(path)
    named = os.environ.get("SCAFFOLD_SOURCE")
    ours = own() or (accept(named) if named else None)
    if ours is not None and named:
        remember(ours)
    if ours is None:
        raise UserError(
            "this scaffold was installed without its templates",
            "install it from a clone (`pip install -e .`) or from a wheel, "
            "or name a repository of templates with `--source`",
        )
    _require_clean(ours)
    return newest_of(ours)


def newest_of(src_path: str) -> Version:
    """The newest version in a project's source, which we ask if it is on the network.

    As for Copier, it is the highest version, without pre-releases, of which a tag is part of the
    newest commit; that commit itself if there is none, and in scaffold's own templates. Raises
    UserError if the source is gone or cannot be reached.
    """
    return Version(src_path, _newest_in(repository(src_path, refresh=True), src_path))


def known_newest_of(src_path: str) -> Version | None:
    """The newest version that is known without asking the network; None if none is."""
    try:
        found = known_repository(src_path)
        return Version(src_path, _newest_in(found, src_path)) if found else None
    except UserError:
        return None


def known_update(at: Version) -> Version | None:
    """Where an update would go, without asking the network: `at` itself if it is the newest; None: not known."""
    newest = known_newest_of(at.src_path)
    if newest is None or newest.commit == at.commit:
        return newest
    try:
        source = known_repository(at.src_path)
        mine, theirs = _apart(source, *at, newest.commit) if source else (0, 0)
        return newest if theirs and not mine else at
    except UserError:
        return None


def resolve(src_path: str, text: str) -> Version:
    """The version that `text` names: a tag, with or without its `v`, a commit, or HEAD.

    Raises UserError, which names what there is, if it names none.
    """
    source = repository(src_path, refresh=True)
    tags = _tags(source)
    for name in (text, f"v{text}"):
        if name in tags:
            return Version(src_path, name)
    wanted = source.head if text == "HEAD" else text
    if (wanted == source.head or _NAME.fullmatch(wanted)) and source.has(wanted):
        return Version(src_path, _describe(source, wanted))
    known = [name for _, name in sorted(_numbered(tags), reverse=True)] or tags
    there = ", ".join(f"`{name}`" for name in known[:5]) + (", …" if len(known) > 5 else "")
    raise UserError(
        f"`{src_path}` has no version `{printable(text[:60])}` of the templates"
        + (f"; it has {there}" if known else ""),
        f"use `--to {known[0]}`" if known else "name one of its commits; it has no tags",
    )


def is_older(src_path: str, one: str, two: str) -> bool:
    """Whether version `one` came before `two`: `two` has all commits of `one`, and more.

    Raises UserError if one of them does not exist.
    """
    if one == two:
        return False
    apart = _apart(_with_both(src_path, one, two), src_path, one, two)
    return not apart[0] and bool(apart[1])


def is_same(src_path: str, one: str, two: str) -> bool:
    """Whether both name one commit, as a tag and `git describe` with more digits or fewer can.

    Raises UserError if one of them does not exist.
    """
    return one == two or _apart(_with_both(src_path, one, two), src_path, one, two) == (0, 0)


def update_message(version: Version) -> str | None:
    """What to tell somebody whose project is at `version` while a newer one is known."""
    known = known_newest_of(version.src_path)
    if known is None or known.commit == version.commit:
        return None
    try:
        source = known_repository(version.src_path)
        apart = _apart(source, *version, known.commit) if source else (0, 0)
    except UserError:
        return None
    if apart[0] or not apart[1]:
        return None
    return f"templates {known.commit} are available: `scaffold update`"


def _with_both(src_path: str, one: str, two: str) -> Repository:
    source = repository(src_path, wanted=one)
    return source if source.has(two) else repository(src_path, wanted=two)


def _apart(source: Repository, src_path: str, one: str, two: str) -> tuple[int, int]:
    """How many commits `one` has that `two` lacks, and the other way round, with one call of git."""
    for name in (one, two):
        if not _NAME.fullmatch(name):
            raise UserError(f"`{printable(name[:60])}` cannot be a version of the templates")
    range_ = f"{one}^{{commit}}...{two}^{{commit}}"
    counts = source.git("rev-list", "--left-right", "--count", range_, "--").stdout.split()
    if not counts:
        raise UserError(
            f"`{src_path}` has no version `{two if source.has(one) else one}` of the templates",
            "fetch its tags and commits (`git fetch --tags`), "
            "or correct `_commit` in .copier-answers.yml",
        )
    return int(counts[0]), int(counts[1])


def _newest_in(source: Repository, src_path: str) -> str:
    if src_path != own():
        numbered = _numbered(_tags(source, f"--merged={source.head}"))
        if numbered:
            return max(numbered)[1]
    return _describe(source, source.head)


def _describe(source: Repository, commit: str) -> str:
    """A name of the commit that Copier can check out, and that stays true when commits are added."""
    done = source.git("describe", "--tags", "--always", "--abbrev=12", f"{commit}^{{commit}}")
    if done.returncode:
        raise UserError(
            f"there is no commit in `{source.path}`: {done.stderr.strip()}",
            "commit the templates first",
        )
    return done.stdout.strip()


def _tags(source: Repository, *options: str) -> list[str]:
    done = source.git("for-each-ref", "--format=%(refname:strip=2)", *options, "refs/tags")
    return done.stdout.split()


def _numbered(tags: Iterable[str]) -> list[tuple[Any, str]]:
    """Tags that are versions, each with what orders it; pre-releases left out, as Copier does."""
    from packaging.version import InvalidVersion
    from packaging.version import Version as Number

    found: list[tuple[Any, str]] = []
    for tag in tags:
        try:
            number = Number(tag)
        except InvalidVersion:
            continue
        if not number.is_prerelease and _NAME.fullmatch(tag):
            found.append((number, tag))
    return found


def _require_clean(src_path: str) -> None:
    path = Path(os.path.expanduser(src_path))
    source = local(path) if (path / ".git").exists() else None
    if source is None:
        return
    changed = source.git("status", "--porcelain", "--", *PARTS)
    if changed.returncode:
        raise UserError(f"`git status` failed in `{src_path}`: {changed.stderr.strip()}")
    if changed.stdout.strip():
        raise UserError(
            f"the templates in `{src_path}` have uncommitted changes, "
            "so you could not update a project from them",
            f"git -C {src_path} add --all && git -C {src_path} commit",
        )

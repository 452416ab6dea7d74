"""`update`: moves a project to another version of its templates."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from scaffold.agents import following, stated
from scaffold.agents.following import require_valid
from scaffold.agents.stated import overridden
from scaffold.api.run import Outcome, exclusive, plan_and_write
from scaffold.conventions.overrides import differences, require_same_framework
from scaffold.frameworks.detect import find_root, require_project
from scaffold.manifest import manifest as manifests
from scaffold.planning.plan import Plan, has_markers
from scaffold.planning.written_order import with_order
from scaffold.rendering.render import Side, Sides, Templates, Tree
from scaffold.sources import versions
from scaffold.sources.address import Version, fetch
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.support.text import lf
from scaffold.writing.apply import apply


def update(
    *, to: str | None = None, project: str | None = None, dry_run: bool = False, typed: str = ""
) -> Outcome:
    """Moves a project to the newest version of its source, or to the version `to`.

    Raises UserError before anything is written: if conflict markers are left, or if there is no such
    version or it is older.
    """
    root = require_project(find_root(project))
    with exclusive(root, dry_run):
        manifest = manifests.load(root)
        assert manifest is not None
        before = Side(Templates(fetch(manifest.version)), manifest)
        require_valid(*before)
        version, message = _wanted(manifest.version, to)
        if version == manifest.version:
            refuse_markers(root, before.tree())
            plan = with_order(root, Plan(), before.tree())
            if not dry_run:
                apply(root, plan, command=typed)
            return Outcome("update", root, manifest, plan, dry_run, messages=(message,))
        return bring(root, before, Templates(fetch(version)), version, dry_run, typed)


def bring(
    root: Path,
    before: Side,
    templates: Templates,
    version: Version,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Moves the project in `root` from one side to other templates; the caller holds the lock.

    Raises UserError before anything is written.
    """
    refuse_markers(root, before.tree())
    after = Side(templates, replace(before.manifest, version=version))
    require_fit(before, after)
    outcome = plan_and_write("update", root, Sides(before, after), dry_run, typed=typed)
    old, new = before.manifest.version.commit, version.commit
    words = "would go" if dry_run else "went"
    return outcome._replace(
        messages=(f"the templates {words} from {old} to {new}", *_what_changed(before, after))
    )


def _what_changed(before: Side, after: Side) -> list[str]:
    """Conventions that have another value now, because the agent or a default changed."""
    old, new = stated.values_of(*before), stated.values_of(*after)
    both = {
        group: {key: value for key, value in keys.items() if key in old.get(group, {})}
        for group, keys in new.items()
    }
    return differences(old, both)


def refuse_markers(root: Path, tree: Tree) -> None:
    """Raises UserError, naming each, if files of the tree still have conflict markers."""
    marked = [
        path
        for path, text in tree.items()
        if path != MANIFEST and is_marked(root, path) and not has_markers(text)
    ]
    if marked:
        raise UserError(
            "conflict markers are left in " + ", ".join(f"`{path}`" for path in marked),
            "settle each `<<<<<<<` to `>>>>>>>` block in it, then run the command again",
        )


def is_marked(root: Path, path: str) -> bool:
    """Whether a file has conflict markers. Raises UserError if it cannot be read."""
    place = f"{root}/{path}"
    if not os.path.isfile(place):
        return False
    try:
        with open(place, "rb", buffering=0) as file:
            raw = file.read()
    except OSError:
        # The slow way says what is wrong with it.
        raw = ProjectFiles(root).read(path) or b""
    return b"<<<<<<< " in raw and has_markers(lf(raw.decode("utf-8", "replace")))


def _wanted(at: Version, to: str | None) -> tuple[Version, str]:
    """The version to go to, and what to say if the project has it already."""
    source, now = at
    if to is None:
        newest = versions.newest_of(source)
        if versions.is_same(source, newest.commit, now):
            return at, f"the project is at {now}, the newest version"
        if versions.is_older(source, now, newest.commit):
            return newest, ""
        older = versions.is_older(source, newest.commit, now)
        what = (
            f"the older {newest.commit}"
            if older
            else f"{newest.commit}, which does not come after it"
        )
        return at, f"the project is at {now}, and the newest of its source is {what}"
    wanted = versions.resolve(source, to)
    if versions.is_same(source, wanted.commit, now):
        return at, f"the project is at {now}"
    if versions.is_older(source, wanted.commit, now):
        raise UserError(
            f"the project is at {now}, and `{to}` is older; templates only go forward",
            "to take an update back: `scaffold undo`, or `git revert` if you committed it",
        )
    return wanted, f"the project is at {now}"


def require_fit(before: Side, after: Side) -> None:
    """Raises UserError if the templates cannot take the manifest."""
    templates, manifest = after
    version = manifest.version.commit
    answers = manifest.answers()
    unknown = [
        name
        for name, question in templates.config.items()
        if not name.startswith("_") and question.get("when") is not False and name not in answers
    ]
    if unknown:
        raise UserError(
            f"the templates {version} are for a newer scaffold: they ask for `{unknown[0]}`",
            "install it (`pip install --upgrade scaffold`), then run the command again",
        )
    if not manifest.document and manifest.style not in templates.styles:
        raise UserError(
            f"the templates {version} no longer have the style `{manifest.style}`; "
            f"they have: {', '.join(following.in_order(templates.styles))}",
            "stay at this version, or follow a document of your own: `scaffold set --from FILE`",
        )
    try:
        overridden(templates, manifest)
        require_same_framework(stated.values_of(*before), stated.values_of(*after))
    except UserError as error:
        raise UserError(
            f"the conventions of this project do not fit the templates {version}: {error.message}",
            error.hint or "change them first with `scaffold set KEY=VALUE`",
        ) from None

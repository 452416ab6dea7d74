"""What plain `copier update` left: it knows nothing of the project's formatter, and takes a layout for an edit."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from scaffold.api.forms import forms_of
from scaffold.api.run import Outcome
from scaffold.api.update import is_marked
from scaffold.branches import git_merge
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import FileChange, Plan, decide
from scaffold.rendering.render import Side, Templates
from scaffold.sources.address import fetch
from scaffold.support.errors import UserError
from scaffold.support.git import git
from scaffold.support.project_files import MANIFEST, FileOnDisk, ProjectFiles
from scaffold.support.text import lf
from scaffold.writing.apply import apply

# Copier's labels, `copier/_main.py`.
_MARKER = "<<<<<<< before updating"


class Settled(NamedTuple):
    """What was merged again, and which of the paths are staged now: Copier leaves them unmerged in git's index."""

    outcome: Outcome
    staged: tuple[str, ...] = ()


def settled(root: Path, unmerged: Collection[str], dry_run: bool, typed: str) -> Settled | None:
    """Merges the files again in which `copier update` left markers; None if it did not leave any.

    Copier asks for a clean work tree, so what the user had is the last commit. `unmerged` are paths in git's index.
    Raises UserError before anything is written.
    """
    try:
        manifest = manifests.load(root, any_order=True)
    except UserError:  # `resolve` says what is wrong with it
        return None
    assert manifest is not None
    after = Side(Templates(fetch(manifest.version)), manifest)
    new = after.tree()
    marked = [path for path in new if path != MANIFEST and _is_left(root, path)]
    before = _committed_manifest(root) if marked else None
    if before is None or before.version == manifest.version:
        return None
    old = Side(Templates(fetch(before.version)), before).tree()
    mine = {path: raw for path in marked if (raw := _committed(root, path)) is not None}
    texts = {path: lf(raw.decode("utf-8", "replace")) for path, raw in mine.items()}
    forms = forms_of(root, after, runs=not dry_run)
    formed = forms.of(
        {path: old[path] for path in texts if path in old},
        {path: new[path] for path in texts},
        there=texts,
    )
    changes = []
    places = ProjectFiles(root)
    for path in texts:
        was = FileOnDisk(mine[path], True)
        found = decide(path, formed.before.get(path), formed.after[path], was, False, [])
        if isinstance(found, FileChange) and found.after is not None:
            changes.append(found._replace(before=places.read(path)))
    plan = forms.tidied(Plan(tuple(sorted(changes))))
    if not changes:
        return None
    staged: tuple[str, ...] = ()
    if not dry_run:
        git_merge.require_free(root)
        apply(root, plan, command=typed)
        clean = [change.path for change in plan.changes if not change.conflict]
        staged = tuple(path for path in clean if path in unmerged)
        git_merge.stage(root, staged)
    count = f"{len(changes)} file{'s' if len(changes) > 1 else ''}"
    words = "would be" if dry_run else "were"
    message = f"`copier update` left conflict markers in {count}, which {words} merged again, as `scaffold update` does"
    outcome = Outcome("resolve", root, manifest, plan, dry_run, messages=(message,))
    return Settled(outcome, staged)


def _is_left(root: Path, path: str) -> bool:
    if not is_marked(root, path):
        return False
    return _MARKER in (ProjectFiles(root).disk(path).text or "")


def _committed(root: Path, path: str) -> bytes | None:
    done = git("show", f"HEAD:./{path}", folder=root)
    return done.stdout if done.returncode == 0 else None


def _committed_manifest(root: Path) -> Manifest | None:
    raw = _committed(root, MANIFEST)
    try:
        return manifests.parse(raw.decode("utf-8", "replace"), any_order=True) if raw else None
    except UserError:
        return None

"""What `remove` of the last resource takes away: everything that came only for scaffold's endpoints."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from scaffold.api.forms import forms_of
from scaffold.frameworks.migrations import with_migration
from scaffold.frameworks.registry import framework_of, stack_of
from scaffold.frameworks.settings import without_shown
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Action, FileChange, Plan, make_plan
from scaffold.planning.renamed_files import with_renames
from scaffold.rendering.render import Side
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.writing import undo_log


def is_left(manifest: Manifest) -> bool:
    """Whether nobody needs scaffold in somebody else's project: no resource, no table and no thing is kept."""
    nothing = not manifest.things and all(resource.dropped for resource in manifest.resources)
    return not manifest.service and nothing


def leaves(root: Path, before: Manifest, after: Manifest) -> bool:
    """Whether the change takes the last resource away, and no migration is still to be made or run for it.

    A table that a migration made is dropped by the next migration, which needs our files. So they go
    with the command after that, which finds a manifest without tables.
    """
    if not is_left(after):
        return False
    tables = [resource.stored_in for resource in before.resources]
    return is_left(before) or not with_migration(root, tables, before.host)


def plan_to_leave(root: Path, before: Side, *, runs: bool) -> Plan:
    """Deletes what we emitted and nobody edited, the manifest, and our lines in the user's own files.

    `runs` is whether the project's formatter may be started.
    """
    top = root.resolve()
    forms = forms_of(root, before, runs=runs)
    old = forms.of(before.tree(), {}).before
    plan = with_renames(top, make_plan(root, old, {}), old, {}, {})
    # The manifest is ours whatever comments are in it, and without it what is kept is the user's:
    # one that stays would claim that they deleted all the other files.
    raw = ProjectFiles(top).read(MANIFEST)
    others = tuple(change for change in plan.changes if change.path != MANIFEST)
    own = FileChange(MANIFEST, Action.DELETE, raw, None)
    plan = plan._replace(
        changes=tuple(sorted((*others, own), key=lambda change: change.path)),
        kept=tuple(kept for kept in plan.kept if kept.path != MANIFEST),
    )
    framework = framework_of(stack_of(*before))
    history = partial(undo_log.replaced, root)
    plan = without_shown(top, before, framework.withdrawals(top, before, plan, history), history)
    return forms.tidied(plan)


def message(plan: Plan) -> str:
    """A sentence about it."""
    kept = " What is kept is yours from now on." if plan.kept else ""
    return (
        "No resource is left, so everything that came for scaffold's endpoints goes, the manifest too."
        f"{kept} `scaffold undo` in this folder brings it back."
    )

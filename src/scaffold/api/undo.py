"""`undo`: takes back the last command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.api.forms import forms_of
from scaffold.formatters.forms import Forms
from scaffold.frameworks import next_steps
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.migrations import has_column, with_migration
from scaffold.frameworks.registry import orm_of, stack_of
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Action, Plan
from scaffold.rendering.render import Side, Templates
from scaffold.sources.address import fetch
from scaffold.sources.repository import only_known
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from scaffold.support.text import unified
from scaffold.writing import undo_log
from scaffold.writing.apply import lock, recover
from scaffold.writing.undo_log import Edit, Record


class Undone(NamedTuple):
    """The command that undo took back, or would take back; `left` is how many more there are."""

    root: Path
    command: str
    plan: Plan
    dry_run: bool
    left: int
    next_steps: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


class EditedSince(UserError):
    """Files are not as the command left them: each with its difference and a note."""

    def __init__(self, message: str, hint: str, edits: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(message, hint)
        self.edits = edits


def undo(*, project: str | None = None, dry_run: bool = False) -> Undone:
    """Makes every file what it was before the last command that wrote something, or changes nothing.

    Raises UserError if no command is on record, EditedSince if somebody edited a file since.
    """
    root = find_root(project)
    with only_known() if dry_run else lock(root):
        if not dry_run:
            recover(root)
        record = undo_log.last(root)
        if record is None:
            require_project(root)
            raise UserError(
                f"there is no command on record in `{root}` to take back",
                "git brings back what you committed: `git log --oneline`; `scaffold remove NAME` "
                "removes a resource",
            )
        _require_unedited(root, record, runs=not dry_run)
        plan = undo_log.plan_of(root, record)
        before, after = _manifest(plan, before=True), _manifest(plan, before=False)
        if MANIFEST not in [change.path for change in plan.changes]:
            before = after = manifests.load(root, any_order=True)
        messages, follow = _follow(root, plan, before, after)
        if record.log.command.startswith("resolve"):
            messages += (
                "What `resolve` staged stays in git's index: `git checkout --merge -- PATH` makes it "
                "a conflict again.",
            )
        if not dry_run:
            undo_log.take_back(root, record)
    return Undone(root, record.log.command, plan, dry_run, record.left, follow, messages)


def _require_unedited(root: Path, record: Record, *, runs: bool) -> None:
    edits = undo_log.edits(root, record)
    forms = _forms(root, runs=runs) if edits else None
    if forms is not None:
        edits = forms.without_formatted(edits)
    if not edits:
        return
    paths = ", ".join(f"`{edit.path}`" for edit in edits[:5])
    more = f" and {len(edits) - 5} more" if len(edits) > 5 else ""
    typed = f" (`scaffold {record.log.command}`)" if record.log.command else ""
    raise EditedSince(
        f"the last command{typed} cannot be taken back, because of later edits in {paths}{more}",
        "restore these files to what it wrote (you see the difference), or remove by hand what "
        "you do not want",
        {edit.path: (edit.note, _difference(edit)) for edit in edits},
    )


def _forms(root: Path, *, runs: bool) -> Forms | None:
    """The forms of the project's files; None if its manifest cannot be read, or its templates are gone."""
    try:
        manifest = manifests.load(root, any_order=True)
        if manifest is None:
            return None
        return forms_of(root, Side(Templates(fetch(manifest.version)), manifest), runs=runs)
    except UserError:
        return None


def _difference(edit: Edit) -> str:
    def text(data: bytes | None) -> str | None:
        return None if data is None else data.decode("utf-8", "replace")

    if edit.written is None and edit.note != "it is there again":
        return ""
    return unified(edit.path, text(edit.written), text(edit.now))


def _manifest(plan: Plan, *, before: bool) -> Manifest | None:
    """The project's manifest before or after the undo, None if it has none."""
    for change in plan.changes:
        data = change.before if before else change.after
        if change.path == MANIFEST and data is not None:
            try:
                return manifests.parse(data.decode("utf-8", "replace"), any_order=True)
            except UserError:  # as a git merge left it, before `resolve`
                return None
    return None


def _follow(
    root: Path, plan: Plan, before: Manifest | None, after: Manifest | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What undo does not do, and the next steps."""
    known = after or before
    if known is None:
        return (), ()
    gone = [change.path for change in plan.changes if change.action is Action.DELETE]
    messages = tuple(
        f"A database that ran {path} keeps what it did: undo takes back only files."
        for path in gone
        if f"/{path}".rpartition("/migrations/")[1] and path.endswith((".sql", ".py"))
        if not path.endswith(("/env.py", "/__init__.py"))
    )
    try:
        stack = stack_of(Templates(fetch(known.version)), known)
    except UserError:
        return messages, ()  # the templates are gone: the files come back all the same
    paths = [change.path for change in plan.changes]
    follow = next_steps.after_change(stack, root, known, paths) if after else ()
    orm = orm_of(stack)
    if orm.definitions:
        others = [path for path in paths if not orm.defines([path])]
        without_tool = next_steps.after_change(stack, root, known, others)
        was, now = (
            {resource.stored_in for resource in side.resources} if side else set()
            for side in (before, after)
        )
        made = with_migration(root, was | now, known.host)
        if not made:  # the tool has not seen any of it
            follow = tuple(step for step in follow if step in without_tool)
        left = sorted(made - now)
        messages += tuple(
            f"The migration that made the table `{table}` stays: your ORM's tool wrote it."
            for table in left
        )
        columns = [
            (table, column)
            for table, column in _columns_gone(before, after)
            if has_column(root, table, column, known.host)
        ]
        messages += tuple(
            f"The migration that adds the column `{column}` to `{table}` stays: your ORM's tool wrote it."
            for table, column in columns
        )
        drops = next_steps.after_drop(stack, root, after)[:1] if after and (left or columns) else ()
        if columns:  # the tool refuses to take a column away without being told to
            follow = tuple(step for step in follow if step in without_tool)
        follow = tuple(dict.fromkeys([*(step for step in follow if step not in drops), *drops]))
    return messages, follow


def _columns_gone(before: Manifest | None, after: Manifest | None) -> list[tuple[str, str]]:
    """Each table with a column that only the first manifest gives it."""
    if before is None or after is None:
        return []
    now = {
        resource.stored_in: {field.stored_in for field in resource.fields}
        for resource in after.resources
    }
    return [
        (resource.stored_in, field.stored_in)
        for resource in before.resources
        for field in resource.fields
        if field.stored_in not in now.get(resource.stored_in, {field.stored_in})
    ]

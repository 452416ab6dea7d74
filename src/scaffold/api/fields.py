"""`field` and `rename`: change an existing resource and keep its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from scaffold.agents import stated
from scaffold.api import follows
from scaffold.api.kind_names import require_free
from scaffold.api.run import Outcome, run
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.migrations import has_column, may_have_rows
from scaffold.manifest import edits, things
from scaffold.manifest.edits import find_resource
from scaffold.manifest.host import has_own_tool
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs
from scaffold.manifest.relation_names import check_relations
from scaffold.manifest.table_history import noted, writes_migrations
from scaffold.planning.owned_files import without_stale_foreign
from scaffold.planning.plan import Action
from scaffold.rendering.render import Templates
from scaffold.resources import options
from scaffold.resources.field_changes import altered, dropped, require_simple
from scaffold.resources.fields import Field, parse_field, parse_fields, require_room
from scaffold.resources.kept_words import check_columns
from scaffold.resources.resource import Resource, parse_resource_name

# Templates older than this answer cannot keep the name of a column or table when its field or resource gets another.
NEEDS = "table_steps"


def add_fields(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Adds fields to a resource. Raises UserError before anything is written."""
    parsed = parse_fields(fields)
    require_room(parsed)

    def change(
        manifest: Manifest, resource: Resource, templates: Templates, root: Path
    ) -> Manifest:
        return with_added(root, manifest, templates, resource, parsed)

    return _evolve("field add", name, change, project, dry_run, typed)


def with_added(
    root: Path,
    manifest: Manifest,
    templates: Templates,
    resource: Resource,
    fields: tuple[Field, ...],
) -> Manifest:
    """The manifest in which the resource has those fields, too. Raises UserError if they do not fit."""
    bound = bind_refs(manifest, resource.name, fields)
    values = templates.conventions(manifest)
    rows = may_have_rows(root, templates, manifest, resource)
    check_columns(bound, values)
    after = edits.with_fields(resource, bound, has_rows=rows)
    options.check_version(after.fields, values)
    changed = manifest.with_resource(after)
    check_relations(changed, after.name, values)
    return changed


def remove_fields(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Removes fields from a resource; the next migration drops their columns."""
    notes: list[str] = []

    def change(manifest: Manifest, resource: Resource, *_: object) -> Manifest:
        after = edits.without_fields(resource, fields)
        for field in {*resource.fields} - {*after.fields}:
            things.require_unnamed(manifest, resource.name, field.name)
        gone = [field for field in resource.fields if field not in after.fields]
        notes.extend(follows.with_removed_fields(gone))
        return manifest.with_resource(after)

    outcome = _evolve("field remove", name, change, project, dry_run, typed)
    return outcome._replace(messages=(*outcome.messages, *notes))


def rename_field(
    name: str,
    old: str,
    new: str,
    *,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Gives a field another name; its column stays, so that no row and no running server notices."""
    notes: list[str] = []

    def change(manifest: Manifest, resource: Resource, templates: Templates, _: Path) -> Manifest:
        after = edits.with_renamed_field(resource, old, new)
        options.check_version(after.fields, templates.conventions(manifest))
        notes.extend(follows.with_renamed_field(resource, after))
        changed = manifest.with_resource(after)
        (was,) = {field.name for field in resource.fields} - {field.name for field in after.fields}
        (now,) = {field.name for field in after.fields} - {field.name for field in resource.fields}
        return things.with_renamed(changed, resource.name, now, was)

    outcome = _evolve("field rename", name, change, project, dry_run, typed)
    return outcome._replace(messages=(*outcome.messages, *notes))


def change_field(
    name: str,
    text: str,
    *,
    default: str | None = None,
    maps: Sequence[str] = (),
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Gives a field another definition, `text`, and keeps its rows.

    `default` is for rows without a value, each of `maps` (`old=new`) says what a value becomes.
    Raises UserError before anything is written.
    """
    wanted = parse_field(text)
    notes: list[str] = []

    def change(
        manifest: Manifest, resource: Resource, templates: Templates, root: Path
    ) -> Manifest:
        after, found = with_altered(
            root, manifest, templates, resource, wanted, default=default, maps=maps
        )
        notes.extend(found)
        return after

    outcome = _evolve("field change", name, change, project, dry_run, typed)
    return outcome._replace(messages=(*outcome.messages, *notes))


def with_altered(
    root: Path,
    manifest: Manifest,
    templates: Templates,
    resource: Resource,
    wanted: Field,
    *,
    default: str | None = None,
    maps: Sequence[str] = (),
) -> tuple[Manifest, list[str]]:
    """The manifest in which a field of the resource is `wanted`, and sentences about what that means.

    Raises UserError if rows would lose a value, or nothing can bring them to it.
    """
    old = edits.find_field(resource, wanted.name)
    if wanted.name == old.name:
        (wanted,) = bind_refs(manifest, resource.name, (wanted,))
    rows = may_have_rows(root, templates, manifest, resource)
    ours = writes_migrations(templates.schema, templates.conventions(manifest))
    table, column = resource.stored_in, old.stored_in
    if rows and not ours and not has_column(root, table, column, manifest.host):
        # The column is still to come: it comes as it is by then.
        edits.require_value(resource, wanted, f"scaffold field change {resource.name}")
        rows = False
    alteration = altered(old, wanted, fill=default, words=maps, rows=rows, resource=resource.name)
    after = edits.with_altered_field(resource, alteration)
    if rows and not ours:
        # A tool that is not ours makes the migration by itself.
        if has_own_tool(manifest.host):
            require_simple(alteration, resource.name)
        after = noted(manifest, after, alteration)
    changed = manifest.with_resource(after)
    notes = [f"`{old.spec()}` becomes `{alteration.new.spec()}`", *dropped(old, alteration.new)]
    return changed, notes


def rename(
    name: str, new: str, *, project: str | None = None, dry_run: bool = False, typed: str = ""
) -> Outcome:
    """Gives a resource another name: its path, files and types; its table stays."""
    wanted = parse_resource_name(new)

    def change(manifest: Manifest, resource: Resource, templates: Templates, _: Path) -> Manifest:
        require_free(wanted, manifest, templates)
        after = edits.with_renamed_resource(manifest, resource, wanted)
        return without_stale_foreign(after, templates)

    outcome = _evolve("rename", name, change, project, dry_run, typed, renamed=wanted)
    messages = outcome.messages
    renamed = outcome.manifest.find(wanted)
    assert renamed is not None
    children = [
        (child, field)
        for child in outcome.manifest.resources
        for field in child.fields
        if field.ref == wanted and not field.external
    ]
    messages += (*follows.with_renamed_resource(renamed, children),)
    if left := _left_behind(outcome):
        files = ", ".join(left)
        messages += (f"Your own files stay where they are, and may name what moved: {files}",)
    return outcome._replace(messages=messages)


def _left_behind(outcome: Outcome) -> list[str]:
    """Files that are not ours, in the folders that ours moved out of."""
    gone = {change.path for change in outcome.plan.changes if change.action is Action.DELETE}
    new = {change.path for change in outcome.plan.changes} - gone
    emptied = {path.rpartition("/")[0] for path in gone} - {path.rpartition("/")[0] for path in new}
    found = []
    for folder in sorted(emptied):
        place = outcome.root / folder
        paths = sorted(place.iterdir()) if place.is_dir() else []
        names = [f"{folder}/{path.name}" for path in paths if path.is_file()]
        found += [name for name in names if name not in gone]
    return found


def _evolve(
    command: str,
    name: str,
    change: Callable[[Manifest, Resource, Templates, Path], Manifest],
    project: str | None,
    dry_run: bool,
    typed: str,
    *,
    renamed: str | None = None,
) -> Outcome:
    wanted = parse_resource_name(name)
    root = require_project(find_root(project))

    def changed(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource | None]:
        resource = find_resource(manifest, wanted)
        stated.require_answer(templates, NEEDS, f"`scaffold {command}` does not work")
        after = change(manifest, resource, templates, root)
        return after, after.find(renamed or wanted)

    return run(command, root, None, changed, dry_run, typed=typed)

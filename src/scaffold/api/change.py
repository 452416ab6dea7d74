"""`change`: what an endpoint that exists allows, and whether there is a route at all."""

from __future__ import annotations

import shlex
from pathlib import Path

from scaffold.api import hidden_rows
from scaffold.api.follows import files_stay
from scaffold.api.run import Outcome, run
from scaffold.frameworks.detect import find_root, require_project
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import require_own_files
from scaffold.manifest.relation_names import check_relations
from scaffold.rendering.render import Side, Templates
from scaffold.resources.changes import Change, changed, differences
from scaffold.resources.resource import Resource, parse_resource_name
from scaffold.support.errors import UserError


def change(
    name: str,
    wanted: Change,
    *,
    drop: bool = False,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Changes what is named in `wanted`; `drop`: soft-deleted rows may go for good.

    Raises UserError before anything is written.
    """
    word = parse_resource_name(name)
    if wanted == Change():
        raise UserError(
            f"nothing to change: say what `{word}` should allow",
            f"for example `scaffold change {word} --rate-limit 100/1m`; `scaffold change --help`",
        )
    root = require_project(find_root(project))
    notes: list[str] = []

    def apply(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        resource = find_resource(manifest, word)
        after, found = with_change(manifest, templates, resource, wanted)
        notes.extend(found)
        notes.extend(rows_that_go(root, templates, manifest, after, drop=drop, typed=typed))
        return after, after.find(word) or resource

    outcome = run("change", root, None, apply, dry_run, typed=typed)
    return outcome._replace(messages=(*outcome.messages, *notes))


def with_change(
    manifest: Manifest, templates: Templates, resource: Resource, wanted: Change
) -> tuple[Manifest, list[str]]:
    """The manifest with the resource changed, and a sentence for each difference.

    Raises UserError if the change does not fit.
    """
    values = templates.conventions(manifest)
    new = changed(resource, wanted, values)
    require_own_files(manifest, new)
    after = manifest.with_resource(new)
    check_relations(after, new.name, values)
    notes = differences(resource, new, values)
    if resource.files and new.files != resource.files and not new.files:
        notes.append(files_stay(resource))
    return after, notes


def rows_that_go(
    root: Path,
    templates: Templates,
    before: Manifest,
    after: Manifest,
    *,
    drop: bool,
    typed: str,
) -> tuple[str, ...]:
    """Sentences about soft-deleted rows that go for good. Raises UserError unless they may (`drop`)."""
    gone = hidden_rows.of_ended(root, Side(templates, before), Side(templates, after))
    if not drop:
        hidden_rows.require_drop(gone, typed or shlex.join(["change", *(one.name for one in gone)]))
    return hidden_rows.told(after, gone)

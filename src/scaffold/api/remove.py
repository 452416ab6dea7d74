"""`remove`: removes a resource."""

from __future__ import annotations

from scaffold.api.follows import files_stay
from scaffold.api.leave import is_left, message
from scaffold.api.run import Outcome, run
from scaffold.frameworks import next_steps
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.migrations import has_migration
from scaffold.frameworks.registry import stack_of
from scaffold.manifest import manifest as manifests
from scaffold.manifest import things
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.planning.owned_files import without_stale_foreign
from scaffold.rendering.render import Templates
from scaffold.resources.resource import Resource, parse_resource_name
from scaffold.sources.address import fetch
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST


def remove(
    name: str,
    *,
    project: str | None = None,
    drop_table: bool = False,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Removes a resource; its table's definition stays once a migration names it, unless `drop_table`.

    With the last one, all of ours leaves a project that scaffold did not make.
    """
    root = find_root(project)
    wanted = parse_resource_name(name)
    known = manifests.load(root)
    # An adopted project has nothing of ours yet that could go.
    ends = drop_table and known is not None and not known.adopted and is_left(known)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource | None]:
        left = manifest.find(wanted)
        if ends and is_left(manifest):
            return manifest, left  # the tables were dropped before: what is left goes
        if drop_table and left is not None and left.retired and not left.dropped:
            resource = left  # its endpoint was removed before, without its table
        else:
            resource = find_resource(manifest, wanted)
        things.require_unnamed(manifest, wanted)
        keeps = not drop_table and has_migration(root, resource.stored_in, manifest.host)
        children = [
            child
            for child in manifest.resources
            if child.name != wanted
            and not (keeps and child.retired)
            and any(field.ref == wanted and not field.external for field in child.fields)
        ]
        if children:
            names = ", ".join(f"`{child.name}`" for child in children)
            child = children[0]
            way = f"remove {child.name}" + (" --drop-table" if child.retired else "")
            if any(field.ref == child.name and not field.external for field in resource.fields):
                # In a circle no one is first to go; what makes it one is optional.
                own = next(field for field in child.fields if field.ref == wanted)
                way = f"field remove {child.name} {own.name}"
            raise UserError(f"`{wanted}` is the parent of {names}", f"first `scaffold {way}`")
        if keeps:
            return manifest.with_resource(resource.retire()), resource
        return without_stale_foreign(manifest.without_resource(wanted), templates), resource

    outcome = run("remove", require_project(root), None, change, dry_run, typed=typed)
    if outcome.resource and outcome.resource.files:
        sentence = files_stay(outcome.resource)
        outcome = outcome._replace(messages=(*outcome.messages, sentence))
    if any(file.path == MANIFEST and file.after is None for file in outcome.plan.changes):
        return outcome._replace(messages=(*outcome.messages, message(outcome.plan)))
    left = outcome.manifest.find(wanted)
    if left is not None and not left.dropped:
        sentence = (
            f"The table `{left.stored_in}` stays, with its rows: a migration made it. "
            f"`scaffold remove {wanted} --drop-table` also removes its definition."
        )
        return outcome._replace(messages=(*outcome.messages, sentence))
    if drop_table:
        templates = Templates(fetch(outcome.manifest.version))
        stack = stack_of(templates, outcome.manifest)
        if is_left(outcome.manifest):
            sentence = (
                "The migration that drops the table needs scaffold's files. Once it has run everywhere, "
                f"`scaffold remove {wanted} --drop-table` again takes them away."
            )
            outcome = outcome._replace(messages=(*outcome.messages, sentence))
        return outcome._replace(next_steps=next_steps.after_drop(stack, root, outcome.manifest))
    return outcome

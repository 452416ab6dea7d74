"""`remove`: removes a resource."""

from __future__ import annotations

from scaffold.api.run import Outcome, run
from scaffold.frameworks import next_steps
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.migrations import has_migration
from scaffold.frameworks.registry import stack_of
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.planning.owned_files import without_stale_foreign
from scaffold.rendering.render import Templates
from scaffold.resources.resource import Resource, parse_resource_name
from scaffold.sources.address import fetch
from scaffold.support.errors import UserError


def remove(
    name: str,
    *,
    project: str | None = None,
    drop_table: bool = False,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Removes a resource; its table's definition stays once a migration names it, unless `drop_table`."""
    root = find_root(project)
    wanted = parse_resource_name(name)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        left = manifest.find(wanted)
        if drop_table and left is not None and left.retired and not left.dropped:
            resource = left  # its endpoint was removed before, without its table
        else:
            resource = find_resource(manifest, wanted)
        keeps = not drop_table and has_migration(root, resource.stored_in)
        children = [
            child
            for child in manifest.resources
            if child.name != wanted
            and not (keeps and child.retired)
            and any(field.ref == wanted and not field.external for field in child.fields)
        ]
        if children:
            names = ", ".join(f"`{child.name}`" for child in children)
            more = " --drop-table" if children[0].retired else ""
            raise UserError(
                f"`{wanted}` is the parent of {names}",
                f"first `scaffold remove {children[0].name}{more}`",
            )
        if keeps:
            return manifest.with_resource(resource.retire()), resource
        return without_stale_foreign(manifest.without_resource(wanted), templates), resource

    outcome = run("remove", require_project(root), None, change, dry_run, typed=typed)
    left = outcome.manifest.find(wanted)
    if left is not None and not left.dropped:
        message = (
            f"The table `{left.stored_in}` stays, with its rows: a migration made it. "
            f"`scaffold remove {wanted} --drop-table` also removes its definition."
        )
        return outcome._replace(messages=(*outcome.messages, message))
    if drop_table:
        templates = Templates(fetch(outcome.manifest.version))
        stack = stack_of(templates, outcome.manifest)
        return outcome._replace(next_steps=next_steps.after_drop(stack, root, outcome.manifest))
    return outcome

"""Names that a kind keeps for itself: no resource of the project has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaffold.support.errors import UserError

if TYPE_CHECKING:
    # Every command on resources asks for names, and few projects have kinds.
    from scaffold.kinds.definition import Kind
    from scaffold.manifest.manifest import Manifest
    from scaffold.rendering.render import Templates


def require_unreserved(kind: Kind, manifest: Manifest) -> None:
    """Raises UserError if a resource has a name, or a table, that things of the kind need."""
    for resource in manifest.resources:
        for name in {resource.name, resource.stored_in} & {*kind.reserves}:
            raise UserError(
                f"`{kind.name}` needs the name `{name}`, and the resource `{resource.name}` has it",
                (
                    f"first `scaffold rename {resource.name} …`"
                    if resource.stored_in not in kind.reserves
                    else "a table keeps its name, so this project cannot have both"
                ),
            )


def require_free(name: str, manifest: Manifest, templates: Templates) -> None:
    """Raises UserError if a kind that the project uses, or used, keeps the name of a resource for itself."""
    if not manifest.things and not manifest.kept:
        return
    used = {thing.kind for thing in manifest.things}
    for kind in templates.kinds.values():
        if name in kind.reserves and (kind.name in used or {*kind.stays} & {*manifest.kept}):
            raise UserError(
                f"the kind `{kind.name}` of this project keeps the name `{name}` for itself",
                f"choose another name, for example `{name}_entries`",
            )

"""The things of a manifest: found, added, taken away and renamed, and how they follow the resources that they name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scaffold.kinds.thing import Thing
from scaffold.manifest.manifest import Manifest
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


def address(text: str) -> tuple[str, str] | None:
    """The kind and the name in `job/render`; None if it names a resource."""
    kind, slash, name = text.partition("/")
    return (kind, name) if slash else None


def find_thing(manifest: Manifest, kind: str, name: str) -> Thing:
    """The thing of that name. Raises UserError if there is none."""
    for thing in manifest.things:
        if (thing.kind, thing.name) == (kind, name):
            return thing
    there = [thing.address for thing in manifest.things]
    guess = nearest(f"{kind}/{name}", there)
    raise UserError(
        f"this project has no `{printable(kind[:40])}/{printable(name[:40])}`; it has: {', '.join(there) or 'none'}",
        f"did you mean `{guess}`?" if guess else "`scaffold list` shows them",
    )


def with_thing(manifest: Manifest, thing: Thing) -> Manifest:
    """The manifest with that thing, which replaces the one of its kind and key."""
    others = [one for one in manifest.things if (one.kind, one.key) != (thing.kind, thing.key)]
    return replace(manifest, things=in_order([*others, thing]))


def without_thing(manifest: Manifest, thing: Thing) -> Manifest:
    """The manifest without that thing."""
    return replace(manifest, things=tuple(one for one in manifest.things if one != thing))


def in_order(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Things as a manifest holds them."""
    return tuple(sorted(things, key=lambda thing: (thing.kind, thing.name)))


def with_renamed(manifest: Manifest, resource: str, new: str, field: str | None = None) -> Manifest:
    """The manifest whose things call a resource, or one field of it, by its new name."""
    if not manifest.things:
        return manifest
    return replace(
        manifest,
        things=tuple(thing.with_renamed(resource, new, field) for thing in manifest.things),
    )


def require_unnamed(manifest: Manifest, resource: str, field: str | None = None) -> None:
    """Raises UserError if a thing names the resource, or that field of it."""
    for thing in manifest.things:
        how = thing.names(resource, field)
        if how:
            what = f"the field `{field}` of `{resource}`" if field else f"`{resource}`"
            raise UserError(
                f"`{thing.address}` names {what} ({', '.join(how)})",
                f"first `scaffold remove {thing.address}`, or give it another: `scaffold add {thing.kind} "
                f"{thing.name} …`",
            )

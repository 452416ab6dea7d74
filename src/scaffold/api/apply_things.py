"""The block `things` of a file that `apply` reads: by kind and name, options and FIELDs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scaffold.api.things import find_kind, with_added
from scaffold.conventions.schema import line_of
from scaffold.documents.front_matter import FrontMatter
from scaffold.kinds.definition import Kind
from scaffold.kinds.thing import Thing
from scaffold.manifest import things
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


def with_things(
    manifest: Manifest, templates: Templates, path: str, found: FrontMatter
) -> tuple[Manifest, list[str]]:
    """The manifest whose things are what the file at `path` says, and a sentence for each that differs.

    What the file leaves out of a thing is what its kind says. Things that it does not name stay. Raises UserError,
    with the line, if one does not fit.
    """
    notes: list[str] = []
    for word, named in found.data["things"].items():
        kind = find_kind(templates, str(word))
        for name, stated in _mapping(named, f"things.{word}", path, found).items():
            where = f"things.{word}.{name}"
            try:
                said = _mapping(stated, where, path, found)
                manifest, note = _converged(manifest, templates, kind, str(name), said)
            except UserError as error:
                line = line_of(found.lines, where)
                raise UserError(
                    f"`{printable(path)}`, line {line}: {error.message}", error.hint
                ) from None
            notes += note
    return manifest, notes


def _converged(
    manifest: Manifest, templates: Templates, kind: Kind, name: str, said: Mapping[str, Any]
) -> tuple[Manifest, list[str]]:
    for key in said:
        if key != "fields" and kind.option(str(key)) is None:
            known = [*(option.name for option in kind.options), "fields"]
            guess = nearest(str(key)[:40], known)
            raise UserError(
                f"`{kind.name}` has no option `{printable(str(key)[:40])}`; it has: {', '.join(known)}",
                f"did you mean `{guess}:`?" if guess else f"`scaffold add {kind.name} --help`",
            )
    fields = _texts(said.get("fields") or [])
    options = {key: _texts(value) for key, value in said.items() if key != "fields"}
    was = next((one for one in manifest.things if (one.kind, one.name) == (kind.name, name)), None)
    # As if it were new: what the file does not say again goes.
    without = things.without_thing(manifest, was) if was else manifest
    after, thing = with_added(without, templates, kind, name, fields, options)
    if was is None:
        return after, []
    thing = replace(thing, key=was.key)
    return things.with_thing(without, thing), [*_differences(was, thing)]


def _differences(was: Thing, now: Thing) -> list[str]:
    old, new = ({**thing.to_data(), **thing.options} for thing in (was, now))
    keys = [key for key in {**old, **new} if key != "options" and old.get(key) != new.get(key)]
    return [f"{now.address}: {', '.join(keys)} changed"] if keys else []


def _mapping(stated: Any, where: str, path: str, found: FrontMatter) -> Mapping[Any, Any]:
    if stated is None:
        return {}
    if not isinstance(stated, Mapping):
        raise UserError(
            f"`{printable(path)}`, line {line_of(found.lines, where)}: `{printable(where)}` must be a mapping",
            "for example `things: {job: {render: {retries: 5, fields: ['format:enum(obj,stl)']}}}`",
        )
    return stated


def _texts(value: Any) -> list[str]:
    """Values of a file as they would be typed."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]

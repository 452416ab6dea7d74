"""`add`, and what else changes things: `remove`, `rename` and `field` for an address such as `job/render`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scaffold.api.kind_names import require_unreserved
from scaffold.api.run import Outcome, run
from scaffold.frameworks.detect import find_root, require_project
from scaffold.kinds.definition import FORMS, Kind
from scaffold.kinds.fit import require_fit, require_kinds, require_project_fit
from scaffold.kinds.names import thing_name
from scaffold.kinds.option_types import Value, typed
from scaffold.kinds.thing import Thing, key_for
from scaffold.manifest import manifest as manifests
from scaffold.manifest import things
from scaffold.manifest.edits import find_field, find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs
from scaffold.rendering.render import Templates
from scaffold.resources.fields import Field, parse_field, parse_fields
from scaffold.resources.names import parse_name
from scaffold.sources.address import fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

# What a command makes of a thing whose fields it changes. Raises UserError if that does not fit.
FieldChange = Callable[[Thing, Manifest], Thing]


@only_known()
def templates_of(project: str | None) -> Templates:
    """The templates whose kinds a command here can add: the project's, or the newest ones without a project."""
    manifest = manifests.load(find_root(project))
    return Templates(fetch(manifest.version if manifest else newest()))


def find_kind(templates: Templates, name: str) -> Kind:
    """The kind of that name. Raises UserError, which names those that there are."""
    found = templates.kinds.get(name)
    if found is None:
        names = ", ".join(templates.kinds)
        guess = nearest(name, templates.kinds)
        raise UserError(
            f"these templates have no kind `{printable(name[:40])}`"
            + (f"; they have: {names}" if names else ": they have none"),
            f"did you mean `scaffold add {guess}`?" if guess else "`scaffold kinds` lists them",
        )
    return found


def add(
    kind: str,
    name: str,
    fields: Sequence[str] = (),
    options: Mapping[str, Sequence[str]] | None = None,
    *,
    project: str | None = None,
    restore: bool = False,
    dry_run: bool = False,
    typed: str = "",
) -> Outcome:
    """Adds a thing of a kind, or gives one that exists the options that are named.

    `options` maps names of options to what was typed. `restore` brings back files of it that were deleted.
    Raises UserError before anything is written.
    """
    given = {key: list(texts) for key, texts in (options or {}).items()}

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Thing]:
        found = find_kind(templates, kind)
        after, thing = with_added(manifest, templates, found, name, list(fields), given)
        return after, thing

    root = require_project(find_root(project))
    outcome = run(f"add {kind}", root, None, change, dry_run, typed=typed, restore=restore)
    return _told(outcome, lambda kind: kind.next_steps)


def with_added(
    manifest: Manifest,
    templates: Templates,
    kind: Kind,
    name: str,
    fields: list[str],
    options: Mapping[str, list[str]],
) -> tuple[Manifest, Thing]:
    """The manifest with a thing of that kind; one of that name keeps what is not said again.

    Raises UserError if it does not fit.
    """
    require_project_fit(kind, templates.conventions(manifest), service=manifest.service)
    require_unreserved(kind, manifest)
    mine = [thing for thing in manifest.things if thing.kind == kind.name]
    wanted = thing_name(name, kind, [thing.name for thing in mine])
    known = next((thing for thing in mine if thing.name == wanted), None)
    parsed = bind_refs(manifest, "", parse_fields(fields)) if fields else ()
    if known is not None and fields and parsed != known.fields:
        raise UserError(
            f"`{known.address}` exists with other fields: {' '.join(one.spec() for one in known.fields) or 'none'}",
            f"`scaffold field add|change|remove {known.address} …` changes them",
        )
    thing = known or Thing(
        kind.name, wanted, key_for(wanted, manifest.things, kind.name), {}, parsed
    )
    read: dict[str, Value] = {}
    for key, texts in options.items():
        option = kind.option(key)
        assert option is not None
        read[key] = option.read(texts)
    order = [option.name for option in kind.options]
    chosen = {**thing.options, **read}
    thing = replace(thing, options={key: chosen[key] for key in order if key in chosen})
    thing = _bound(manifest, thing)
    require_fit(thing, kind)
    others = [one for one in manifest.things if one.key != thing.key or one.kind != thing.kind]
    require_kinds(kind, others)
    kept = tuple(sorted({*manifest.kept, *kind.stays}))
    return replace(things.with_thing(manifest, thing), kept=kept), thing


def remove(kind: str, name: str, *, project: str | None, dry_run: bool, typed: str) -> Outcome:
    """Removes a thing; files that the user edited stay."""

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Thing]:
        thing = things.find_thing(manifest, kind, name)
        after = things.without_thing(manifest, thing)
        for other in after.things:
            definition = templates.kinds.get(other.kind)
            if definition and kind in definition.kinds:
                require_kinds(definition, after.things)
        return after, thing

    root = require_project(find_root(project))
    outcome = run("remove", root, None, change, dry_run, typed=typed)
    return _told(outcome, lambda kind: (), lambda kind: kind.on_remove)


def rename(
    kind: str, name: str, new: str, *, project: str | None, dry_run: bool, typed: str
) -> Outcome:
    """Gives a thing another name; its files move, with what the user wrote in them."""

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Thing]:
        thing = things.find_thing(manifest, kind, name)
        definition = find_kind(templates, kind)
        others = [one.name for one in manifest.things if one.kind == kind and one is not thing]
        wanted = thing_name(new, definition, others)
        if wanted in (thing.name, *others):
            raise UserError(
                (
                    f"`{wanted}` has that name already"
                    if wanted == thing.name
                    else f"this project has a {kind} `{wanted}`"
                ),
                "choose another name; `scaffold list` shows those in use",
            )
        renamed = replace(thing, name=wanted)
        return things.with_thing(manifest, renamed), renamed

    root = require_project(find_root(project))
    outcome = run("rename", root, None, change, dry_run, typed=typed)
    return _told(outcome, lambda kind: (), lambda kind: kind.on_rename)


def change_fields(
    command: str,
    kind: str,
    name: str,
    change: FieldChange,
    *,
    project: str | None,
    dry_run: bool,
    typed: str,
) -> Outcome:
    """Gives a thing the fields that `change` gives it."""

    def changed(manifest: Manifest, templates: Templates) -> tuple[Manifest, Thing]:
        thing = things.find_thing(manifest, kind, name)
        definition = find_kind(templates, kind)
        after = change(thing, manifest)
        require_fit(after, definition)
        return things.with_thing(manifest, after), after

    root = require_project(find_root(project))
    return run(command, root, None, changed, dry_run, typed=typed)


def added_fields(texts: list[str]) -> FieldChange:
    """For `change_fields`: those FIELDs come to the others."""
    new = parse_fields(texts)

    def change(thing: Thing, manifest: Manifest) -> Thing:
        both = (*thing.fields, *bind_refs(manifest, "", new))
        parse_fields([field.spec() for field in both])
        return replace(thing, fields=both)

    return change


def changed_field(text: str) -> FieldChange:
    """For `change_fields`: the field of that name gets another definition."""
    wanted = parse_field(text)

    def change(thing: Thing, manifest: Manifest) -> Thing:
        old = _field(thing.fields, wanted.name)
        (new,) = bind_refs(manifest, "", (wanted,))
        return replace(thing, fields=tuple(new if one is old else one for one in thing.fields))

    return change


def removed_fields(names: Sequence[str]) -> FieldChange:
    """For `change_fields`: the fields of those names go."""

    def change(thing: Thing, manifest: Manifest) -> Thing:
        gone = [_field(thing.fields, name) for name in names]
        for field in gone:
            if how := thing.own_names(field.name):
                raise UserError(
                    f"`{thing.address}` names its field `{field.name}` ({', '.join(how)})",
                    f"first give it another: `scaffold add {thing.kind} {thing.name} {how[0]} …`",
                )
        return replace(thing, fields=tuple(one for one in thing.fields if one not in gone))

    return change


def renamed_field(old: str, new: str) -> FieldChange:
    """For `change_fields`: a field gets another name."""

    def change(thing: Thing, manifest: Manifest) -> Thing:
        known = _field(thing.fields, old)
        spec = known.spec().partition(":")[2]
        named = replace(
            parse_field(f"{parse_name(new, 'field', 'points')}:{spec}"), external=known.external
        )
        after = tuple(named if field is known else field for field in thing.fields)
        parse_fields([field.spec() for field in after])
        return replace(thing.with_renamed_own(known.name, named.name), fields=after)

    return change


def _field(fields: tuple[Field, ...], name: str) -> Field:
    for wanted in (name, f"{name}_id"):
        for field in fields:
            if field.name == wanted:
                return field
    raise UserError(
        f"there is no field `{printable(name[:40])}`; there is: "
        + (", ".join(field.name for field in fields) or "none"),
        "`scaffold list` shows them",
    )


def _bound(manifest: Manifest, thing: Thing) -> Thing:
    """The thing, whose options name what the project has. Raises UserError if one names something else."""

    def bind(value: Value) -> Value:
        if isinstance(value, list):
            return [bind(one) for one in value]
        if isinstance(value, Mapping) and "type" in value:
            (field,) = bind_refs(manifest, "", (Field.from_data(value),))
            return field.to_data()
        if isinstance(value, Mapping) and "own" in value:
            return {"own": _field(thing.fields, value["own"]).name}
        if isinstance(value, Mapping):
            resource = find_resource(manifest, value["resource"])
            if "field" in value:
                field = find_field(resource, value["field"])
                if "by" in value and field.type not in ("date", "datetime"):
                    raise UserError(
                        f"`{typed(value)}` counts from `{field.spec()}`, which is no date",
                        "name a field of the type date or datetime",
                    )
                return {**value, "field": field.name}
        return value

    return replace(thing, options={key: bind(value) for key, value in thing.options.items()})


def _told(
    outcome: Outcome,
    steps: Callable[[Kind], Sequence[str]],
    message: Callable[[Kind], str] = lambda kind: "",
) -> Outcome:
    """The outcome with what the kind says: the next steps, and a sentence."""
    thing = outcome.thing
    assert thing is not None
    kind = Templates(fetch(outcome.manifest.version)).kinds.get(thing.kind)
    if kind is None:
        return outcome
    forms = {
        "source": outcome.manifest.source,
        "name": thing.name,
        "slug": thing.name.replace("_", "-"),
        "type_name": "".join(part.capitalize() for part in thing.name.split("_")),
    }
    forms["ident"] = forms["type_name"][:1].lower() + forms["type_name"][1:]

    def said(text: str) -> str:
        for form in FORMS:
            text = text.replace(f"<{form}>", forms[form])
        return text

    more = tuple(map(said, steps(kind))) if outcome.plan.changes else ()
    sentence = said(message(kind))
    return outcome._replace(
        next_steps=(*outcome.next_steps, *more),
        messages=(*outcome.messages, *filter(None, [sentence])),
    )

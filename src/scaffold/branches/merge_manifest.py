"""Merges two manifests that diverged: by resource, field and key, never by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from scaffold.kinds.thing import Thing
from scaffold.manifest import migration_order
from scaffold.manifest.manifest import Manifest, parse
from scaffold.resources.fields import Field
from scaffold.resources.names import plural, singular
from scaffold.resources.resource import METHODS
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.merge import ABSENT, same

Prefer = Literal["ours", "theirs"]
Data = dict[str, Any]
# Says which of two template versions contains the other; None: neither, or nobody knows.
Newer = Callable[[Version, Version], Version | None]

# Answers that are group → key → value.
_GROUPED = ("overrides", "stated")
# Answers that are name → value.
_MAPPED = ("entities", "host")
_VERSION = ("_commit", "_src_path")
_BEFORE = "first change one of the branches: `git merge --abort`, a command there, a commit, then merge again"


class Clash(NamedTuple):
    """What both sides changed, each in its own way; a side that has nothing there is None."""

    key: str
    ours: object
    theirs: object


class MergedManifest(NamedTuple):
    """The manifest of both sides; None if clashes are left. `notes` are sentences about it."""

    manifest: Manifest | None
    clashes: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()


def merge_manifests(
    base: Manifest | None, ours: Manifest, theirs: Manifest, newer: Newer, prefer: Prefer | None
) -> MergedManifest:
    """The manifest with what both sides changed since `base` (None: both began one).

    With `prefer`, that side wins if they clash. Raises UserError if the result is not a manifest.
    """
    merging = _Merging(prefer)
    old, mine, other = (side.answers() if side else {} for side in (base, ours, theirs))
    data: Data = {}
    for key in mine:
        sides = old.get(key, ABSENT), mine[key], other.get(key, ABSENT)
        if key in (*_VERSION, migration_order.KEY):  # merged below; follows from the rest
            continue
        if key == "resources":
            data[key] = merging.resources(*sides)
        elif key == "things":
            data[key] = merging.things(*sides)
        elif key in ("foreign", "kept"):
            data[key] = sorted(_union(old.get(key, ()), mine[key], other[key]))
        elif key in _GROUPED:
            data[key] = merging.mapping(key, *sides, depth=2)
        elif key == "origins":
            # For people: nothing to settle.
            data[key] = {**other.get(key, {}), **mine[key]}
        elif key == "unsupported":
            data[key] = sorted(_union(old.get(key, ()), mine[key], other[key]))
        elif key in _MAPPED:
            data[key] = merging.mapping(key, *sides, depth=1)
        else:
            data[key] = merging.value(key, *sides)
    version = merging.version(base, ours, theirs, newer)
    data |= {"_commit": version.commit, "_src_path": version.src_path}
    if merging.clashes:
        return MergedManifest(None, tuple(merging.clashes))
    follow_names(data["resources"], (old, mine, other))
    data["things"] = _with_new_names(data["things"], data["resources"], (old, mine, other))
    data["things"].sort(key=lambda thing: (str(thing["kind"]), str(thing["name"])))
    data["resources"].sort(key=lambda resource: str(resource["name"]))
    problems = _odd(data["resources"])
    if problems:
        raise UserError(f"the two sides do not fit together: {'; '.join(problems)}", _BEFORE)
    try:
        # As text and back: `parse` refuses what it would refuse in a file.
        manifest = parse(json.dumps(data, ensure_ascii=False), "the manifest of both sides")
    except UserError as error:
        raise UserError(error.message, _BEFORE) from None
    return MergedManifest(manifest, (), tuple(merging.notes))


class _Merging:
    def __init__(self, prefer: Prefer | None) -> None:
        self.prefer = prefer
        self.clashes: list[Clash] = []
        self.chosen: set[str] = (
            set()
        )  # columns of the table at hand for which one side was preferred
        self.notes: list[str] = []

    def value(self, key: str, old: Any, ours: Any, theirs: Any) -> Any:
        """One value of three, ABSENT if there is none."""
        if same(ours, theirs) or same(old, theirs):
            return ours
        if same(old, ours):
            return theirs
        if self.prefer:
            self.notes.append(f"`{key}` is taken from `{self.prefer}`")
            return ours if self.prefer == "ours" else theirs
        self.clashes.append(Clash(key, _shown(ours), _shown(theirs)))
        return ours

    def mapping(self, key: str, old: Any, ours: Any, theirs: Any, depth: int = 1) -> Data:
        """Key by key; at `depth` 2 the values are mappings, too."""
        old, ours, theirs = (dict(side or {}) for side in (old, ours, theirs))
        result: Data = {}
        for name in {**ours, **theirs}:
            sides = old.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT)
            path = f"{key}.{name}" if key else str(name)
            deeper = depth > 1
            found = (self.mapping(path, *sides) or ABSENT) if deeper else self.value(path, *sides)
            if found is not ABSENT:
                result[name] = found
        return result

    def entries(
        self, key: str, old: Any, ours: Any, theirs: Any, identity: str, whole: bool = False
    ) -> list[Data]:
        """Mappings with a name, known by what the database calls them; in the order of ours.

        `whole`: do not merge them key by key, because each change of one is a separate step.
        """
        sides = [_by_identity(side or [], identity) for side in (old, ours, theirs)]
        result: dict[str, Data] = {}
        for stored in _in_order(*sides):
            was, mine, other = (side.get(stored) for side in sides)
            path = f"{key}.{(mine or other or was or {})['name']}"
            known = len(self.notes)
            if whole or not (was and mine and other) or _ended(was, mine) or _ended(was, other):
                found: Any = self.value(path, was, mine, other)
            else:
                found = self.entry(path, was, mine, other)
            if len(self.notes) > known:
                self.chosen.add(stored)
            if found is not None:
                result[stored] = found
        return list(result.values())

    def entry(self, key: str, old: Any, ours: Any, theirs: Any) -> Data:
        result: Data = {}
        names = list({**ours, **theirs})
        if "fields" in ours:
            # First: if one side is preferred, the other's steps for that column go.
            names.sort(key="fields".__ne__)
            self.chosen = set()
        for name in names:
            sides = old.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT)
            if name == "fields":
                whole = "history" in ours or "history" in theirs
                found: Any = self.entries(key, *sides, identity="column", whole=whole)
            elif name == "history":
                found = self.history(f"{key}.{name}", *sides)
            elif name in ("unique", "index") and "fields" in ours:
                found = _union(*([] if side is ABSENT else side for side in sides)) or ABSENT
            elif name in ("options", "roles_for"):
                found = self.mapping(f"{key}.{name}", *sides) or ABSENT
            else:
                found = self.value(f"{key}.{name}", *sides)
            if found is not ABSENT:
                result[name] = found
        return result

    def resources(self, old: Any, ours: Any, theirs: Any) -> list[Data]:
        return self.entries("resources", old, ours, theirs, "table")

    def things(self, old: Any, ours: Any, theirs: Any) -> list[Data]:
        """Those of both, known by kind and key, whatever they are called."""
        return self.entries("things", old, ours, theirs, "thing")

    def history(self, key: str, old: Any, ours: Any, theirs: Any) -> list[Data]:
        """The steps of both: their ids are levels, so no step gets another number."""
        was, mine, other = (
            {json.dumps(step): step for step in (() if side is ABSENT else side)}
            for side in (old, ours, theirs)
        )
        loser = other if self.prefer == "ours" else mine
        for text in [text for text in loser if text not in was]:
            if _column(loser[text]) in self.chosen:
                del loser[text]
        steps = {text: {**mine, **other}[text] for text in _union(was, mine, other)}
        known = {_content(step): step["id"] for text, step in mine.items() if text not in was}
        for text, step in other.items():
            level = known.get(_content(step))
            if text in was or level in (None, step["id"]):
                continue
            # The same change at two levels would be two migrations that do the same thing.
            twin = {**step, "id": level}
            if self.value(key, ABSENT, twin, step) is step:
                del steps[json.dumps(twin)]
            else:
                del steps[text]
        return sorted(steps.values(), key=lambda step: (step["id"], json.dumps(step)))

    def version(
        self, base: Manifest | None, ours: Manifest, theirs: Manifest, newer: Newer
    ) -> Version:
        one, two = ours.version, theirs.version
        if one == two or (base and base.version == two):
            return one
        if base and base.version == one:
            return two
        found = newer(one, two)
        if found is None:
            name = "_commit" if one.commit != two.commit else "_src_path"
            prefers_ours = self.value(name, ABSENT, list(one), list(two)) == list(one)
            return one if prefers_ours else two
        self.notes.append(
            f"the templates are at `{found.commit}`, the newer one of `{one.commit}` and `{two.commit}`"
        )
        return found


def follow_names(resources: Sequence[Data], sides: Sequence[Mapping[str, Any]]) -> None:
    """Gives references the new name of a resource that the other side renamed."""
    names = {resource["name"] for resource in resources}
    tables = {_identity(resource, "table"): resource["name"] for resource in resources}
    called = {
        resource["name"]: tables.get(_identity(resource, "table"))
        for side in sides
        for resource in side.get("resources", ())
    }
    for resource in resources:
        for field in resource["fields"]:
            if field.get("ref") in names or field.get("external") or "ref" not in field:
                continue
            if called.get(field["ref"]):
                field["ref"] = called[field["ref"]]


def _with_new_names(
    things: Sequence[Data], resources: Sequence[Data], sides: Sequence[Mapping[str, Any]]
) -> list[Data]:
    """Things that call each resource what the other side renamed it to."""
    tables = {_identity(resource, "table"): str(resource["name"]) for resource in resources}
    found = [Thing.from_data(thing) for thing in things]
    for side in sides:
        for resource in side.get("resources", ()):
            new = tables.get(_identity(resource, "table"), resource["name"])
            if new != resource["name"]:
                found = [thing.with_renamed(str(resource["name"]), new) for thing in found]
    return [thing.to_data() for thing in found]


def _odd(resources: Sequence[Data]) -> list[str]:
    """What is wrong although nothing clashed: parents that are gone, two forms of one name."""
    found = []
    names = {resource["name"] for resource in resources if not resource.get("dropped")}
    folded: dict[str, str] = {}
    for resource in resources:
        name = str(resource["name"])
        twin = folded.setdefault(plural(singular(name)).replace("_", ""), name)
        if twin != name:
            found.append(f"the resource `{name}` is another form of `{twin}`")
        known: dict[str, str] = {}
        for field in resource["fields"]:
            twin = known.setdefault(str(field["name"]).replace("_", ""), str(field["name"]))
            if twin != field["name"]:
                found.append(f"the field `{field['name']}` of `{name}` is another form of `{twin}`")
            if "ref" in field and not field.get("external") and field["ref"] not in names:
                found.append(
                    f"`{name}.{field['name']}` refers to `{field['ref']}`, which one side removed"
                )
    return found


def _by_identity(entries: Sequence[Data], key: str) -> dict[str, Data]:
    return {_identity(entry, key): dict(entry) for entry in entries}


def _identity(entry: Mapping[str, Any], key: str) -> str:
    """What stays when the entry gets another name: a name in the database, or a thing's kind and key."""
    if key == "thing":
        return f"{entry['kind']}/{entry['key']}"
    return str(entry.get(key) or entry["name"])


def _in_order(
    old: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[str]:
    """All names: those of ours in their order, and each new one of theirs before the old one that follows it there."""
    result = [*ours]
    new = [name for name in theirs if name not in ours]
    follows = list(theirs)
    for name in new:
        after = follows[follows.index(name) + 1 :]
        place = next(
            (result.index(known) for known in after if known in ours and known in old), len(result)
        )
        result.insert(place, name)
    return result + [name for name in old if name not in result]


def _ended(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether a resource was removed, perhaps with its table left."""
    return any(now.get(key) != was.get(key) for key in ("retired", "dropped"))


def _union(old: Any, ours: Any, theirs: Any) -> list[Any]:
    """What either side has, without what either removed."""
    every = [*ours, *(value for value in theirs if value not in ours)]
    return [value for value in every if value not in old or (value in ours and value in theirs)]


def _column(step: Mapping[str, Any]) -> str | None:
    """The column that comes or goes with a step, or changes."""
    kinds = ("add", "drop", "alter")
    return next((str(step[kind]["name"]) for kind in kinds if kind in step), None)


def _content(step: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in step.items() if key != "id"})


def _shown(value: Any) -> object:
    """A value for people: fields as you type them; None if there is none."""
    if value is ABSENT or value is None:
        return None
    if isinstance(value, Mapping) and "type" in value:
        return Field.from_data(value).spec()
    if isinstance(value, Mapping) and "fields" in value:
        words = [Field.from_data(field).spec() for field in value["fields"]]
        known = {"name", "singular", "fields", "history", "table"}
        more = {key: value[key] for key in value if key not in known}
        if more.get("methods") == list(METHODS):
            del more["methods"]
        words += [f"{key}={json.dumps(more[key])}" for key in more]
        return " ".join(words)
    return value

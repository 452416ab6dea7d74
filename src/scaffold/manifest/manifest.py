"""The manifest: Copier's answers file, `.copier-answers.yml`, of the target project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffold import __version__
from scaffold.kinds.thing import KEYS as THING_KEYS
from scaffold.kinds.thing import KIND, Thing
from scaffold.manifest import host, migration_order, parsed
from scaffold.manifest.checks import problem_of
from scaffold.manifest.newer import unknown_keys
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, regular_bytes
from scaffold.support.text import lf
from scaffold.support.yaml import YamlError
from scaffold.support.yaml import load as load_yaml

# A path that is plain text wherever it is written: no quotes, no braces, no control characters.
DOCUMENT = r"[\w.@+~ -]+(?:/[\w.@+~ -]+)*"
# A line of a document's words; templates write it into prose.
WORDS = r"[^\x00-\x1f\x7f\u2028\u2029]{1,400}"
_KEYS = {
    "_commit",
    "_src_path",
    "style",
    "document",
    "stated",
    "entities",
    "origins",
    "unsupported",
    "name",
    "service",
    "source",
    "alias",
    "host",
    "overrides",
    "adopted",
    "foreign",
    "resources",
    "things",
    "kept",
    migration_order.KEY,
}
# Answers that not every project has.
_OPTIONAL = {
    "document",
    "stated",
    "entities",
    "origins",
    "unsupported",
    "host",
    "adopted",
    "things",
    "kept",
    migration_order.KEY,
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a project's tree is rendered from, besides the templates.

    `source` is the folder of the source code (`src` or `.`; in Python the package, `app`), `alias`
    its import alias (`@/`, or empty for relative imports; in Python the package's import path),
    `overrides` is group → key → value, `foreign` are paths that belong to the user. `document` is the
    user's document that the project follows, `stated` and `entities` what it states; they are empty
    if `style` is an agent of the templates. `origins` says where the document states each convention
    (dotted key → heading and words), `unsupported` what it states and scaffold does not generate; both
    are for people. `host` says what the code uses of a project that scaffold did not make, and under which
    name (see `scaffold.manifest.host`). `things`
    are what `scaffold add` added, `kept` folders of their kinds that stay without them. `adopted`: files that are
    missing are still to come, and nobody deleted them.
    """

    version: Version
    style: str
    name: str
    service: bool = True
    source: str = "src"
    alias: str = "@/"
    overrides: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    foreign: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    document: str = ""
    stated: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    entities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    adopted: bool = False
    origins: Mapping[str, str] = field(default_factory=dict)
    unsupported: tuple[str, ...] = ()
    host: Mapping[str, str] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()
    kept: tuple[str, ...] = ()

    def answers(self) -> dict[str, Any]:
        """The answers as Copier would hand them to a template."""
        return {
            "_commit": self.version.commit,
            "_src_path": self.version.src_path,
            "style": self.style,
            "document": self.document,
            "stated": {group: dict(keys) for group, keys in self.stated.items()},
            "entities": {name: dict(entity) for name, entity in self.entities.items()},
            "origins": dict(self.origins),
            "unsupported": list(self.unsupported),
            "name": self.name,
            "service": self.service,
            "source": self.source,
            "alias": self.alias,
            "host": dict(sorted(self.host.items())),
            "overrides": {group: dict(keys) for group, keys in sorted(self.overrides.items())},
            "adopted": self.adopted,
            "foreign": list(self.foreign),
            "resources": [resource.to_data() for resource in self.resources],
            "things": [thing.to_data() for thing in self.things],
            "kept": list(self.kept),
            migration_order.KEY: migration_order.migration_order(self.resources),
        }

    def find(self, name: str) -> Resource | None:
        """The resource of that name, or None."""
        return next((resource for resource in self.resources if resource.name == name), None)

    def with_resource(self, resource: Resource) -> Manifest:
        """The manifest with that resource, which replaces one of the same name."""
        others = [other for other in self.resources if other.name != resource.name]
        return replace(
            self, resources=tuple(sorted([*others, resource], key=lambda other: other.name))
        )

    def without_resource(self, name: str) -> Manifest:
        """The manifest without the resource of that name."""
        return replace(
            self, resources=tuple(resource for resource in self.resources if resource.name != name)
        )


_GOOD = f"`git checkout -- {MANIFEST}` brings back the last good one; `scaffold` writes this file"
_NEWEST = "`pip install --upgrade scaffold`"


def load(root: Path, *, any_order: bool = False) -> Manifest | None:
    """The manifest of the project in `root`, or None if there is none; `any_order` as in `parse`.

    Raises UserError, with the line if it is known, if the file is not a manifest.
    """
    path = root / MANIFEST
    try:
        text = lf(regular_bytes(path).decode())
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise UserError(f"`{path}` is not UTF-8 text, so it is not a manifest", _GOOD) from None
    except OSError as error:
        raise UserError(f"`{path}` cannot be read: {error.strerror}", _GOOD) from error
    return parse(text, str(path), any_order=any_order)


def keep(text: str, manifest: Manifest) -> None:
    """Notes what a text that was just written says, so that the next command need not find out."""
    resources = tuple(
        replace(resource, alterations=()) if resource.alterations else resource
        for resource in manifest.resources
    )
    parsed.store(text, replace(manifest, resources=resources))


def parse(text: str, where: str = MANIFEST, *, any_order: bool = False) -> Manifest:
    """The manifest in `text`; `where` names the file in messages.

    It may lack the order of migrations, which follows from the rest. If it has another order, it is refused,
    unless a caller that will write a new order asks for `any_order`.

    Raises UserError as `load` does.
    """
    known = None if any_order else parsed.load(text)
    if isinstance(known, Manifest):
        return known
    manifest = _parse(text, where, any_order=any_order)
    if not any_order:
        parsed.store(text, manifest)
    return manifest


def _parse(text: str, where: str, *, any_order: bool) -> Manifest:
    hint = _GOOD
    if re.search(r"^<<<<<<< ", text, re.MULTILINE) and re.search(r"^>>>>>>> ", text, re.MULTILINE):
        raise UserError(
            f"`{where}` has conflict markers: a merge in git is half done",
            "`scaffold resolve` settles it; `git merge --abort` undoes the merge",
        )
    try:
        data = load_yaml(text)
    except YamlError as error:
        line = f", line {error.line}" if error.line else ""
        raise UserError(f"`{where}`{line} is not valid YAML: {error.problem}", hint) from None
    if not isinstance(data, dict):
        raise UserError(f"`{where}` is not a manifest: a mapping is expected", hint)
    unknown = [str(key) for key in data if key not in _KEYS]
    if isinstance(data.get("host"), dict):
        unknown += host.unknown(data["host"])
    problems = []
    for key, kind in _TYPES.items():
        if key in _OPTIONAL and key not in data:
            continue
        if key not in data:
            problems.append(f"`{key}` is missing")
        elif not isinstance(data[key], kind):
            problems.append(f"`{key}` must be a {_WORDS[kind]}")
    if not problems:
        problems = _check_values(data)
    if unknown and not problems:
        raise _newer(where, unknown)
    problems = [*(f"unknown key `{key}`" for key in unknown), *problems]
    if problems:
        raise UserError(f"`{where}` is not a manifest of scaffold: {'; '.join(problems)}", hint)
    if unknown := unknown_keys(data["resources"]):
        raise _newer(where, unknown)
    try:
        resources = tuple(Resource.from_data(entry) for entry in data["resources"])
    except UserError as error:
        raise UserError(
            f"`{where}`: {error.message}", f"{hint}; if a newer one wrote it: {_NEWEST}"
        ) from None
    names = [resource.name for resource in resources]
    if len(set(names)) != len(names):
        raise UserError(f"`{where}` has a resource twice", hint)
    for resource, given in zip(resources, data["resources"], strict=True):
        if unknown := _lost(given, resource.to_data()):
            raise _newer(where, unknown)
    problem = problem_of(resources)
    if problem:
        raise UserError(f"`{where}`: {problem}", hint)
    if data.get(migration_order.KEY) and not any_order:
        _require_order(data[migration_order.KEY], resources, where)
    return Manifest(
        version=Version(data["_src_path"], data["_commit"]),
        style=data["style"],
        name=data["name"],
        service=data["service"],
        source=data["source"],
        alias=data["alias"],
        overrides=data["overrides"],
        foreign=tuple(data["foreign"]),
        resources=resources,
        document=data.get("document", ""),
        stated=data.get("stated", {}),
        entities=data.get("entities", {}),
        adopted=data.get("adopted", False),
        origins=data.get("origins", {}),
        unsupported=tuple(data.get("unsupported", ())),
        host=data.get("host", {}),
        things=_things(data.get("things", []), resources, where),
        kept=tuple(data.get("kept", ())),
    )


def _things(stated: list[Any], resources: tuple[Resource, ...], where: str) -> tuple[Thing, ...]:
    newer = [
        f"things.{entry.get('name')}.{key}"
        for entry in stated
        if isinstance(entry, dict)
        for key in entry
        if key not in THING_KEYS
    ]
    if newer:
        raise _newer(where, newer)
    try:
        things = tuple(Thing.from_data(entry) for entry in stated)
    except UserError as error:
        raise UserError(f"`{where}`: {error.message}", _GOOD) from None
    for same in ("name", "key"):
        ids = [(thing.kind, getattr(thing, same)) for thing in things]
        if len({*ids}) != len(ids):
            raise UserError(f"`{where}` has a thing twice in `things`", _GOOD)
    live = {resource.name for resource in resources if not resource.retired}
    for thing in things:
        for name in thing.resources():
            if name not in live:
                raise UserError(
                    f"`{where}`: `{thing.address}` names `{name}`, and there is no such resource",
                    _GOOD,
                )
    return things


def _require_order(stored: list[Any], resources: tuple[Resource, ...], where: str) -> None:
    computed = migration_order.migration_order(resources)
    odd = migration_order.first_difference(stored, computed)
    if odd is not None:
        raise UserError(
            f"`{migration_order.KEY}` in `{where}` does not fit its resources, first at `{odd}`: "
            "a merge in git or an edit by hand changed one of the two",
            "`scaffold resolve` computes it again",
        )


def _newer(where: str, unknown: list[str]) -> UserError:
    keys = ", ".join(f"`{key}`" for key in unknown)
    return UserError(
        f"`{where}` has keys that this scaffold ({__version__}) does not know: {keys}; a newer one wrote it",
        f"install the newest one: {_NEWEST}",
    )


def _lost(given: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """Keys of a resource that would get lost when it is written again."""
    return [f"{given['name']}.{key}" for key, value in given.items() if value and key not in kept]


_TYPES: dict[str, type] = {
    "_commit": str,
    "_src_path": str,
    "style": str,
    "document": str,
    "stated": dict,
    "entities": dict,
    "origins": dict,
    "unsupported": list,
    "name": str,
    "service": bool,
    "source": str,
    "alias": str,
    "host": dict,
    "overrides": dict,
    "adopted": bool,
    "foreign": list,
    "resources": list,
    "things": list,
    "kept": list,
    migration_order.KEY: list,
}
_WORDS = {str: "text", bool: "true or false", dict: "mapping", list: "list"}


def _check_values(data: dict[str, Any]) -> list[str]:
    problems = []
    for key, pattern in (
        ("_commit", r"[A-Za-z0-9][A-Za-z0-9._/+-]*"),
        ("style", r"[a-z][a-z0-9-]*"),
        ("name", r"[a-z0-9][a-z0-9._-]{0,99}"),
        ("source", r"\.|[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*"),
        ("alias", r"(?:[A-Za-z0-9@~#$_-]+/)*|[@~#]|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"),
    ):
        if not re.fullmatch(pattern, data[key]):
            problems.append(f"`{key}` has the invalid value `{data[key][:60]}`")
    problems += host.problems(data.get("host", {}))
    if data.get("host") and data["service"]:
        problems.append("`host` is for a project that scaffold did not make, and `service` is true")
    for path in data["foreign"]:
        if not isinstance(path, str) or path.startswith("/") or ".." in path.split("/"):
            problems.append(f"`foreign` has the invalid path `{path}`")
    for folder in data.get("kept", []):
        if not isinstance(folder, str) or not re.fullmatch(KIND, folder):
            problems.append(f"`kept` has the invalid value `{str(folder)[:60]}`")
    document = data.get("document", "")
    if document and (not re.fullmatch(DOCUMENT, document) or ".." in document.split("/")):
        problems.append(f"`document` has the invalid value `{document[:60]}`")
    if not document and (data.get("stated") or data.get("entities")):
        problems.append("`stated` and `entities` need a `document`")
    if not document and (data.get("origins") or data.get("unsupported")):
        problems.append("`origins` and `unsupported` need a `document`")
    for key, texts in (
        ("origins", [*data.get("origins", {}), *data.get("origins", {}).values()]),
        ("unsupported", data.get("unsupported", [])),
    ):
        if any(not isinstance(text, str) or not re.fullmatch(WORDS, text) for text in texts):
            problems.append(f"`{key}` has a value that is not a line of text")
    for answer in ("overrides", "stated"):
        for group, keys in data.get(answer, {}).items():
            if not isinstance(keys, dict):
                problems.append(f"`{answer}.{group}` must be a mapping")
    for name, entity in data.get("entities", {}).items():
        if not isinstance(entity, dict):
            problems.append(f"`entities.{name}` must be a mapping")
    return problems

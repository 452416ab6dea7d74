"""`apply`: many resources from one file, in one plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scaffold.agents.entities import Entities, check_entities, options_of
from scaffold.agents.resources_schema import OF_MODELS
from scaffold.agents.stated import entities_of, overridden
from scaffold.api.change import rows_that_go
from scaffold.api.converge import converged
from scaffold.api.endpoint import with_endpoint, with_model
from scaffold.api.run import Outcome, run
from scaffold.conventions.schema import line_of
from scaffold.documents import front_matter
from scaffold.documents.front_matter import FrontMatter
from scaffold.frameworks.detect import find_root
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.fields import parse_fields
from scaffold.resources.references import parents_first
from scaffold.resources.resource import parse_resource_name
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

_OF_RESOURCES = ("resources", "models")
_BLOCKS = (*_OF_RESOURCES, "things")
_EXAMPLE = "for example `resources: {notes: {fields: ['title:string{1..200}']}}`"


def apply_file(
    path: str,
    *,
    project: str | None = None,
    style: str | None = None,
    source: str | None = None,
    settings: Sequence[str] = (),
    dry_run: bool = False,
    typed: str = "",
    accept: bool = False,
    drop: bool = False,
    host: Mapping[str, str] | None = None,
) -> Outcome:
    """Makes the resources of a YAML file what it says: adds those that are missing, changes those that differ.

    `drop`: columns that the file does not name, and rows that were soft-deleted, may go. Raises UserError, with nothing
    written, with every mistake in the file, or if a resource cannot become what the file says.
    """
    found = read(path)
    root = find_root(project)
    notes: list[str] = []

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, None]:
        overrides = overridden(templates, manifest, settings, options=True)
        before = replace(manifest, overrides=overrides)
        after, differences = with_resources(root, before, templates, path, found, drop=drop)
        notes.extend(differences)
        if manifest.resources:
            notes.extend(
                rows_that_go(
                    root, templates, manifest, after, drop=drop, typed=typed or f"apply {path}"
                )
            )
        return after, None

    outcome = run(
        *("apply", root, style, change, dry_run, source, typed, settings), accept=accept, host=host
    )
    return outcome._replace(messages=(*outcome.messages, *notes))


def with_resources(
    root: Path,
    manifest: Manifest,
    templates: Templates,
    path: str,
    found: FrontMatter,
    *,
    drop: bool,
) -> tuple[Manifest, list[str]]:
    """The manifest with what the file at `path` says, which `read` found, and a sentence for each difference.

    Raises UserError as `apply_file` does.
    """
    entities = _checked(path, found, manifest, templates.conventions(manifest))
    models = {_name(word) for word in found.data.get("models") or {}}
    notes: list[str] = []
    there = {resource.name for resource in manifest.resources if not resource.retired}
    for name in _parents_first(entities, entities_of(templates, manifest), there):
        fields = entities[name]["fields"]
        options = options_of(entities[name])
        known = manifest.find(name)
        if known is not None and not known.retired:
            manifest, differences = converged(
                *(root, manifest, templates, known, entities[name]),
                model=name in models,
                drop=drop,
            )
            notes += differences
        elif name in models:
            manifest, _ = with_model(manifest, templates, name, fields, options, entities)
        else:
            manifest, _ = with_endpoint(manifest, templates, name, fields, options, entities)
    if found.data.get("things"):
        from scaffold.api.apply_things import with_things

        manifest, differences = with_things(manifest, templates, path, found)
        notes += differences
    return manifest, notes


def read(path: str) -> FrontMatter:
    """A file of resources: its two blocks, and the lines of their keys. Raises UserError if it is none."""
    place = Path(path)
    if place.is_dir():
        raise UserError(f"`{printable(path)}` is a folder; `apply` takes a YAML file", _EXAMPLE)
    try:
        raw = place.read_bytes()
    except FileNotFoundError:
        raise UserError(f"the file `{printable(path)}` is not there", _EXAMPLE) from None
    except OSError as error:
        raise UserError(f"cannot read `{printable(path)}`: {error.strerror}") from error
    found = front_matter.whole_file(front_matter.decode(raw, path), path)
    for key in found.data:
        if key not in _BLOCKS:
            guess = nearest(str(key)[:60], _BLOCKS)
            raise UserError(
                f"`{printable(path)}`, line {line_of(found.lines, str(key))}: unknown key "
                f"`{printable(str(key))}`; allowed: {', '.join(_BLOCKS)}",
                f"did you mean `{guess}:`?" if guess else _EXAMPLE,
            )
    for key in _BLOCKS:
        block = found.data.get(key)
        if block is not None and not isinstance(block, Mapping):
            raise UserError(
                f"`{printable(path)}`, line {line_of(found.lines, key)}: `{key}` must be a mapping "
                "of names to fields and options",
                _EXAMPLE,
            )
    if not any(found.data.get(key) for key in _BLOCKS):
        raise UserError(f"`{printable(path)}` has no resources", _EXAMPLE)
    return found


def _checked(
    path: str, found: FrontMatter, manifest: Manifest, values: Mapping[str, Mapping[str, Any]]
) -> Entities:
    """The resources of both blocks, checked as an agent's entities are. Raises UserError with all mistakes."""
    stated: dict[Any, Any] = {}
    problems = []
    lines: dict[str, int] = {}
    block_of: dict[str, str] = {}
    for block in _OF_RESOURCES:
        for word, entity in (found.data.get(block) or {}).items():
            line = line_of(found.lines, f"{block}.{word}")
            where = f"line {line}: `{block}.{printable(str(word))}`"
            if word in stated:
                problems.append(f"{where}: it is under `resources`, too")
            if block == "models" and isinstance(entity, Mapping) and {*entity} - {*OF_MODELS}:
                words = ", ".join(f"`{key}`" for key in OF_MODELS)
                problems.append(f"{where}: a model has {words} and nothing else")
            if isinstance(entity, Mapping) and isinstance(entity.get("roles_for"), Mapping):
                problems += [
                    f"{where}: `roles_for.{printable(str(method))}` names no role"
                    for method, roles in entity["roles_for"].items()
                    if roles == []
                ]
            stated[word] = entity
            block_of[str(word)] = block
            prefix = f"{block}.{word}"
            lines |= {
                f"entities.{word}{key.removeprefix(prefix)}": line
                for key, line in found.lines.items()
                if key == prefix or key.startswith(f"{prefix}.")
            }
    named = {_name(word) for word in stated}
    # Without fields a resource keeps its own: its keys and its files name them.
    kept = {one.name: one for one in manifest.resources if one.name in named and not one.retired}
    bare = {
        word
        for word, entity in stated.items()
        if _name(word) in kept
        and (entity is None or (isinstance(entity, Mapping) and entity.get("fields", []) == []))
    }
    for word in bare:
        fields = [field.spec() for field in kept[_name(word)].fields]
        stated[word] = {**(stated[word] or {}), "fields": fields}
    there = {resource.name: None for resource in manifest.resources if resource.name not in named}
    entities, wrong = check_entities({**there, **stated}, values, lines, most=None)
    for problem in wrong:
        word = problem.key.split(".")[1] if "." in problem.key else ""
        key = problem.key.replace("entities", block_of.get(word, "resources"), 1)
        text = problem.text.replace("entity", "resource").replace("entities", "resources")
        problems.append(str(problem._replace(key=key, text=text)))
    if problems:
        count = f"{len(problems)} mistakes" if len(problems) > 1 else "a mistake"
        raise UserError(
            f"`{printable(path)}` has {count}:\n"
            + "\n".join(f"  {mistake}" for mistake in problems),
            _EXAMPLE,
        )
    own = {_name(word) for word in bare}
    return {
        name: {**entity, "fields": []} if name in own else entity
        for name, entity in entities.items()
        if name in named
    }


def _name(word: Any) -> str:
    try:
        return parse_resource_name(str(word))
    except UserError:
        return ""


def _parents_first(entities: Entities, known: Entities, there: Collection[str]) -> list[str]:
    """Names in an order in which scaffold can add each; one without fields has those that the agent knows.

    `there` are resources that the project has: in a circle they need not come first.
    """
    left = {}
    for name, entity in entities.items():
        fields = entity["fields"] or known.get(name, {}).get("fields", [])
        parsed = parse_fields(fields) if fields else ()
        left[name] = {field.ref for field in parsed if field.ref} - {name}
    order, circle = parents_first(left)
    rest = {name: left[name].intersection(circle).difference(there) for name in circle}
    further, circle = parents_first(rest)
    # What is left is new, and comes with what it refers to.
    return [*order, *further, *circle]

"""Agents, described for people: what each states, what it leaves to the defaults, how they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffold.agents import document
from scaffold.agents.choice import is_document
from scaffold.agents.following import in_order, known_style
from scaffold.agents.stated import entities_of, stated_by
from scaffold.conventions.schema import fill
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates


@dataclass(frozen=True, slots=True)
class Stated:
    """One convention; `origin` is `stated`, `set` by the project, or `default`.

    Where it is stated, `line` says on which line of the document, or `words` in which words.
    """

    key: str
    value: Any
    origin: str
    line: int = 0
    words: str = ""

    def to_data(self) -> dict[str, Any]:
        """The convention as JSON holds it."""
        data = {"key": self.key, "value": self.value, "origin": self.origin}
        more = {"line": self.line} if self.line else {}
        return {**data, **more, **({"words": self.words} if self.words else {})}


@dataclass(frozen=True, slots=True)
class Described:
    """An agent: every convention with its origin, its entities, and what else its front matter says."""

    style: str
    conventions: list[Stated]
    entities: Mapping[str, Mapping[str, Any]]
    front_matter: Mapping[str, Any]

    def to_data(self) -> dict[str, Any]:
        """The agent as JSON holds it."""
        more = {
            key: value
            for key, value in self.front_matter.items()
            if key not in ("conventions", "entities")
        }
        return {
            "style": self.style,
            "description": str(more.get("description") or ""),
            "conventions": [convention.to_data() for convention in self.conventions],
            "entities": {name: dict(entity) for name, entity in self.entities.items()},
            "front_matter": more,
        }


def all_agents(templates: Templates) -> list[Described]:
    """The agents of a template version, in the order of `following.in_order`."""
    return [describe(templates, style) for style in in_order(templates.styles)]


def describe(templates: Templates, style: str) -> Described:
    """An agent of ours, or a document by its path.

    Raises UserError if none has that name, or the document has mistakes.
    """
    schema = templates.schema
    if is_document(style):
        return _describe_documents(templates, style)
    else:
        where = f"{known_style(templates, style, '')}.md"
        found = document.read(templates.texts[f"agents/{where}"], schema, where)
    if found.problems:
        raise document.report_of(found.problems, where)
    values = fill(schema, found.conventions)
    stated = [
        Stated(
            f"{group}.{key}",
            value,
            "stated" if key in found.conventions.get(group, {}) else "default",
            found.lines.get(f"conventions.{group}.{key}", 0),
        )
        for group, keys in values.items()
        for key, value in keys.items()
    ]
    return Described(style, stated, found.entities, found.front_matter)


def _describe_documents(templates: Templates, style: str) -> Described:
    from scaffold.agents.imports import import_documents

    imported = import_documents(style.split(","), templates.schema, Path.cwd())
    stated = imported.sure()
    by_key = {statement.key: statement for statement in imported.statements}
    conventions = []
    for group, keys in fill(templates.schema, stated).items():
        for key, value in keys.items():
            statement = by_key.get(f"{group}.{key}") if key in stated.get(group, {}) else None
            line = statement.line if statement else 0
            words = statement.words if statement and not imported.has_block else ""
            origin = "stated" if statement else "default"
            conventions.append(Stated(f"{group}.{key}", value, origin, line, words))
    front_matter = imported.agent.front_matter if imported.agent else {}
    return Described(style, conventions, imported.entities, front_matter)


def describe_project(templates: Templates, manifest: Manifest) -> Described:
    """What counts in a project: its agent's conventions and those that it set itself."""
    stated = stated_by(templates, manifest)
    values = fill(templates.schema, stated, manifest.overrides)

    def origin(group: str, key: str) -> str:
        if key in manifest.overrides.get(group, {}):
            return "set"
        return "stated" if key in stated.get(group, {}) else "default"

    found = [
        Stated(
            *(f"{group}.{key}", value, origin(group, key)),
            words=(
                manifest.origins.get(f"{group}.{key}", "") if origin(group, key) == "stated" else ""
            ),
        )
        for group, keys in values.items()
        for key, value in keys.items()
    ]
    entities = entities_of(templates, manifest)
    return Described(manifest.document or manifest.style, found, entities, {})


def matrix(agents: list[Described]) -> list[tuple[str, list[Any]]]:
    """Each convention in which the agents differ, with the value of each agent."""
    rows = []
    for same_key in zip(*(agent.conventions for agent in agents), strict=True):
        values = [stated.value for stated in same_key]
        if any(value != values[0] for value in values):
            rows.append((same_key[0].key, values))
    return rows

"""What documents state, block or prose: read in order, with the files that they include, and put together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scaffold.agents import document
from scaffold.agents.choice import find_document
from scaffold.agents.document import Agent
from scaffold.agents.entities import Entities
from scaffold.conventions.schema import Schema
from scaffold.documents import importer, markdown
from scaffold.documents.entities import Name, entities_of
from scaffold.documents.evidence import Confidence, Statement, Unsupported
from scaffold.documents.front_matter import split
from scaffold.support.errors import UserError
from scaffold.support.text import printable

_NESTED: Final = "AGENTS.md"
# `@docs/api.md`, as Claude includes files.
_INCLUDE: Final = re.compile(
    r"(?<![\w@`/])@((?:\.{1,2}/|~/)?[\w.-]+(?:/[\w.-]+)*\.(?:mdc?|txt|markdown))\b"
)
_MOST: Final = 20


@dataclass(frozen=True)
class Imported:
    """What documents state together.

    `left_out` are sentences about entities whose members could not all be taken, `names` are tables that are named
    without fields. `has_block`: a `conventions:` block said it, and nothing was guessed beside it.
    """

    paths: tuple[str, ...]
    statements: tuple[Statement, ...]
    unsupported: tuple[Unsupported, ...]
    entities: Entities
    names: tuple[Name, ...] = ()
    left_out: tuple[str, ...] = ()
    has_block: bool = False
    agent: Agent | None = None

    def of(self, key: str) -> Statement | None:
        """The statement about a convention."""
        return next((statement for statement in self.statements if statement.key == key), None)

    def sure(self) -> dict[str, dict[str, Any]]:
        """The values that apply by themselves, as group → key → value."""
        return values_of(self.statements)


def values_of(statements: Sequence[Statement]) -> dict[str, dict[str, Any]]:
    """The sure ones of these statements, as group → key → value."""
    result: dict[str, dict[str, Any]] = {}
    for statement in statements:
        if statement.confidence is Confidence.SURE:
            group, _, key = statement.key.partition(".")
            result.setdefault(group, {})[key] = statement.value
    return result


def import_documents(texts: Sequence[str], schema: Schema, root: Path) -> Imported:
    """What the documents state that are named from here or from the project in `root`, later ones beside earlier ones.

    Raises UserError where one cannot be read, or its block has mistakes.
    """
    found: list[Imported] = []
    for path, shown, nested in _all(texts, root):
        imported = _import(path, shown, schema)
        if found and nested:
            found = [_nested(imported, found)]
        else:
            found.append(imported)
    return _together(found) if len(found) > 1 else found[0]


def _all(texts: Sequence[str], root: Path) -> Iterator[tuple[Path, str, bool]]:
    """Each document once, with those that it includes behind it and those of nested folders above the project."""
    seen: set[str] = set()
    todo = [(find_document(text, root), text, False) for text in texts]
    while todo:
        path, shown, nested = todo.pop(0)
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        if len(seen) > _MOST:
            raise UserError(
                f"`{printable(texts[0])}` includes more than {_MOST} documents",
                "name those that state conventions",
            )
        yield path, shown, nested
        todo = [*_nested_ones(path, root), *_included(path, root), *todo]


def _included(path: Path, root: Path) -> list[tuple[Path, str, bool]]:
    """The files inside the project that a document includes."""
    try:
        text = document.load(path, str(path))
    except UserError:
        return []
    top = os.path.realpath(root)
    found = []
    for match in _INCLUDE.finditer(text):
        for base in (path.parent, root):
            place = base / match[1]
            real = os.path.realpath(place)
            if place.is_file() and real.startswith(top + os.sep):
                found.append((Path(real), match[1], False))
                break
    return found


def _nested_ones(path: Path, root: Path) -> list[tuple[Path, str, bool]]:
    """The AGENTS.md of each folder between a given one and the project's: it counts more in its folder."""
    if path.name != _NESTED:
        return []
    top, real = Path(os.path.realpath(path)).parent, Path(os.path.realpath(root))
    if top == real or not real.is_relative_to(top):
        return []
    folders = [real, *real.parents]
    between = reversed(folders[: folders.index(top)])
    return [
        (folder / _NESTED, (folder / _NESTED).relative_to(top).as_posix(), True)
        for folder in between
        if (folder / _NESTED).is_file()
    ]


def _import(path: Path, shown: str, schema: Schema) -> Imported:
    where = printable(shown)
    text = document.load(path, where)
    front, _, _ = split(text, where)
    agent = document.read(text, schema, where) if front else None
    if agent is not None and agent.problems:
        raise document.report_of(agent.problems, where)
    if agent is not None and "conventions" in agent.front_matter:
        return _of_block(where, agent)
    page = markdown.read(text, where)
    reading = importer.read(page, schema)
    tables = entities_of(page)
    entities = {table.name: {"fields": [*table.fields]} for table in tables.found}
    left_out = tuple(f"{table.name}: {text}" for table in tables.found for text in table.left_out)
    if agent is not None:
        entities = {**entities, **agent.entities}
    return Imported(
        (where,),
        tuple(replace(statement, document=where) for statement in reading.statements),
        tuple(replace(missing, document=where) for missing in reading.unsupported),
        entities,
        tables.names,
        left_out,
        agent=agent,
    )


def _of_block(where: str, agent: Agent) -> Imported:
    statements = tuple(
        Statement(
            f"{group}.{key}",
            value,
            Confidence.SURE,
            agent.lines.get(f"conventions.{group}.{key}", 0),
            "conventions:",
            document=where,
        )
        for group, keys in agent.conventions.items()
        for key, value in keys.items()
    )
    return Imported((where,), statements, (), agent.entities, has_block=True, agent=agent)


def _nested(inner: Imported, outer: Sequence[Imported]) -> Imported:
    """What a folder's own document says counts in it; the rest comes from above."""
    above = _together(outer) if len(outer) > 1 else outer[0]
    own = {statement.key for statement in inner.statements}
    return replace(
        above,
        paths=(*above.paths, *inner.paths),
        statements=(
            *(known for known in above.statements if known.key not in own),
            *inner.statements,
        ),
        unsupported=(*above.unsupported, *inner.unsupported),
        entities={**above.entities, **inner.entities},
        names=(*above.names, *inner.names),
        left_out=(*above.left_out, *inner.left_out),
    )


def _together(found: Sequence[Imported]) -> Imported:
    """All of them; statements that differ are to be decided."""
    by_key: dict[str, list[Statement]] = {}
    for imported in found:
        for statement in imported.statements:
            by_key.setdefault(statement.key, []).append(statement)
    statements = tuple(_agreed(places) for places in by_key.values())
    entities: Entities = {}
    for imported in reversed(found):
        entities.update(imported.entities)
    return Imported(
        tuple(path for imported in found for path in imported.paths),
        statements,
        tuple(missing for imported in found for missing in imported.unsupported),
        entities,
        tuple(name for imported in found for name in imported.names),
        tuple(text for imported in found for text in imported.left_out),
        any(imported.has_block for imported in found),
        found[0].agent,
    )


def _agreed(places: Sequence[Statement]) -> Statement:
    order = list(Confidence)
    best = min(places, key=lambda statement: order.index(statement.confidence))
    rivals = [
        rival.value
        for rival in places
        if rival.value != best.value and rival.confidence is best.confidence
    ]
    if not rivals or best.confidence is not Confidence.SURE:
        return best
    others = (*best.others, *(value for value in rivals if value not in best.others))
    return replace(best, confidence=Confidence.ASK, others=others)

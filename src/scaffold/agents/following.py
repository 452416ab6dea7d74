"""What a project follows: an agent of the templates, or the user's document."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.agents.choice import (
    CHOSEN,
    NOTHING,
    PROJECT_FILES,
    Choice,
    Fact,
    find_document,
    is_document,
)
from scaffold.agents.entities import Entities, check_entities
from scaffold.agents.stated import (
    entities_of,
    overridden,
    require_answer,
    values_of,
)
from scaffold.conventions import overrides as rules
from scaffold.conventions.overrides import differences
from scaffold.conventions.schema import fill
from scaffold.conventions.values import shown
from scaffold.manifest.manifest import DOCUMENT, Manifest
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

# Their order in lists for people; all others come last.
_ORDER = ("supabase", "libsql", "clerk", "prisma", "fastapi")


def in_order(styles: Sequence[str]) -> list[str]:
    """The styles in the order that people see."""
    return sorted(styles, key=lambda style: _ORDER.index(style) if style in _ORDER else len(_ORDER))


def known_style(templates: Templates, style: str | None, option: str = "--style ") -> str:
    """The style, if these templates have it. Raises UserError with the nearest one otherwise."""
    allowed = ", ".join(in_order(templates.styles))
    first = in_order(templates.styles)[0]
    example = f"for example `{option}{first}`, or a document: `{option}.claude/agents/backend.md`"
    if style is None:
        raise UserError(f"no style given; allowed: {allowed}", f"add `--style {first}`")
    if style not in templates.styles:
        guess = nearest(style, templates.styles)
        raise UserError(
            f"unknown style `{printable(style)}`; allowed: {allowed}",
            f"did you mean `{option}{guess}`?" if guess else example,
        )
    return style


class Follows(NamedTuple):
    """What a project follows: an agent of the templates, or a user's document with what it states."""

    style: str
    document: str = ""
    stated: Mapping[str, Mapping[str, Any]] = {}
    entities: Mapping[str, Mapping[str, Any]] = {}
    origins: Mapping[str, str] = {}
    unsupported: tuple[str, ...] = ()

    def put_into(self, manifest: Manifest) -> Manifest:
        """The manifest of a project that follows it."""
        return replace(manifest, **self._asdict())


def followed(
    templates: Templates, style: str | None, root: Path, choice: Choice = NOTHING
) -> tuple[Follows, tuple[str, ...]]:
    """What `--style` names, for a project in `root`, and sentences about it.

    Raises UserError if it is nothing that fits.
    """
    if style is not None and (
        is_document(style)
        or (style not in templates.styles and find_document(style, root).is_file())
    ):
        return read_document(templates, style, root, choice)
    return Follows(known_style(templates, style)), ()


def read_document(
    templates: Templates, text: str, root: Path, choice: Choice = NOTHING
) -> tuple[Follows, tuple[str, ...]]:
    """A user's document, by its path from here or from the project, and sentences about it.

    Raises UserError with all of its mistakes, or with what somebody has to decide.
    """
    # Imported where a document is read: the rules that do are many.
    from scaffold.agents.decisions import decide
    from scaffold.agents.document import style_of
    from scaffold.agents.imports import import_documents

    require_answer(templates, "document", f"`{printable(text)}` cannot be followed")
    texts = [word.strip() for word in text.split(",") if word.strip()] or [text]
    imported = import_documents(texts, templates.schema, root)
    document = document_path(find_document(texts[0], root), root)
    if not re.fullmatch(DOCUMENT, document):
        raise UserError(
            f"the name of the document `{printable(document)}` is not allowed: letters, digits, "
            "blanks and `_ . @ + ~ -`",
            "give the file another name",
        )
    style = style_of(imported.agent, find_document(texts[0], root), templates.styles)
    if imported.has_block and len(imported.paths) == 1:
        return Follows(style, document, imported.sure(), imported.entities), ()
    require_answer(templates, "origins", f"`{printable(text)}` has no `conventions:` block")
    settings = choice.settings
    found = decide(
        *(imported, templates.schema, printable(texts[0])),
        facts=choice.facts,
        settings=settings,
        accept=choice.accept,
        known=choice.known,
    )
    entities = _fine_entities(templates, found.stated, imported.entities)
    follows = Follows(style, document, found.stated, entities, found.origins, found.unsupported)
    return follows, found.notes


def _fine_entities(
    templates: Templates, stated: Mapping[str, Mapping[str, Any]], entities: Mapping[str, Any]
) -> Entities:
    """Those of a document's tables that fit its conventions."""
    values = fill(templates.schema, stated)
    left = dict(entities)
    while True:
        found, problems = check_entities(left, values)
        wrong = {problem.key.split(".")[1] for problem in problems if "." in problem.key}
        if not wrong:
            return found
        left = {name: entity for name, entity in left.items() if name not in wrong}


def same_style(
    templates: Templates, manifest: Manifest, style: str | None, root: Path
) -> tuple[str, ...]:
    """What to say about `--style` in a project that has one.

    Raises UserError if it names another one.
    """
    if style is None or (style == manifest.style and not manifest.document):
        return ()
    has = f"the document `{manifest.document}`" if manifest.document else f"`{manifest.style}`"
    if not is_document(style):
        if style == manifest.style and style not in templates.styles:
            return ()
        known = known_style(templates, style)
        raise UserError(
            f"this project has the style {has}, so `--style {known}` cannot be used in it",
            "leave `--style` out",
        )
    follows, _ = read_document(templates, style, root, choice_of(manifest, accept=True))
    if not manifest.document or follows.document != manifest.document:
        raise UserError(
            f"this project has the style {has}, so `--style {printable(style)}` cannot be used in it",
            f"leave `--style` out; `scaffold set --from {printable(style)}` makes the project follow it",
        )
    if (follows.stated, follows.entities) != (manifest.stated, manifest.entities):
        return (
            f"`{manifest.document}` has changed since the project took its conventions; "
            f"`scaffold set --from {printable(style)}` brings them in.",
        )
    return ()


def choice_of(manifest: Manifest, settings: Sequence[str] = (), accept: bool = False) -> Choice:
    """What a project decided already, with more settings.

    What its files showed when it began stays as it is.
    """
    facts = {
        key: Fact(str(manifest.stated[group][name]), origin)
        for key, origin in manifest.origins.items()
        if origin in (*PROJECT_FILES, CHOSEN)
        for group, _, name in [key.partition(".")]
        if name in manifest.stated.get(group, {})
    }
    own = [
        f"{group}.{key}={json.dumps(value)}"
        for group, keys in manifest.overrides.items()
        for key, value in keys.items()
    ]
    return Choice((*own, *settings), accept, facts, manifest.unsupported)


def require_same_framework(templates: Templates, before: Manifest, after: Manifest) -> None:
    """Raises UserError if another document would turn the project into one of another framework."""
    rules.require_same_framework(values_of(templates, before), values_of(templates, after))


def what_changed(templates: Templates, before: Manifest, after: Manifest) -> list[str]:
    """What a document changed in a project, in sentences."""
    lines = []
    if before.document != after.document:
        old = before.document or f"the style {before.style}"
        lines.append(f"This project follows {after.document} now (before: {old}).")
    changed = differences(values_of(templates, before), values_of(templates, after))
    lines += changed
    old_names = set(entities_of(templates, before)) if not before.document else {*before.entities}
    for verb, names in (
        ("new", after.entities.keys() - old_names),
        ("gone", old_names - after.entities.keys()),
        (
            "changed",
            {
                name
                for name in after.entities.keys() & before.entities.keys()
                if after.entities[name] != before.entities[name]
            },
        ),
    ):
        if names:
            lines.append(f"Entities {verb}: {', '.join(sorted(names))}.")
    if not lines:
        lines.append(f"The project already has everything that {after.document} says.")
    return [*lines, *_overruled(after)]


def _overruled(manifest: Manifest) -> Iterator[str]:
    """What a document says, but the project itself set differently."""
    for group, keys in manifest.overrides.items():
        for key, value in keys.items():
            stated = manifest.stated.get(group, {}).get(key, value)
            if stated != value:
                yield (
                    f"{group}.{key} stays {shown(value)}, as this project set it; "
                    f"{manifest.document} says {shown(stated)}."
                )


def document_path(path: Path, root: Path) -> str:
    """A document as the manifest names it: relative to the project, or its bare name if it is outside."""
    top, real = Path(os.path.realpath(root)), Path(os.path.realpath(path))
    return real.relative_to(top).as_posix() if real.is_relative_to(top) else path.name


def require_valid(templates: Templates, manifest: Manifest) -> None:
    """Raises UserError if a manifest, perhaps edited by hand, names what its templates do not have."""
    if not manifest.document and manifest.style not in templates.styles:
        known_style(templates, manifest.style, "style: ")
    overridden(templates, manifest)

"""The entities of a document: tables that its code and its lists describe, as FIELDs that scaffold takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from scaffold.documents import table_names
from scaffold.documents.definitions import markdown_tables, prisma, python, sql, typescript
from scaffold.documents.definitions.shape import Definitions, Draft, word_list
from scaffold.documents.entity_fields import Resolver
from scaffold.documents.entity_words import fold, is_about_storage, is_of_program, resource_of
from scaffold.documents.markdown import Code, Page
from scaffold.resources.names import snake

MOST: Final = 50
_PARSERS: Final[dict[str, Callable[[str], Definitions]]] = {
    **dict.fromkeys(word_list("ts typescript tsx js javascript jsx"), typescript.definitions),
    **dict.fromkeys(["python", "py"], python.definitions),
    "prisma": prisma.definitions,
}
_NO_LANGUAGE: Final = {"", "text", "txt", "plaintext", "code", "schema", "pseudo"}
_SQL: Final = re.compile(r"\bcreate\s+(?:\w+\s+){0,2}table\b", re.IGNORECASE)
_BAD: Final = re.compile(r"❌|🚫|\b(?:NEVER|BAD|WRONG|[Dd]on.t|AVOID)\b|\b(?:Bad|Wrong)\b:?")
# Members that make a type an answer instead of a row, if it has no others.
_ENVELOPE: Final = frozenset(
    word_list(
        "success ok data error errors message meta code status details pagination total page limit "
        "items timestamp path request_id count per_page page_size has_more next_cursor total_pages "
        "status_code type title detail instance"
    )
)
_OF_ROWS: Final = {"id", "_id", "user_id", "owner_id", "created_at", "updated_at", "deleted_at"}
_OF_VIEWS: Final = {"children", "class_name", "on_click", "on_change", "disabled"}


class Entity(NamedTuple):
    """A table with fields; `words` is the heading of its definition, `left_out` says what differs from it."""

    name: str
    fields: tuple[str, ...]
    line: int
    words: str
    left_out: tuple[str, ...]


class Name(NamedTuple):
    """A table that the document only names, with the words that do."""

    name: str
    line: int
    words: str


class Entities(NamedTuple):
    """What the document says of tables."""

    found: tuple[Entity, ...]
    names: tuple[Name, ...]


class _Place(NamedTuple):
    draft: Draft
    line: int
    stored: bool  # the text around it says that it is stored


def entities_of(page: Page) -> Entities:
    """The entities that a document defines, and the tables that it names. Whatever the text, this raises nothing."""
    enums: dict[str, tuple[str, ...]] = {}
    places: list[_Place] = []
    for code in page.codes:
        if not code.refused and len(places) < 4 * MOST:
            for found in _read(code):
                for name, values in found.enums.items():
                    enums.setdefault(name, values)
                places += _placed(found, code)
    for draft in markdown_tables.definitions(page.lines).drafts:
        places.append(_Place(draft, draft.line, is_about_storage(draft.words)))
    _inherit([place.draft for place in places])
    chosen = _chosen(places)
    resolver = Resolver({name: place.draft for name, place in chosen.items()}, enums)
    found_entities, named = [], []
    for name, place in chosen.items():
        fields, left_out = resolver.of(name)
        if fields:
            words = place.draft.words
            found_entities.append(Entity(name, fields, place.line, words, left_out))
        else:
            named.append(Name(name, place.line, place.draft.words))
    return Entities(tuple(found_entities), _names(page, found_entities, named))


def _read(code: Code) -> Iterator[Definitions]:
    language = code.language.strip("{}.")
    if language in _PARSERS:
        yield _PARSERS[language](code.text)
    elif language in _NO_LANGUAGE:
        for parser in dict.fromkeys(_PARSERS.values()):
            yield parser(code.text)
    # SQL also is in texts of other languages.
    if _SQL.search(code.text):
        yield sql.definitions(code.text)


def _placed(found: Definitions, code: Code) -> Iterator[_Place]:
    lines = code.text.split("\n")
    for draft in found.drafts:
        above = lines[draft.line - 1] if draft.line else ""
        own = lines[draft.line] if draft.line < len(lines) else ""
        if _BAD.search(own[:300]) or (
            above.strip()[:1] in ("/", "#", "-") and _BAD.search(above[:300])
        ):
            continue
        comment = above if above.strip()[:1] in ("/", "#", "*", "-") else ""
        stored = draft.sure or is_about_storage(*code.headings[-2:], code.lead, comment)
        yield _Place(draft, code.number + draft.line, stored)


def _inherit(drafts: list[Draft]) -> None:
    """Adds to each definition the members of those that it extends."""
    known: dict[str, Draft] = {}
    for draft in drafts:
        known.setdefault(draft.name, draft)
    own = {id(draft): list(draft.members) for draft in drafts}
    for draft in drafts:
        seen = {draft.name}
        todo = [*draft.bases]
        while todo and len(draft.members) < 100:
            base = known.get(todo.pop(0))
            if base and base is not draft and base.name not in seen:
                seen.add(base.name)
                names = {member.name for member in draft.members}
                draft.members = [
                    *(member for member in own[id(base)] if member.name not in names),
                    *draft.members,
                ]
                todo += base.bases


def _chosen(places: list[_Place]) -> dict[str, _Place]:
    """The definitions that are entities, by their resource, in the order of the document."""
    used = {
        member.named
        for place in places
        for member in place.draft.members
        if member.named and not member.many
    }
    best: dict[str, _Place] = {}
    for place in places:
        name = resource_of(place.draft.name)
        if not name or not _is_entity(place, place.draft.name in used):
            continue
        key = fold(name)
        if key not in best or (place.draft.sure and not best[key].draft.sure):
            best[key] = place
    ordered = sorted(best.values(), key=lambda place: place.line)[:MOST]
    return {resource_of(place.draft.name): place for place in ordered}


def _is_entity(place: _Place, is_used: bool) -> bool:
    draft = place.draft
    names = {snake(member.name[:60]) for member in draft.members}
    if draft.abstract or names & {"provider_account_id", "provider_user_id"}:
        return False  # the latter: what the sign-in keeps of other providers
    # A single member is an example of how to write one; Django adds the key.
    if len(draft.members) + ("Model" in draft.bases) < 2:
        return False
    if draft.sure:
        return True
    if is_of_program(draft.name) or names <= _ENVELOPE or names & _OF_VIEWS:
        return False
    own_key = f"{snake(draft.name[:60])}_id"
    if names & _OF_ROWS or own_key in names or any(member.key for member in draft.members):
        return True
    # A type without a key that others hold is a value of theirs.
    return place.stored and not is_used


def _names(page: Page, found: list[Entity], named: list[Name]) -> tuple[Name, ...]:
    seen = {fold(entity.name) for entity in found}
    unique: list[Name] = []
    for word, line in table_names.names(page.lines):
        name = resource_of(word)
        if name:
            named.append(Name(name, line.number, line.text[:80]))
    for one in sorted(named, key=lambda name: name.line):
        if fold(one.name) not in seen and len(unique) < MOST:
            seen.add(fold(one.name))
            unique.append(one)
    return tuple(unique)

"""Tables that a document only names: the list below "work with these tables:", and `Key tables: a, b`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from scaffold.documents.definitions.shape import word_list
from scaffold.documents.markdown import Line

# What a line or a heading above a list says, and the words before a list in the same line.
_LEAD: Final = re.compile(
    r"\b(?:tables|entities|collections|(?:data|prisma|domain|database|db|core|key|main) models)\b",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(
    r"[\d.\s]*(?:(?:key|core|main|domain|database|db|data|existing|primary|prisma|sql|the) )*"
    r"(?:tables|entities|collections|(?:data|prisma|domain|database|db|core|key|main) models)\b(?!/)",
    re.IGNORECASE,
)
_GROUPS: Final = re.compile(r"\b(?:groups|domains|areas|categories)\b", re.IGNORECASE)
_SCHEMA: Final = re.compile(
    r"[\d.\s]*(?:[\w&/-]+ ){0,3}(?:schema|data model|models)(?: \([^()]*\))?", re.IGNORECASE
)
_INLINE: Final = re.compile(
    r"(?:^|[.;(]|\b(?:key|main|core|domain|database|db|data|prisma|existing|primary|the)\s)\s*"
    r"(?:tables|entities|collections|models)(?: (?:for|are|include|in use|used)(?: the)?)?\s*:\s*(.+)",
    re.IGNORECASE,
)
_MODELS: Final = re.compile(r"(?:^|[.;(])\s*models\b", re.IGNORECASE)
# "`User` (sign-in)", "users: who may come in", "orders - what was bought"; the name alone.
_ITEM: Final = re.compile(
    r"(`?)([A-Za-z][A-Za-z0-9_]{1,60})\1\s*(?:$|\(|:|[-\u2014\u2013\u2192](?:\s|$)|\.$)"
)
_PART: Final = re.compile(
    r"(?:and |und )?(`?)([A-Za-z][A-Za-z0-9_]{1,60})\1\s*(?:\([^()]{0,200}\))?\.?"
)
_SPLIT: Final = re.compile(r",(?![^()]{0,200}\))")
# A list with one of these is one of columns.
_COLUMNS: Final = frozenset(word_list("id userid ownerid createdat updatedat deletedat"))
# Words that begin rules and lists of tools instead.
_RULES: Final = frozenset(
    word_list(
        "index indexes indices constraint constraints migration migrations relation relations "
        "relationship relationships key keys timestamps naming validation type types note notes "
        "example examples use always never always all each every primary foreign unique table "
        "tables column columns entity entities model models field fields schema schemas rules "
        "queries query transactions id ids enum enums rls policies policy security performance "
        "location path file files postgresql postgres mysql sqlite mongodb redis prisma drizzle "
        "sqlalchemy pydantic sqlmodel typeorm mongoose supabase django fastapi nestjs express zod "
        "alembic cascade defaults nullable audit soft multi pagination design structure orm "
        "database storage cache backup normalization denormalization partitioning views triggers "
        "functions and or not snake_case camelcase pascalcase kebab_case plural singular uuid "
        "hover selected opus sonnet haiku gpt claude gemini none yes no true false interfaces dtos "
        "services controllers repositories"
    )
)


def names(lines: Sequence[Line]) -> Iterator[tuple[str, Line]]:
    """Each word that the document names as a table, with its line."""
    for index, line in enumerate(lines):
        if line.refused or line.kind in ("row", "quote"):
            continue
        inline = _INLINE.search(line.text[:2000])
        if inline and not (_MODELS.search(line.text[:2000]) and "`" not in line.text):
            yield from ((word, line) for word in _listed(inline[1]))
        text = line.text.rstrip()
        is_above = line.kind in ("heading", "lead")
        if is_above or text.endswith(":"):
            lead = _HEADING.match if line.kind == "heading" else _LEAD.search
            sure = bool(lead(text[-200:]))
            if sure and _GROUPS.search(text[-200:]):
                yield from _in_groups(lines, index)
                continue
            if sure or (line.kind == "heading" and _SCHEMA.fullmatch(text[:100])):
                yield from _items(lines, index, is_above, sure)


def _listed(text: str) -> list[str]:
    """The words of `a, b (x), c.`; none if one of the parts is anything else."""
    sentence = re.split(r"\.(?:\s|$)", text, maxsplit=1)[0]
    words = []
    for part in _SPLIT.split(sentence)[:60]:
        for piece in part.split(" and ") if "(" not in part else [part]:
            match = _PART.fullmatch(piece.strip())
            if not match or match[2].lower() in _RULES:
                return []
            words.append(match[2])
    return words if len(words) > 1 else []


def _in_groups(lines: Sequence[Line], index: int) -> Iterator[tuple[str, Line]]:
    """The tables of "Forum (topics, replies)" and the like, below a line about groups of tables."""
    for line in lines[index + 1 : index + 61]:
        if line.kind != "item":
            return
        inside = re.fullmatch(r"[\w &/-]{1,60}\(([^()]{1,600})\)\.?", line.text[:700])
        if inside:
            yield from ((word, line) for word in _listed(inside[1]))


def _items(
    lines: Sequence[Line], index: int, is_heading: bool, sure: bool
) -> list[tuple[str, Line]]:
    """The items right below a line, if most of them begin with a name."""
    found: list[tuple[str, Line]] = []
    plain = count = 0
    last = lines[index].number
    above = lines[index].headings + ((lines[index].text,) if is_heading else ())
    for line in lines[index + 1 : index + 61]:
        if line.kind != "item":
            if found or line.kind in ("heading", "lead") or not is_heading:
                break
            continue
        # Items that code or paragraphs part are steps of work.
        if line.headings[: len(above)] != above or line.number > last + 4:
            break
        last = line.number
        count += 1
        match = _ITEM.match(line.text[:200])
        if match and match[2].replace("_", "").lower() in _COLUMNS:
            return []
        if match and match[2].lower() not in _RULES:
            found.append((match[2], line))
            # A word in small or capital letters could begin any sentence.
            plain += not (match[1] or re.search(r"_|[a-z][A-Z]", match[2]) or "(" in line.text[:80])
    if len(found) < 2 or len(found) * 3 < count * 2:
        return []
    # Below a heading about the schema, rules begin with a word and a colon too.
    return [] if not sure and plain * 2 > len(found) else found

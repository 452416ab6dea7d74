"""`agents import`: what documents state, and the block that says so."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.agents import document
from scaffold.agents.choice import Choice, find_document
from scaffold.agents.following import read_document
from scaffold.agents.imports import Imported, import_documents, values_of
from scaffold.conventions.schema import Schema, fill, mismatches
from scaffold.documents import front_matter
from scaffold.documents.evidence import Confidence, Statement
from scaffold.frameworks.detect import recognise
from scaffold.frameworks.facts import facts_of
from scaffold.rendering.render import Templates
from scaffold.support.cache_dir import put
from scaffold.support.errors import UserError
from scaffold.support.text import BOM, dressed_like, printable


class Report(NamedTuple):
    """What documents state; `defaults` are the conventions of which they say nothing, `written` is a file's path."""

    imported: Imported
    defaults: Mapping[str, Any]
    written: str = ""


def import_(
    templates: Templates,
    texts: Sequence[str],
    root: Path,
    *,
    write: bool = False,
    to: str | None = None,
) -> Report:
    """Reads documents; with `write` puts a block into the first one's front matter, with `to` into a new document.

    Raises UserError, with nothing written, where one cannot be read, has a block already, or `to` exists.
    """
    schema = templates.schema
    imported = import_documents(texts, schema, root)
    stated = {statement.key for statement in imported.statements}
    defaults = {
        f"{group}.{key}": value
        for group, keys in fill(schema, imported.sure()).items()
        for key, value in keys.items()
        if f"{group}.{key}" not in stated
    }
    if not write and to is None:
        return Report(imported, defaults)
    source = find_document(texts[0], root)
    if imported.has_block:
        raise UserError(
            f"`{printable(texts[0])}` has a `conventions:` block already",
            f"`scaffold agents check {printable(texts[0])}` checks it",
        )
    block = block_of(imported, schema)
    if to is not None:
        target = Path(to)
        if target.exists():
            raise UserError(f"`{printable(to)}` exists already", "name a file that does not exist")
        text = f"---\nname: {_name(target)}\n{block}---\n\nThe conventions of {', '.join(map(printable, texts))}.\n"
        put(target, text.encode(), durable=True)
        return Report(imported, defaults, to)
    source = Path(os.path.realpath(source))
    text = _with_block(source.read_bytes().decode(), block, texts[0])
    _require_read_back(text, templates.schema, texts[0], values_of(_fitting(imported, schema)))
    put(source, text.encode(), durable=True, like=source.stat())
    return Report(imported, defaults, texts[0])


def _require_read_back(text: str, schema: Schema, where: str, values: Mapping[str, Any]) -> None:
    """Raises UserError unless the new front matter states just those values."""
    hint = "`--to FILE` writes a document of its own"
    try:
        agent = document.read(front_matter.decode(text.encode(), where), schema, where)
    except UserError as error:
        raise UserError(
            f"the front matter of `{printable(where)}` cannot take a block: {error.message}", hint
        ) from None
    if agent.problems or agent.conventions != values:
        problem = str(agent.problems[0]) if agent.problems else "it would read otherwise"
        raise UserError(
            f"the front matter of `{printable(where)}` cannot take a block: {problem}", hint
        )


def block_of(imported: Imported, schema: Schema) -> str:
    """The `conventions:` block with the sure values; the others are comments, each with its line."""
    kept = _fitting(imported, schema)
    lines = ["conventions:"]
    groups = values_of(kept)
    for group, keys in groups.items():
        lines.append(f"  {group}:")
        lines += [
            f"    {key}: {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()
        ]
    if not groups:
        lines[0] += " {}"
    for statement in imported.statements:
        if statement not in kept:
            value = json.dumps(statement.value, ensure_ascii=False)
            lines.append(
                f"  # {statement.confidence}, line {statement.line}: {statement.key}: {value}"
            )
    if imported.entities:
        lines.append("entities:")
        for name, entity in imported.entities.items():
            lines.append(f"  {name}:")
            lines += [
                f"    {key}: {json.dumps(value, ensure_ascii=False)}"
                for key, value in entity.items()
            ]
    return "\n".join(lines) + "\n"


def _fitting(imported: Imported, schema: Schema) -> list[Statement]:
    """The sure statements that go together: a block with others would be refused."""
    kept = [
        statement for statement in imported.statements if statement.confidence is Confidence.SURE
    ]
    while True:
        odd = {key for key, _, _ in mismatches(schema, fill(schema, values_of(kept)))}
        wrong = [statement for statement in kept if statement.key in odd]
        if not wrong:
            return kept
        kept.remove(wrong[0])


def _name(path: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "conventions"


def _with_block(text: str, block: str, where: str) -> str:
    """The document with a block at the end of its front matter; every other byte stays."""
    bare = text.removeprefix(BOM)
    found, _, first = front_matter.split(bare.replace("\r\n", "\n").replace("\r", "\n"), where)
    mark = BOM if text.startswith(BOM) else ""
    if found is None:
        return mark + dressed_like(f"---\n{block}---\n\n", bare or "\n") + bare
    lines = bare.splitlines(keepends=True)
    close = first - 2
    return mark + "".join([*lines[:close], dressed_like(block, bare), *lines[close:]])


def refusal(templates: Templates, text: str, root: Path) -> UserError | None:
    """What `--style` would say against a document that has no mistakes, for a project in `root`; None if nothing."""
    try:
        facts = facts_of(root, recognise(root).framework)
    except UserError:
        facts = {}
    try:
        read_document(templates, text, root, Choice(facts=facts))
    except UserError as error:
        return error
    return None

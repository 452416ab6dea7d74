"""A drizzle.config of somebody else's, read as text, with one entry of ours in its `schema`.

An edit changes nothing but that entry. Read again, the result must say what it said before, and the entry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks.databases import javascript
from scaffold.frameworks.databases.javascript import Property, Token, Unreadable
from scaffold.frameworks.installed import bounded_text, folders_up

NAMES: Final = (
    *("drizzle.config.ts", "drizzle.config.js", "drizzle.config.mjs", "drizzle.config.mts"),
    *("drizzle.config.cjs", "drizzle.config.json"),
)
"""Where drizzle-kit looks, and where people let it look."""

_NAMED: Final = re.compile(r"\bdrizzle-kit\b[^&|;]*?--config[= ]\s*[\"']?([\w./-]{1,200})")
# What scaffold wrote before the project lost its manifest, in whatever layout: without spaces, quotes and the like.
_LAYOUT: Final = re.compile(r"[\s;,'\"`]+")
_OURS: Final = re.compile(
    r"(?:import\{existsSync\}fromnode:fs)?import\{defineConfig\}fromdrizzle-kit"
    r"(?://WhereNext\.jshasitssettings\.for\(constfileof\[\.env\.local\.env\]\)if\(existsSync\(file\)\)process\.loadEnvFile\(file\))?"
    r"exportdefaultdefineConfig\(\{"
    r"dialect:postgresqlschema:\./(?:[\w-]+/)*db/schema/\*\.tsout:\./(?:drizzle|"
    r"supabase/migrationsmigrations:\{prefix:supabase\})"
    r"casing:snake_case(?:dbCredentials:\{url:process\.env\[\w+\]\?\?\})?\}\)"
)


_LARGEST: Final = 100_000


class DrizzleConfig(NamedTuple):
    """What a config says; `schema` is None if it is not plain text, and `out` has its default."""

    path: str
    text: str
    schema: tuple[str, ...] | None
    out: str
    dialect: str = ""
    tables: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    why: str = ""
    """Why the schema cannot be read."""
    is_computed: bool = False
    """Whether `out` is but the beginning of it, because the rest is computed."""


class Entered(NamedTuple):
    """A config's text with the entry; `why` says why it is unchanged."""

    text: str
    why: str = ""


def find(root: Path, scripts: Mapping[str, Any]) -> DrizzleConfig | None:
    """The config in the project, or the one that a script of package.json names; None if it has none of its own."""
    top = folders_up(root)[-1]
    named = [
        match[1].removeprefix("./")
        for command in scripts.values()
        if isinstance(command, str) and (match := _NAMED.search(command[:2000]))
    ]
    for path in (*NAMES, *named):
        if path.startswith("/") or ".." in path.split("/"):
            continue
        text = bounded_text(str(root / path), top)
        if text is not None:
            return None if _is_as_written(text) else read(path, text)
    return None


def is_ours(root: Path) -> bool:
    """Whether the project's config is what scaffold wrote."""
    text = bounded_text(str(root / NAMES[0]), folders_up(root)[-1])
    return bool(text and _is_as_written(text))


def _is_as_written(text: str) -> bool:
    return _OURS.fullmatch(_LAYOUT.sub("", text)) is not None


def read(path: str, text: str) -> DrizzleConfig:
    """What the text of a config says."""
    try:
        found = _properties(text)
    except Unreadable as error:
        return DrizzleConfig(path, text, None, "drizzle", why=str(error))
    values = {one.name: one.value for one in found if one.name}
    said = {name: javascript.strings(value) or [] for name, value in values.items()}
    schema = javascript.strings(values.get("schema", ()))
    out, is_computed = _out(values.get("out"))
    # Before drizzle-kit 0.21 `driver` said what `dialect` says now.
    dialect = (said.get("dialect") or said.get("driver") or [""])[0]
    why = "" if schema else "its `schema` is not a path, and not a list of paths"
    return DrizzleConfig(
        path,
        text,
        tuple(schema) if schema else None,
        out.removeprefix("./").rstrip("/"),
        {"pg": "postgresql"}.get(dialect, dialect),
        tuple(said.get("tablesFilter") or ()),
        tuple(said.get("schemaFilter") or ()),
        why,
        is_computed,
    )


def _out(value: Sequence[Token] | None) -> tuple[str, bool]:
    """The folder of the migrations, and whether it is only the beginning of its path."""
    if value is None:
        return "./drizzle", False
    plain = javascript.strings(value)
    if plain:
        return plain[0], False
    template = value[0].text if len(value) == 1 and value[0].kind == "template" else ""
    return template[1:].partition("${")[0].rpartition("/")[0], True


def has_entry(config: DrizzleConfig, entry: str) -> bool:
    """Whether its `schema` names the entry, also where it cannot be read otherwise."""
    if config.schema is not None:
        return entry in config.schema
    try:
        found = _properties(config.text)
    except Unreadable:
        return False
    return any(
        javascript.string(token) == entry
        for one in found
        if one.name == "schema"
        for token in one.value
    )


def with_entry(path: str, text: str, entry: str) -> Entered:
    """The config's text whose `schema` has the entry too; a lone path becomes a list."""
    before = read(path, text)
    if has_entry(before, entry):
        return Entered(text)
    if before.schema is None:
        return Entered(text, before.why)
    value = _schema(text)
    quote = value[0].text[0] if len(value) == 1 else value[1].text[0]
    new = f"{quote}{entry}{quote}"
    if len(value) == 1:
        token = value[0]
        result = f"{text[: token.start]}[{token.text}, {new}]{text[token.end :]}"
    else:
        last = (javascript.elements(value) or [])[-1][-1]
        line = text.rfind("\n", 0, last.start) + 1
        indent = text[line : last.start]
        gap = f",\n{indent}" if not indent.strip() else ", "
        if gap != ", " and "\r\n" in text:
            gap = gap.replace("\n", "\r\n")
        result = f"{text[: last.end]}{gap}{new}{text[last.end :]}"
    if read(path, result)._replace(text=text) != before._replace(schema=(*before.schema, entry)):
        return Entered(text, "scaffold cannot change its `schema` safely")
    return Entered(result)


def without_entry(path: str, text: str, entry: str, earlier: Sequence[str] = ()) -> str | None:
    """The config's text without the entry; None unless `with_entry` would put exactly that text there.

    `earlier` are texts that the file had before commands on record: one of them may be what it was.
    """
    for known in earlier:
        if known != text and with_entry(path, known, entry).text == text:
            return known
    value = _schema(text)
    inside = javascript.elements(value) or []
    at = next((n for n, one in enumerate(inside) if javascript.string(one[0]) == entry), None)
    if at is None or at != len(inside) - 1 or at == 0:
        return None
    before, mine = inside[at - 1][-1], inside[at][-1]
    bare = f"{text[: before.end]}{text[mine.end :]}"
    candidates = [bare]
    if at == 1:
        token = inside[0][0]
        candidates.insert(0, f"{text[: value[0].start]}{token.text}{text[value[-1].end :]}")
    for candidate in candidates:
        if with_entry(path, candidate, entry).text == text:
            return candidate
    return None


def _schema(text: str) -> tuple[Token, ...]:
    try:
        found = _properties(text)
    except Unreadable:
        return ()
    return next((one.value for one in found if one.name == "schema"), ())


def _properties(text: str) -> list[Property]:
    """The properties of the config. Raises Unreadable if it exports no plain object."""
    if len(text) > _LARGEST:
        raise Unreadable("it is too large")
    found = javascript.tokens(text)
    exported = javascript.default_export(found)
    if exported is None and found and found[0].text == "{":  # drizzle.config.json
        exported = tuple(found)
    listed = javascript.properties(exported or ())
    if listed is None:
        raise Unreadable("what it exports is not a plain object")
    return listed

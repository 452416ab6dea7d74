"""The schema of somebody else's Prisma: where it lies, and what it says. Nothing of it is run."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks.databases import javascript
from scaffold.frameworks.databases.javascript import Property, Token, Unreadable
from scaffold.frameworks.installed import bounded_text, folders_up, json_of

CONFIGS: Final = (
    *("prisma.config.ts", "prisma.config.mts", "prisma.config.js", "prisma.config.mjs"),
    *("prisma.config.cjs", ".config/prisma.ts", ".config/prisma.js"),
)
FOLDER: Final = "api-models"
"""Our folder in their folder of schemas."""

USUAL: Final = ("schema.prisma", "prisma/schema.prisma")
"""Where Prisma looks if nothing says where its schema is."""

_MOST: Final = 500
_LARGEST: Final = 100_000
_NAMED: Final = re.compile(r"\bprisma\b[^&|;]*?\s--schema[= ]\s*[\"']?([\w./-]{1,200})")
_BLOCK: Final = re.compile(
    r"\s*(generator|datasource|model|view|enum|type)[ \t]+(\w{1,100})[ \t]*\{\s*"
)
_VALUE: Final = re.compile(r"^[ \t]*(\w+)[ \t]*=[ \t]*(\[[^\]]*\]|[^\n]+)", re.MULTILINE)
_MAPPED: Final = re.compile(r'^[ \t]*@@map\(\s*(?:name:\s*)?"([^"\n]{1,63})"', re.MULTILINE)
_COMMENT: Final = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


class Block(NamedTuple):
    """A block of a schema: its file, its kind (`model`, `generator`, …), its name and what is in it."""

    path: str
    kind: str
    name: str
    text: str

    @property
    def values(self) -> dict[str, str]:
        """What it says as `key = value`; a plain string comes without its quotes."""
        return {key: _bare(value.strip()) for key, value in _VALUE.findall(self.text)}

    @property
    def table(self) -> str:
        """What the database calls a model."""
        mapped = _MAPPED.search(self.text)
        return mapped[1] if mapped else self.name


class PrismaSchema(NamedTuple):
    """Where a schema lies: a file, or a folder of files.

    `why` says why that is not known; then `place` is empty.
    """

    place: str
    is_folder: bool
    config: str
    config_text: str
    blocks: tuple[Block, ...] = ()
    why: str = ""

    @property
    def folder(self) -> str:
        """The folder whose files are the schema, or will be once the lone file is not named any more."""
        return self.place if self.is_folder else posixpath.dirname(self.place)

    @property
    def models(self) -> str:
        """Our folder."""
        return f"{self.folder}/{FOLDER}"

    def of(self, kind: str) -> list[Block]:
        """Its blocks of a kind."""
        return [block for block in self.blocks if block.kind == kind]


def find(root: Path) -> PrismaSchema:
    """The schema that the commands of Prisma take in that project."""
    top = folders_up(root)[-1]
    config, text = "", ""
    for path in CONFIGS:
        if os.path.lexists(root / path):
            config, text = path, bounded_text(str(root / path), top, _LARGEST) or ""
            break
    try:
        said = _said(config, text) if config else _in_package(root, top)
    except Unreadable as error:
        return PrismaSchema("", False, config, text, why=f"`{config}`: {error}")
    places = [said] if said else USUAL
    place = next((one for one in places if _is_inside(root, one)), "")
    if not place:
        missing = f"`{said}` is no schema in this project" if said else "no schema.prisma is there"
        return PrismaSchema("", False, config, text, why=missing)
    other = next((one for one in _in_scripts(root, top) if one != place), None)
    if other is not None:
        why = f"a script of package.json names another schema, `{other}`"
        return PrismaSchema("", False, config, text, why=why)
    is_folder = (root / place).is_dir()
    files = schema_files(root, place) if is_folder else [place]
    blocks = [block for path in files for block in _blocks(root, path, top)]
    return PrismaSchema(place, is_folder, config, text, tuple(blocks))


def is_in_scripts(root: Path) -> bool:
    """Whether a script of package.json says where the schema is."""
    return any(_in_scripts(root, folders_up(root)[-1]))


def named_in_package(text: str) -> str:
    """What the text of a package.json says of the schema, as a path; empty if it says nothing."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return ""
    return _named(data) if isinstance(data, dict) else ""


def schema_files(root: Path, folder: str) -> list[str]:
    """The files of a folder that Prisma reads, those of its folders too."""
    found: list[str] = []
    for here, folders, files in os.walk(root / folder):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        found += [
            Path(here, name).relative_to(root).as_posix()
            for name in sorted(files)
            if name.endswith(".prisma")
        ]
        if len(found) > _MOST:
            break
    return found[:_MOST]


def blocks_in(path: str, text: str) -> Iterator[Block]:
    """The blocks of a schema file."""
    plain = _COMMENT.sub(lambda match: match[1] or "", text.replace("\r\n", "\n"))
    head: re.Match[str] | None = None
    inside: list[str] = []
    for line in plain.split("\n"):
        if head and line.lstrip().startswith("}"):
            yield Block(path, head[1], head[2], "\n".join(inside))
            head = None
        elif head:
            inside.append(line)
        else:
            head, inside = _BLOCK.fullmatch(line), []


def with_folder(path: str, text: str, place: str) -> str | None:
    """A config's text that names the folder of its lone schema file `place`; None if that is not certain."""
    folder = posixpath.dirname(place)
    base = posixpath.dirname(path)
    try:
        found = _properties(text)
    except Unreadable:
        return None
    value = next((one.value for one in found if one.name == "schema"), None)
    if value is None:
        return _with_property(path, text, found, folder)
    quote = next((token.text[0] for token in value if token.kind == "string"), '"')
    dots = "./" if len(value) == 1 and value[0].text[1:3] == "./" else ""
    named = dots + posixpath.relpath(folder, base or ".")
    result = f"{text[: value[0].start]}{quote}{named}{quote}{text[value[-1].end :]}"
    return result if _is_changed(path, text, result, folder) else None


def _with_property(path: str, text: str, found: Sequence[Property], folder: str) -> str | None:
    """The text with `schema` as its first property."""
    if not found or not found[0].name or not found[0].value:
        return None
    name = re.compile(rf"^([ \t]*)(?:[\"'])?{re.escape(found[0].name)}\b", re.MULTILINE)
    starts = [match for match in name.finditer(text) if match.end() <= found[0].value[0].start]
    if not starts:
        return None
    at = starts[-1]
    quote = "'" if "'" in text and '"' not in text else '"'
    end = "\r\n" if "\r\n" in text else "\n"
    named = posixpath.relpath(folder, posixpath.dirname(path) or ".")
    result = f"{text[: at.start()]}{at[1]}schema: {quote}{named}{quote},{end}{text[at.start() :]}"
    return result if _is_changed(path, text, result, folder) else None


def _is_changed(path: str, before: str, after: str, folder: str) -> bool:
    """Whether a config says the same as before, but for its schema, which is that folder now."""
    try:
        old, new = (
            {one.name: [token.text for token in one.value] for one in _properties(text)}
            for text in (before, after)
        )
        place = _said(path, after)
    except Unreadable:
        return False
    old.pop("schema", None)
    new.pop("schema", None)
    return old == new and place == folder


def migrations_of(root: Path, schema: PrismaSchema) -> str:
    """The folder of their migrations; empty if it cannot be read."""
    try:
        found = _properties(schema.config_text) if schema.config else []
    except Unreadable:
        return ""
    said = next((one.value for one in found if one.name == "migrations"), ())
    path = next((one.value for one in javascript.properties(said) or [] if one.name == "path"), ())
    if path:
        named = _path(path)
        return _from(schema.config, named) if named else ""
    where = schema.of("datasource")
    folder = posixpath.dirname(where[0].path) if where else schema.folder
    return posixpath.join(folder, "migrations")


def _said(config: str, text: str) -> str:
    """What a config says of its schema, as a path from the project's folder; empty if it says nothing."""
    value = next((one.value for one in _properties(text) if one.name == "schema"), None)
    if value is None:
        return ""
    named = _path(value)
    if not named:
        raise Unreadable("its `schema` is not a plain path")
    return _from(config, named)


def _from(config: str, named: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(config), named))


def _path(value: Sequence[Token]) -> str:
    """A path as a string, or as `path.join` of strings; empty if it is something else."""
    plain = javascript.string(value[0]) if len(value) == 1 else None
    if plain is not None:
        return plain[:300]
    words = [token.text for token in value]
    if words[1:2] == ["."]:
        value, words = value[2:], words[2:]
    if words[:2] not in (["join", "("], ["resolve", "("]) or words[-1] != ")":
        return ""
    inside = [token for token in value[2:-1] if token.text != ","]
    if inside and inside[0].text == "__dirname":
        inside = inside[1:]
    parts = [javascript.string(token) for token in inside]
    if None in parts:
        return ""
    return posixpath.join(".", *(part for part in parts if part))[:300]


def _properties(text: str) -> list[Property]:
    """The properties of a config. Raises Unreadable if it exports no plain object."""
    if len(text) > _LARGEST:
        raise Unreadable("it is too large")
    listed = javascript.properties(javascript.default_export(javascript.tokens(text)) or ())
    if listed is None or any(one.name is None for one in listed):
        raise Unreadable("what it exports is not a plain object")
    return listed


def _package(root: Path, top: str) -> Mapping[str, Any]:
    return json_of(str(root / "package.json"), top)


def _in_package(root: Path, top: str) -> str:
    return _named(_package(root, top))


def _named(package: Mapping[str, Any]) -> str:
    said = package.get("prisma")
    named = said.get("schema") if isinstance(said, dict) else None
    return posixpath.normpath(named[:300]) if isinstance(named, str) and named else ""


def _in_scripts(root: Path, top: str) -> Iterator[str]:
    """The schemas that scripts of package.json name."""
    scripts = _package(root, top).get("scripts")
    for command in scripts.values() if isinstance(scripts, dict) else ():
        match = _NAMED.search(command[:2000]) if isinstance(command, str) else None
        if match:
            yield posixpath.normpath(match[1])


def _is_inside(root: Path, place: str) -> bool:
    """Whether that is a file or a folder of the project's own, and no link out of it."""
    if place.startswith(("/", "..")) or "\0" in place:
        return False
    real = os.path.realpath(root / place)
    return real.startswith(os.path.join(os.path.realpath(root), "")) and os.path.exists(real)


def _blocks(root: Path, path: str, top: str) -> Iterator[Block]:
    yield from blocks_in(path, bounded_text(str(root / path), top) or "")


def _bare(value: str) -> str:
    match = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', value)
    return match[1] if match else value

"""The front matter of an agent document, even if it is not strict YAML, with the line of every key.

Many documents that people write for their agents have an unquoted `user: "…"` in the description, so
they are not YAML. Their keys are found line by line: only a known key begins an entry, and any other
line belongs to the key above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from scaffold.support.errors import UserError
from scaffold.support.text import plain, printable

# Keys that documents of this kind have; each of the two groups must be YAML by itself.
STRICT_KEYS = ("conventions", "entities")
KNOWN_KEYS = (
    "name",
    "description",
    "tools",
    "model",
    "color",
    "mcp_requirements",
    "mcp_permissions",
    "mcp_servers",
    "mcpServers",
    "permissionMode",
    "permissions",
    "allowed-tools",
    "disallowedTools",
    "skills",
    "hooks",
    "memory",
    "title",
    "globs",
    "paths",
    "applyTo",
    "alwaysApply",
    "version",
    "author",
    "tags",
    *STRICT_KEYS,
)
MAX_BYTES = 1024 * 1024
MAX_FRONT_MATTER = 256 * 1024
MAX_DEPTH = 20
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_-]*):(?=\s|$)")


class FrontMatter(NamedTuple):
    """The front matter as data; `lines` maps dotted keys to lines of the document, from 1."""

    data: dict[str, Any]
    lines: dict[str, int]
    strict: bool


class _Bad(Exception):
    """A block that cannot be read: why, and the line of the document (0 where unknown)."""

    def __init__(self, why: str, line: int, fatal: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        # Not a slip in the text: reading it in another way would not help.
        self.fatal = fatal


def decode(raw: bytes, where: str) -> str:
    """The document's text with LF and no byte order mark. Raises UserError if it is not text."""
    if len(raw) > MAX_BYTES:
        raise UserError(
            f"`{where}` has {len(raw)} bytes; a document may have at most {MAX_BYTES}",
            "move long guidance into another document",
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UserError(
            f"`{where}`, line {line}: this is not UTF-8 text", "save the document as UTF-8"
        ) from None
    return plain(text).replace("\r", "\n")


def parse(text: str, where: str) -> FrontMatter:
    """The front matter of a document whose text `decode` gave; `where` names it in messages.

    Raises UserError if there is none or its conventions or entities are not YAML.
    """
    found, _, _ = split(text, where)
    if found is None:
        raise UserError(
            f"`{where}` has no front matter, so it states no conventions",
            "begin it with a line `---`, `name: backend`, `conventions:` with what differs from the "
            "defaults below it, and a line `---`; `scaffold agents schema` shows every key",
        )
    return found


def split(text: str, where: str) -> tuple[FrontMatter | None, str, int]:
    """The front matter (None: there is none), the text below it, and the line on which that begins.

    Raises UserError if the front matter is not closed or cannot be read.
    """
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].rstrip() != "---":
        return None, text, 1
    ends = (number for number in range(start + 1, len(lines)) if lines[number].rstrip() == "---")
    end = next(ends, None)
    if end is None:
        raise UserError(
            f"`{where}`, line {start + 1}: the front matter is not closed",
            "end it with a line `---`",
        )
    block = lines[start + 1 : end]
    if sum(map(len, block)) > MAX_FRONT_MATTER:
        raise UserError(
            f"`{where}`: the front matter is longer than {MAX_FRONT_MATTER} characters",
            "move guidance below the second `---`",
        )
    return _of_block(block, start + 2, where), "\n".join(lines[end + 1 :]), end + 2


def _of_block(block: list[str], first: int, where: str) -> FrontMatter:
    try:
        try:
            data, found = _read("\n".join(block), first)
        except _Bad as bad:
            if bad.fatal:
                raise
            loose = _by_lines(block, first)
            if not loose.data:
                raise
            return loose
    except _Bad as bad:
        line = f", line {bad.line}" if bad.line else ""
        raise UserError(
            f"`{where}`{line}: the front matter cannot be read: {bad.why}",
            "correct that line; quote a value that contains `: `, and indent with spaces",
        ) from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise UserError(
            f"`{where}`, line {first}: the front matter is not a mapping",
            "write it as `key: value` lines, beginning with `name: backend`",
        )
    return FrontMatter(data, found, True)


def whole_file(text: str, where: str) -> FrontMatter:
    """A whole file of YAML whose text `decode` gave, as data with lines.

    Raises UserError if it is not a mapping, or cannot be read.
    """
    try:
        data, found = _read(text, 1)
    except _Bad as bad:
        line = f", line {bad.line}" if bad.line else ""
        raise UserError(
            f"`{where}`{line}: the file cannot be read: {bad.why}",
            "correct that line; quote a value that contains `: `, and indent with spaces",
        ) from None
    if not isinstance(data, dict):
        raise UserError(f"`{where}` is not a mapping", "begin it with `resources:`")
    return FrontMatter(data, found, True)


def _by_lines(block: list[str], first: int) -> FrontMatter:
    """The front matter, read line by line. Raises _Bad if conventions or entities are not YAML."""
    parts: list[tuple[str, int, list[str]]] = []
    for number, line in enumerate(block, first):
        match = _KEY.match(line)
        seen = match and match[1] in [key for key, _, _ in parts]
        if match and match[1] in KNOWN_KEYS and (not seen or match[1] in STRICT_KEYS):
            parts.append((match[1], number, [line]))
        elif parts:
            parts[-1][2].append(line)
        elif line.strip() and not line.lstrip().startswith("#"):
            parts.append(("", number, [line]))
    data: dict[str, Any] = {}
    found: dict[str, int] = {}
    for key, number, lines in parts:
        if key in data:
            raise _Bad(f"`{key}` appears twice", number, True)
        try:
            read, below = _read("\n".join(lines), number)
            data[key] = read[key]
            found.update(below)
        except (_Bad, KeyError, TypeError) as error:
            if key in STRICT_KEYS or (isinstance(error, _Bad) and error.fatal):
                raise
            data[key] = "\n".join(lines)[len(key) + 1 :].strip()
            found[key] = number
    data.pop("", None)
    return FrontMatter(data, found, False)


def _read(block: str, first: int) -> tuple[Any, dict[str, int]]:
    """YAML as data, and the line of every key in it. Raises _Bad."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_events(yaml.parse(block, Loader=loader), first)
        reader = loader(block)
        try:
            node = reader.get_single_node()
            found: dict[str, int] = {}
            _lines(node, "", first, found)
            return (None if node is None else reader.construct_document(node)), found
        finally:
            reader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        rows = block.split("\n")
        row = min(mark.line, len(rows) - 1) if mark else 0
        line, source = (row + first, rows[row]) if mark else (0, "")
        why = "a tab is where spaces should be" if source[:1] == "\t" else error.problem
        raise _Bad(f"it is not valid YAML: {why}", line) from None
    except yaml.reader.ReaderError as error:
        before = block[: error.position] if isinstance(error.position, int) else ""
        shown = printable(chr(error.character)) if isinstance(error.character, int) else "?"
        raise _Bad(
            f"the character `{shown}` is not allowed in YAML", first + before.count("\n")
        ) from None
    except (ValueError, OverflowError, RecursionError, TypeError) as error:
        raise _Bad(f"a value in it cannot be read ({printable(str(error))[:80]})", 0) from None


def _check_events(events: Iterator[Any], first: int) -> None:
    """Raises _Bad on what could blow up: aliases, and nesting that no convention has."""
    import yaml

    depth = 0
    for event in events:
        line = event.start_mark.line + first
        if isinstance(event, yaml.AliasEvent):
            raise _Bad(
                f"the alias `*{printable(str(event.anchor))}` is not allowed: write the value again",
                line,
                True,
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Bad(
                    f"it is nested more than {MAX_DEPTH} levels deep",
                    line,
                    True,
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _lines(node: Any, prefix: str, first: int, found: dict[str, int]) -> None:
    """Notes the line of each key and list item below `node`. Raises _Bad on a duplicate key."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for index, element in enumerate(node.value):
            found[f"{prefix}{index}"] = element.start_mark.line + first
            _lines(element, f"{prefix}{index}.", first, found)
    if not isinstance(node, yaml.MappingNode):
        return
    here = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        line = key.start_mark.line + first
        if name in here:
            raise _Bad(f"`{prefix}{printable(name)[:60]}` appears twice", line, True)
        here.add(name)
        found[f"{prefix}{name}"] = line
        _lines(value, f"{prefix}{name}.", first, found)

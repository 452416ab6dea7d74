"""Agent documents: Markdown whose front matter states conventions and entities."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaffold.agents.entities import Entities, check_entities
from scaffold.conventions.schema import Problem, Schema, check, fill, line_of
from scaffold.documents import front_matter
from scaffold.support.errors import UserError
from scaffold.support.text import printable

# Keys of the front matter that are text, where they are there.
_TEXTS = ("name", "description", "model", "color")


@dataclass(frozen=True, slots=True)
class Agent:
    """A document, read: its front matter, what it states, what is wrong with it.

    `lines` maps dotted keys (`conventions.stack.orm`) to lines. `strict` is false if the front
    matter is not YAML and was read line by line.
    """

    front_matter: Mapping[str, Any]
    conventions: Mapping[str, Mapping[str, Any]]
    problems: tuple[Problem, ...]
    entities: Entities = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    strict: bool = True


def read(text: str, schema: Schema, where: str) -> Agent:
    """The agent in `text`; `where` names the document in messages.

    Raises UserError if there is no front matter or it cannot be read; everything wrong with
    conventions and entities is in `problems`.
    """
    found = front_matter.parse(text, where)
    data, lines = found.data, found.lines
    problems = [
        Problem(key, line_of(lines, key), "must be text")
        for key in _TEXTS
        if not isinstance(data.get(key, ""), (str, int, float, type(None)))
    ]
    stated = data.get("conventions")
    stated = {} if stated is None else stated
    inner = {
        key.removeprefix("conventions."): line
        for key, line in lines.items()
        if key.startswith("conventions.")
    }
    inner[""] = inner["conventions"] = lines.get("conventions", 0)
    wrong = check(schema, stated, inner)
    problems += wrong
    entities, more = check_entities(
        data.get("entities"), fill(schema, _without(stated, wrong)), lines
    )
    problems += more
    return Agent(
        data,
        stated if isinstance(stated, Mapping) else {},
        tuple(sorted(problems, key=lambda problem: problem.line)),
        entities,
        lines,
        found.strict,
    )


def read_file(path: Path, schema: Schema, where: str) -> Agent:
    """The agent in a file. Raises UserError as `read` does, and if there is no such file."""
    where = printable(where)
    return read(load(path, where), schema, where)


def load(path: Path, where: str) -> str:
    """The text of a document. Raises UserError if it is not a file that can be read."""
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise UserError(
                f"`{printable(where)}` {what}; scaffold expects an agent's document",
                "name a Markdown document: `scaffold agents check .claude/agents/backend.md`",
            )
        with open(path, "rb") as file:
            raw = file.read(front_matter.MAX_BYTES + 1)
            size = os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:
        raise UserError(f"cannot read `{printable(where)}`: {printable(str(error))}") from None
    if size > front_matter.MAX_BYTES:
        raise UserError(
            f"`{where}` has {size} bytes; a document may have at most {front_matter.MAX_BYTES}",
            "move long guidance into another document",
        )
    return front_matter.decode(raw, where)


def has_front_matter(text: str, where: str) -> bool:
    """Whether a document begins with one. Raises UserError if it is not closed or cannot be read."""
    return front_matter.split(text, where)[0] is not None


def report_of(problems: tuple[Problem, ...], where: str) -> UserError:
    """One message with every problem of a document."""
    count = f"{len(problems)} mistakes" if len(problems) > 1 else "a mistake"
    return UserError(
        f"`{where}` has {count}:\n" + "\n".join(f"  {problem}" for problem in problems),
        "`scaffold agents schema` shows every key and what is allowed",
    )


def style_of(agent: Agent | None, path: Path, taken: list[str]) -> str:
    """A word for the style of a user's document: its name, or its file's, as `[a-z][a-z0-9-]*`."""
    name = agent.front_matter.get("name") if agent else None
    for text in (name if isinstance(name, str) else "", path.stem, "agent"):
        word = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-")
        word = re.sub(r"^[^a-z]+", "", word)
        if word:
            break
    return f"{word}-document" if word in taken else word


def _without(stated: Any, wrong: list[Problem]) -> dict[str, dict[str, Any]]:
    """What is stated, less what is wrong."""
    if not isinstance(stated, Mapping):
        return {}
    keys = {problem.key for problem in wrong} | {
        ".".join(problem.key.split(".")[:2]) for problem in wrong
    }
    return {
        group: {key: value for key, value in values.items() if f"{group}.{key}" not in keys}
        for group, values in stated.items()
        if isinstance(values, Mapping) and group not in keys
    }

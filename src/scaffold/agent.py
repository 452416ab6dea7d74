"""Agent documents: Markdown whose front matter states conventions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.conventions import Problem, Schema, check
from scaffold.errors import UserError


@dataclass(frozen=True, slots=True)
class Agent:
    """A document, read: its front matter, conventions that it states, what is wrong with them."""

    front_matter: Mapping[str, Any]
    conventions: Mapping[str, Mapping[str, Any]]
    problems: tuple[Problem, ...]


def read(text: str, schema: Schema, where: str) -> Agent:
    """The agent in `text`; `where` names the document in messages.

    Raises UserError where there is no front matter or it is not YAML; wrong conventions are
    `problems`, all of them.
    """
    import yaml

    lines = text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != "---" or "---" not in [line.rstrip() for line in lines[1:]]:
        raise UserError(
            f"`{where}` has no front matter",
            "begin it with a `---` block that has a `conventions:` mapping",
        )
    end = [line.rstrip() for line in lines[1:]].index("---") + 1
    block = "\n".join(lines[1:end])
    try:
        node = yaml.compose(block, Loader=yaml.SafeLoader)
        data = yaml.safe_load(block)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        what = getattr(error, "problem", error)
        raise UserError(f"`{where}`{line}: the front matter is not valid YAML: {what}") from None
    if not isinstance(data, Mapping):
        raise UserError(f"`{where}`: the front matter is no mapping")
    stated = data.get("conventions") or {}
    return Agent(data, stated, tuple(check(schema, stated, _lines(node))))


def _lines(node: Any) -> dict[str, int]:
    """Line in the document of each convention, by its dotted key."""
    import yaml

    found: dict[str, int] = {}

    def walk(mapping: Any, prefix: str, depth: int) -> None:
        if not isinstance(mapping, yaml.MappingNode):
            return
        for key, value in mapping.value:
            dotted = f"{prefix}{key.value}"
            # The front matter starts on the document's second line; YAML counts from 0.
            found[dotted] = key.start_mark.line + 2
            if depth:
                walk(value, f"{dotted}.", depth - 1)

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found[str(key.value)] = key.start_mark.line + 2
            if key.value == "conventions":
                walk(value, "", 1)
    return found

"""The agents of a template version, read for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scaffold import agent
from scaffold.errors import UserError
from scaffold.names import nearest, printable
from scaffold.render import Templates


@dataclass(frozen=True, slots=True)
class Stated:
    """One convention of an agent; `origin` is `stated` or `default`."""

    key: str
    value: Any
    origin: str

    def to_data(self) -> dict[str, Any]:
        """The convention as JSON holds it."""
        return {"key": self.key, "value": self.value, "origin": self.origin}


def all_agents(templates: Templates) -> dict[str, str]:
    """Style → one line about it."""
    return {
        style: str(_read(templates, style).front_matter.get("description", ""))
        for style in templates.styles
    }


def conventions_of(templates: Templates, style: str) -> list[Stated]:
    """Every convention of an agent. Raises UserError where there is no such agent."""
    if style not in templates.styles:
        guess = nearest(style, templates.styles)
        raise UserError(
            f"unknown style `{printable(style)}`; allowed: {', '.join(templates.styles)}",
            f"did you mean `{guess}`?" if guess else None,
        )
    stated = _read(templates, style).conventions
    return [
        Stated(
            f"{group}.{key}",
            stated.get(group, {}).get(key, spec["default"]),
            _origin(stated, group, key),
        )
        for group, keys in templates.schema.items()
        for key, spec in keys.items()
    ]


def _origin(stated: Any, group: str, key: str) -> str:
    return "stated" if key in stated.get(group, {}) else "default"


def _read(templates: Templates, style: str) -> agent.Agent:
    path = templates.root / "agents" / f"{style}.md"
    return agent.read(path.read_text("utf-8"), templates.schema, str(path))

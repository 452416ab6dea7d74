"""A style, or a project, as a document of other tools: front matter in their form, and the guidance of AGENTS.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from scaffold.conventions.overrides import without_redundant
from scaffold.conventions.schema import Schema, Values
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document is about: every convention with its value, the entities, and the guidance.

    `files` is a glob of the service's source code; empty if that is the whole project.
    """

    name: str
    description: str
    files: str
    values: Values
    entities: Mapping[str, Mapping[str, Any]]
    guidance: str


def _claude(subject: Subject) -> dict[str, Any]:
    return {"name": subject.name, "description": subject.description}


def _agents_md(_: Subject) -> dict[str, Any]:
    return {}


def _cursor(subject: Subject) -> dict[str, Any]:
    return {
        "description": subject.description,
        "globs": subject.files or None,
        "alwaysApply": not subject.files,
    }


def _copilot(subject: Subject) -> dict[str, Any]:
    return {"applyTo": subject.files or "**"}


_FORMS: Final[Mapping[str, Callable[[Subject], dict[str, Any]]]] = {
    "claude": _claude,
    "agents-md": _agents_md,
    "cursor": _cursor,
    "copilot": _copilot,
}
TARGETS: Final = tuple(_FORMS)


def known_target(word: str | None) -> str:
    """The target, if there is one of that name. Raises UserError with the nearest one otherwise."""
    allowed = ", ".join(TARGETS)
    if word is None:
        raise UserError(f"no target given; allowed: {allowed}", f"add `--to {TARGETS[0]}`")
    if word not in TARGETS:
        guess = nearest(word, TARGETS) or TARGETS[0]
        raise UserError(
            f"unknown target `{printable(word)}`; allowed: {allowed}", f"for example `--to {guess}`"
        )
    return word


def conventions_of(schema: Schema, values: Values) -> dict[str, dict[str, Any]]:
    """What a document has to state for these values: those that are no defaults, in the schema's order."""
    kept = without_redundant(schema, {}, values)
    return {
        group: {key: kept[group][key] for key in keys if key in kept[group]}
        for group, keys in schema.items()
        if group in kept
    }


def export(subject: Subject, schema: Schema, target: str, *, block: bool = True) -> str:
    """The document; without `block` its front matter has what the target itself knows and nothing else."""
    front = _FORMS[target](subject)
    if block:
        front["conventions"] = conventions_of(schema, subject.values)
        if subject.entities:
            front["entities"] = {name: dict(one) for name, one in subject.entities.items()}
    return f"---\n{_yaml(front)}---\n\n{subject.guidance}" if front else subject.guidance


def _yaml(data: Mapping[str, Any]) -> str:
    """YAML with an entry a line, as Prettier leaves it too."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    # Cursor writes `globs:` where it means none.
    Dumper.add_representer(
        type(None),
        lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""),
    )
    return yaml.dump(
        dict(data), Dumper=Dumper, sort_keys=False, allow_unicode=True, width=float("inf")
    )

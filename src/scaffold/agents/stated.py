"""What a project's agent states, with what the project set itself: its conventions and entities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scaffold.agents.entities import Entities, check_entities
from scaffold.conventions.overrides import (
    parse_settings,
    require_covered,
    require_policies,
    require_same_framework,
    without_redundant,
)
from scaffold.conventions.schema import Values, fill
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.support.errors import UserError


def stated_by(templates: Templates, manifest: Manifest) -> Values:
    """The conventions that the project's agent states."""
    return templates.agent(manifest).get("conventions") or {}


def values_of(templates: Templates, manifest: Manifest) -> Values:
    """Every convention of the project with its value."""
    return fill(templates.schema, stated_by(templates, manifest), manifest.overrides)


def entities_of(templates: Templates, manifest: Manifest) -> Entities:
    """The entities of the project's agent. Raises UserError if those in a manifest do not fit."""
    stated = templates.agent(manifest).get("entities")
    if not stated:
        return {}
    entities, problems = check_entities(stated, values_of(templates, manifest))
    if problems:
        raise UserError(
            "the entities of this project's agent do not fit its conventions: "
            + "; ".join(map(str, problems)),
            "give the fields by hand, or correct the document and `scaffold set --from FILE`",
        )
    return entities


def overridden(
    templates: Templates, manifest: Manifest, settings: Sequence[str] = (), *, options: bool = False
) -> dict[str, dict[str, Any]]:
    """The manifest's overrides with the settings in them, less those that only repeat the agent.

    With `options` the settings were said with `--set`.

    Raises UserError if the templates do not cover the conventions together.
    """
    schema = templates.schema
    given = parse_settings(schema, settings)
    merged = {group: dict(keys) for group, keys in manifest.overrides.items()}
    for group, keys in given.items():
        merged.setdefault(group, {}).update(keys)
    if not merged and not manifest.document:
        return {}
    stated = stated_by(templates, manifest)
    if given:
        before = fill(schema, stated, manifest.overrides)
        require_same_framework(before, fill(schema, stated, merged))
    values = require_covered(schema, stated, merged, settings, options=options)
    require_policies(manifest.resources, values)
    return without_redundant(schema, stated, merged) if given else merged


def require_answer(templates: Templates, answer: str, what: str) -> None:
    """Raises UserError if a project's templates are older than the answer that `what` needs."""
    if answer not in templates.config:
        raise UserError(
            f"{what} with the templates of this project: they are too old",
            "commit your changes, then `scaffold update`",
        )

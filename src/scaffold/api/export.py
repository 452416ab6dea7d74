"""`agents export`: conventions as a document of other tools."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from scaffold.agents import export as exports
from scaffold.agents.choice import Choice
from scaffold.agents.describe import describe
from scaffold.agents.entities import Entities
from scaffold.agents.following import followed
from scaffold.agents.stated import entities_of, values_of
from scaffold.api.show import resources
from scaffold.frameworks.detect import find_root
from scaffold.frameworks.registry import laid_out
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from scaffold.support.text import printable

GUIDANCE = "AGENTS.md"


@dataclass(frozen=True, slots=True)
class Exported:
    """A document, with what its front matter states."""

    target: str
    text: str
    conventions: dict[str, dict[str, Any]]
    entities: Entities

    def to_data(self) -> dict[str, Any]:
        """The document as JSON holds it."""
        return {
            "to": self.target,
            "text": self.text,
            "conventions": self.conventions,
            "entities": self.entities,
        }


@only_known()
def export(
    style: str | None, target: str | None, *, block: bool = True, project: str | None = None
) -> Exported:
    """The document of a style, of a user's document (by its path), or of the project. Writes nothing.

    Raises UserError if there is no such style, document, project or target.
    """
    target = exports.known_target(target)
    if style is None:
        _, manifest = resources(project)
        templates = Templates(fetch(manifest.version))
        description = ""
    else:
        root = find_root(project)
        known = manifests.load(root)
        version = known.version if known else newest()
        templates = Templates(fetch(version))
        front = describe(templates, style).front_matter
        # What is not generated is said in the text, so nobody has to accept it.
        follows, _ = followed(templates, style, root, Choice(accept=True))
        manifest = follows.put_into(Manifest(version, follows.style, follows.style))
        manifest = laid_out(templates, manifest)
        description = _words(front.get("description"))
    values, entities = values_of(templates, manifest), entities_of(templates, manifest)
    subject = exports.Subject(
        manifest.name,
        description
        or f"Writes and changes the API endpoints of {manifest.name} by its conventions",
        "" if manifest.source == "." else f"{manifest.source}/**",
        values,
        entities,
        _guidance(templates, manifest),
    )
    return Exported(
        target,
        exports.export(subject, templates.schema, target, block=block),
        exports.conventions_of(templates.schema, values),
        entities,
    )


def _guidance(templates: Templates, manifest: Manifest) -> str:
    """The text of AGENTS.md, which a project of somebody else's has not got itself."""
    whole = replace(manifest, service=True, foreign=(), resources=(), things=())
    text = templates.render(whole).get(GUIDANCE)
    if text is None:
        raise UserError(
            f"the templates have no `{GUIDANCE}`, so there is no guidance to export",
            "`scaffold agents show` prints every convention",
        )
    return text


def _words(value: Any) -> str:
    return printable(" ".join(value.split())) if isinstance(value, str) else ""

"""The file that `apply` reads, written for a project as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scaffold.api import show
from scaffold.conventions.schema import Values
from scaffold.kinds.option_types import typed as typed_option
from scaffold.kinds.thing import Thing
from scaffold.manifest.manifest import Manifest
from scaffold.resources.keys import typed
from scaffold.resources.resource import Resource
from scaffold.sources.repository import only_known

SCHEMA: Final = "resources.schema.json"
"""Where editors look for the schema, beside the file."""

_MODELINE: Final = f"# yaml-language-server: $schema={SCHEMA}\n"
_NONE: Final = "# no resources yet: `scaffold endpoint NAME FIELD ...` adds one\n"


@only_known()
def resources_file(project: str | None = None) -> str:
    """The project's resources as `apply` reads them; its first line names a schema that is in this folder.

    Raises UserError if there is no project.
    """
    _, manifest = show.resources(project)
    head = _MODELINE if Path(SCHEMA).is_file() else ""
    return head + as_file(manifest, show.templates_of(project).conventions(manifest))


def as_file(manifest: Manifest, values: Values) -> str:
    """The live resources as YAML: what the conventions say anyway is left out; `values` are all of them."""
    live = [resource for resource in manifest.resources if not resource.retired]
    blocks = {
        "resources": [resource for resource in live if resource.methods],
        "models": [resource for resource in live if not resource.methods],
    }
    lines: list[str] = []
    for block, found in blocks.items():
        if found:
            lines.append(f"{block}:")
        for resource in found:
            lines.append(f"  {_scalar(resource.name)}:")
            lines.append("    fields:")
            lines += [f"      - {_scalar(field.spec())}" for field in resource.fields]
            lines += [
                f"    {key}: {_flow(value)}" for key, value in _options(resource, values).items()
            ]
    lines += _things(manifest.things)
    return "\n".join(lines) + "\n" if lines else _NONE


def _things(things: Sequence[Thing]) -> list[str]:
    """The block of things, by kind and name."""
    lines: list[str] = []
    kind = ""
    for thing in things:
        if thing.kind != kind:
            lines += ([] if kind else ["things:"]) + [f"  {_scalar(thing.kind)}:"]
            kind = thing.kind
        lines.append(f"    {_scalar(thing.name)}:{'' if thing.options or thing.fields else ' {}'}")
        for name, value in thing.options.items():
            said = [typed_option(one) for one in value] if isinstance(value, list) else _said(value)
            lines.append(f"      {name}: {_flow(said)}")
        if thing.fields:
            lines.append("      fields:")
            lines += [f"        - {_scalar(field.spec())}" for field in thing.fields]
    return lines


def _said(value: Any) -> Any:
    return typed_option(value) if isinstance(value, Mapping) else value


def _options(resource: Resource, values: Values) -> dict[str, Any]:
    """All besides the fields that differs from the conventions."""
    methods = [*resource.methods] if resource.methods else [*values["routing"]["methods"]]
    said: dict[str, Any] = {
        "methods": methods if {*methods} != {*values["routing"]["methods"]} else [],
        "roles": [*resource.roles],
        "roles_for": {method: [*roles] for method, roles in resource.roles_for},
        "public": resource.public,
        "rate_limit": str(resource.rate_limit or ""),
        "paginate": resource.paginate,
        "soft_delete": resource.soft_delete,
        "files": resource.files,
    }
    for key in resource.keys:
        said.setdefault(key.option, []).append(typed(key, resource.fields).split(","))
    return {key: value for key, value in said.items() if value}


def _scalar(text: str) -> str:
    return _yaml([text], False).removeprefix("- ")


def _flow(value: Any) -> str:
    return _yaml([value], True).removeprefix("[").removesuffix("]")


def _yaml(value: list[Any], flow: bool) -> str:
    import yaml

    text: str = yaml.safe_dump(
        value, default_flow_style=flow, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return text.removesuffix("\n")

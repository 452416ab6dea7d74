"""`scaffold list`: the project's resources."""

from __future__ import annotations

from typing import Annotated, Any

from scaffold.cli import options, output
from scaffold.cli.declared import Option
from scaffold.support.errors import UserError


@output.command
def list_resources(
    project: options.Project = None,
    as_yaml: Annotated[
        bool, Option("--yaml", help="Print the file that `scaffold apply` reads.")
    ] = False,
    as_json: options.Json = False,
) -> int:
    """List the project's resources.

    \b
    scaffold list
    scaffold list --json
    scaffold list --yaml > resources.yml

    The last one writes what `scaffold apply resources.yml` reads: as it is, it changes nothing.
    """
    from scaffold.api import show as api

    if as_yaml:
        from scaffold.api.resources_file import resources_file

        if as_json:
            raise UserError("`--yaml` and `--json` are two forms", "leave one of them out")
        output.say(resources_file(project).removesuffix("\n"))
        return 0

    root, manifest = api.resources(project)
    live = [resource for resource in manifest.resources if not resource.retired]
    if as_json:
        output.emit(
            {
                "project": str(root),
                "style": manifest.style,
                "resources": [resource.to_data() for resource in live],
                "things": [thing.to_data() for thing in manifest.things],
            },
        )
        return 0
    if not live and not manifest.things:
        output.say("no resources yet: `scaffold endpoint NAME FIELD ...` adds one")
    for resource in live:
        what = ",".join(resource.methods) or "model alone"
        fields = " ".join(field.name for field in resource.fields)
        output.say(f"{resource.name:<24} {what:<44} {fields}")
        policy = [f"{method}: {' or '.join(roles)}" for method, roles in resource.roles_for]
        if resource.roles:
            policy.insert(0, f"role {' or '.join(resource.roles)}")
        if resource.files:
            policy.append(f"files data/{resource.files}")
        if policy:
            output.say(f"{'':<24} {'; '.join(policy)}")
    for thing in manifest.things:
        fields = " ".join(field.name for field in thing.fields)
        said = " ".join(f"{key}={_typed(value)}" for key, value in thing.options.items())
        output.say(f"{thing.address:<24} {said:<44} {fields}".rstrip())
    return 0


def _typed(value: Any) -> str:
    from scaffold.kinds.option_types import typed

    return ",".join(map(typed, value)) if isinstance(value, list) else typed(value)

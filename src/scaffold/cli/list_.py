"""`scaffold list`: the project's resources."""

from __future__ import annotations

from scaffold.cli import options, output


@output.command
def list_resources(project: options.Project = None, as_json: options.Json = False) -> int:
    """List the project's resources.

    \b
    scaffold list
    scaffold list --json
    """
    from scaffold.api import show as api

    root, manifest = api.resources(project)
    live = [resource for resource in manifest.resources if not resource.retired]
    if as_json:
        output.emit(
            {
                "project": str(root),
                "style": manifest.style,
                "resources": [resource.to_data() for resource in live],
            },
        )
        return 0
    if not live:
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
    return 0

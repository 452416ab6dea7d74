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
    live = [item for item in manifest.resources if not item.retired]
    if as_json:
        output.emit(
            {
                "project": str(root),
                "style": manifest.style,
                "resources": [item.to_data() for item in live],
            },
        )
        return 0
    if not live:
        output.say("no resources yet: `scaffold endpoint NAME FIELD ...` adds one")
    for item in live:
        what = ",".join(item.methods) or "model alone"
        output.say(f"{item.name:<24} {what:<44} {' '.join(field.name for field in item.fields)}")
        policy = [f"{method}: {' or '.join(roles)}" for method, roles in item.roles_for]
        if item.roles:
            policy.insert(0, f"role {' or '.join(item.roles)}")
        if item.files:
            policy.append(f"files data/{item.files}")
        if policy:
            output.say(f"{'':<24} {'; '.join(policy)}")
    return 0

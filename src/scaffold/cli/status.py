"""`scaffold status`: generated files against what scaffold would write."""

from __future__ import annotations

from scaffold.cli import options, output


@output.command
def status(
    project: options.Project = None, diff: options.Diff = False, as_json: options.Json = False
) -> int:
    """Show drift: which generated files were edited or deleted. Exit code 1 where one holds conflict markers.

    \b
    scaffold status
    scaffold status --diff
    """
    from scaffold.api import drift

    files = drift.status(project)
    conflicts = [item for item in files if item.state == "conflict"]
    if as_json:
        entries = [
            {"path": item.path, "state": item.state, **({"diff": item.diff} if diff else {})}
            for item in files
        ]
        output.emit({"files": entries})
        return 1 if conflicts else 0
    changed = [item for item in files if item.state != "unchanged"]
    for item in changed:
        output.say(f"{item.state:<10} {item.path}")
        if diff and item.diff:
            output.say(item.diff.rstrip("\n"))
    output.say(f"{len(files) - len(changed)} files as generated, {len(changed)} not")
    return 1 if conflicts else 0

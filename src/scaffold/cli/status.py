"""`scaffold status`: generated files against what scaffold would write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scaffold.cli import options, output

if TYPE_CHECKING:
    from scaffold.api.status import FileStatus, Status


@output.command
def status(
    project: options.Project = None,
    diff: options.Diff = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit code 1 also where something is behind.")
    ] = False,
    as_json: options.Json = False,
) -> int:
    """Show drift: which generated files were edited, deleted or renamed, and which the newest templates would change.

    Exit code 1 where one holds conflict markers. `--diff` shows your edits.

    \b
    scaffold status
    scaffold status --diff
    scaffold status --check
    """
    from scaffold.api import status as api

    found = api.status(project, diff=diff)
    if as_json:
        output.emit(_as_data(found, diff))
    else:
        for item in found.files:
            if item.state != "unchanged":
                output.say(_line(item))
                if item.diff:
                    output.say(item.diff.rstrip("\n"))
        output.say(_summary(found))
    return 1 if found.counts["conflict"] or (check and found.behind) else 0


def _as_data(found: Status, diff: bool) -> dict[str, Any]:
    return {
        "project": str(found.root),
        "templates": found.version.commit,
        "newest": found.newest.commit if found.newest else None,
        "behind": found.behind,
        "files": [
            {
                "path": item.path,
                "state": item.state,
                "behind": item.behind,
                **({"to": item.to} if item.to else {}),
                **({"diff": item.diff} if diff else {}),
            }
            for item in found.files
        ],
    }


def _line(item: FileStatus) -> str:
    text = f"{item.state:<10} {item.path}"
    if item.to:
        text += f" → {item.to}"
    if item.behind and item.state != "behind":
        text += "  (behind, too)"
    return text


def _summary(found: Status) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in sorted(found.counts.items()))
    at = found.version.commit
    if found.newest is None:
        where = f"at {at}, the newest version is not known ({found.why})"
    elif found.behind:
        where = f"at {at}, behind {found.newest.commit}: `scaffold update` brings it in"
    else:
        where = f"at {at}, up to date"
    return f"{len(found.files)} files: {counts}; {where}"

"""`scaffold status`: generated files against what scaffold would write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from scaffold.cli import options, output
from scaffold.cli.declared import Option

if TYPE_CHECKING:
    from scaffold.api.status import FileStatus, Status


@output.command
def status(
    project: options.Project = None,
    diff: options.Diff = False,
    check: Annotated[
        bool, Option("--check", help="Exit code 1 also if something is behind.")
    ] = False,
    as_json: options.Json = False,
) -> int:
    """Show drift: which generated files were edited, deleted or renamed, and which the newest templates would change.

    Exit code 1 if one has conflict markers. `--diff` shows your edits.

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
        for file in found.files:
            if file.state not in ("unchanged", "formatted") or file.behind:
                output.say(_line(file))
                if file.diff:
                    output.say(file.diff.rstrip("\n"))
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
                "path": file.path,
                "state": file.state,
                "behind": file.behind,
                **({"to": file.to} if file.to else {}),
                **({"diff": file.diff} if diff else {}),
            }
            for file in found.files
        ],
    }


def _line(file: FileStatus) -> str:
    text = f"{file.state:<10} {file.path}"
    if file.to:
        text += f" → {file.to}"
    if file.behind and file.state != "behind":
        text += "  (behind, too)"
    return text


def _summary(found: Status) -> str:
    counts = ", ".join(f"{number} {state}" for state, number in sorted(found.counts.items()))
    at = found.version.commit
    if found.newest is None:
        where = f"at {at}, the newest version is unknown ({found.why})"
    elif found.behind:
        where = f"at {at}, behind {found.newest.commit}: `scaffold update` brings it in"
    else:
        where = f"at {at}, up to date"
    return f"{len(found.files)} files: {counts}; {where}"

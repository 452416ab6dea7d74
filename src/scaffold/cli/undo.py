"""`scaffold undo`: takes back the last command."""

from __future__ import annotations

import sys

from scaffold.cli import options, output
from scaffold.frameworks.standing import from_here


@output.command
def undo(
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Take back the last command that wrote in this project: every file is what it was before.

    Run it again to take back the command before that one, ten at most. If you edited a file since, it writes
    nothing, shows the difference and exits with code 2. What `new` made and what your ORM's tool wrote stays.

    \b
    scaffold undo --dry-run --diff
    scaffold undo
    """
    from scaffold.api import undo as api
    from scaffold.api.undo import EditedSince

    try:
        done = api.undo(project=project, dry_run=dry_run)
    except EditedSince as error:
        output.complain(error)
        if as_json:
            edited = [
                {"path": path, "note": note, "diff": text}
                for path, (note, text) in error.edits.items()
            ]
            output.emit({"error": {"message": error.message, "hint": error.hint}, "edited": edited})
            return error.exit_code
        print(file=sys.stderr)
        for path, (note, text) in error.edits.items():
            print(text.rstrip("\n") or f"{path}: {note}", file=sys.stderr)
            if text and note:
                print(f"({note})", file=sys.stderr)
        return error.exit_code
    if as_json:
        output.emit(
            {
                "command": "undo",
                "undone": f"scaffold {done.command}".strip(),
                "project": str(done.root),
                "dry_run": done.dry_run,
                "changes": [output.change(change, diff) for change in done.plan.changes],
                "messages": list(done.messages),
                "left": done.left,
                "next_steps": list(from_here(done.root, done.next_steps)),
            }
        )
        return 0
    output.say(f"{'would undo' if dry_run else 'undone'}: scaffold {done.command}".rstrip())
    output.changes(done.plan, dry_run=dry_run, diff=diff)
    for message in done.messages:
        output.say(f"  note: {message}")
    if done.left:
        output.say(f"  note: {done.left} more on record, for another `scaffold undo`")
    output.steps(() if dry_run else from_here(done.root, done.next_steps))
    return 0

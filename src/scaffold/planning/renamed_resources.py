"""Files whose path changes because a resource is renamed: what the user wrote goes along."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scaffold.planning.plan import Action, FileChange, Keep, Kept, Plan, decide, make_plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles


def moved(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """New path → old path, of files with the same origin; both arguments map paths to origins."""
    old = {origin: path for path, origin in before.items()}
    return {
        path: old[origin] for path, origin in after.items() if origin in old and old[origin] != path
    }


def make_plan_with_moves(
    root: Path, before: Mapping[str, str], after: Mapping[str, str], moves: Mapping[str, str]
) -> Plan:
    """`make_plan`, which also merges what is at the old path of a move into the new one.

    Raises UserError as `make_plan` does, and if something is at the new path already.
    """
    places = ProjectFiles(root)
    moves = {new: old for new, old in moves.items() if new in after and old in before}
    rest = make_plan(
        root,
        {path: text for path, text in before.items() if path not in moves.values()},
        {path: text for path, text in after.items() if path not in moves},
    )
    changes, kept, notes = list(rest.changes), list(rest.kept), list(rest.notes)
    for path, earlier in moves.items():
        disk = places.disk(earlier)
        if disk.raw is None:
            kept.append(Kept(path, Keep.DELETED))
            continue
        if places.disk(path).taken:
            raise UserError(
                f"`{path}` exists, and `{earlier}` would move there",
                "move it out of the way, then run the command again",
            )
        try:
            result = decide(path, before[earlier], after[path], disk, False, notes)
        except UserError as error:  # names the new path; the file is at the old one
            raise UserError(
                error.message.replace(f"`{path}`", f"`{earlier}`"), error.hint
            ) from None
        edited = isinstance(result, FileChange) and result.action is Action.MERGE
        text = result.after if isinstance(result, FileChange) else disk.raw
        conflict = isinstance(result, FileChange) and result.conflict
        changes.append(
            FileChange(path, Action.MERGE if edited else Action.CREATE, None, text, conflict)
        )
        changes.append(FileChange(earlier, Action.DELETE, disk.raw, None))
    return Plan(
        tuple(sorted(changes, key=lambda change: change.path)),
        tuple(sorted(kept, key=lambda entry: entry.path)),
        tuple(notes),
    )

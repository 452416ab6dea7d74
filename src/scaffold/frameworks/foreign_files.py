"""Announced additions to the user's own files. scaffold does nothing else to a file that it did not make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.rendering.render import Side, Sides
from scaffold.support.errors import UserError
from scaffold.support.text import codec_of


def wanted_now(sides: Sides, path: str) -> str | None:
    """What we would write to a path that is the user's, if this command changes that; else None."""
    if path not in sides.after.manifest.foreign:
        return None

    wanted = rendered(sides.after, path)
    return None if known_before(sides, path) == wanted else wanted


def known_before(sides: Sides, path: str) -> str | None:
    """What we wanted in a path that was the user's already before this command; None if it was not."""
    before = sides.before
    known = before is not None and path in before.manifest.foreign
    return rendered(before, path) if before is not None and known else None


def rendered(side: Side, path: str) -> str | None:
    """What we would write to a path that is the user's; None if we have no such file."""
    templates, manifest = side
    tree = templates.render(replace(manifest, foreign=()))
    if path not in tree:  # a file that only a whole service has
        tree = templates.render(replace(manifest, foreign=(), service=True))
    return tree.get(path)


def text_of(path: str, raw: bytes) -> str:
    """A file of the user's as text. Raises UserError if it is neither UTF-8 nor marked as UTF-16."""
    try:
        return raw.decode(codec_of(raw))
    except UnicodeDecodeError as error:
        raise UserError(
            f"`{path}` is not UTF-8 text, so scaffold cannot add to it",
            "save the file as UTF-8, then run the command again",
        ) from error


def with_note(plan: Plan, *notes: str) -> Plan:
    """The plan with those sentences added."""
    return plan._replace(notes=(*plan.notes, *notes))


def changed(plan: Plan, path: str, raw: bytes, text: str, reports: Sequence[str]) -> Plan:
    """The plan with one of the user's files changed, if it differs, and sentences about it.

    A file that this plan changes already keeps its first `before`.
    """
    earlier = next((change.before for change in plan.changes if change.path == path), raw)
    every = [change for change in plan.changes if change.path != path]
    new = text.encode(codec_of(raw))
    if earlier != new:
        every.append(FileChange(path, Action.MERGE, earlier, new))
    return plan._replace(
        changes=tuple(sorted(every, key=lambda change: change.path)),
        kept=tuple(kept for kept in plan.kept if kept.path != path),
        notes=(*plan.notes, *(f"{path}: {report}" for report in reports)),
    )

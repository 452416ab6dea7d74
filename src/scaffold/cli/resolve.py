"""`scaffold resolve`: settles a git merge of two branches that both used scaffold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from scaffold.cli import options, output
from scaffold.cli.declared import Option
from scaffold.cli.verbs import tail

if TYPE_CHECKING:
    from scaffold.api.resolve import Resolution


@output.command
def resolve(
    prefer: Annotated[
        str | None,
        Option(
            "--prefer",
            metavar="ours|theirs",
            help="The side that wins if both changed the same thing in the manifest.",
        ),
    ] = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Settle a merge of two branches: the manifest and the files that follow from it, with the edits of both.

    It stages what it settles and commits nothing. Exit code 1 if something is left to do.

    \b
    scaffold resolve
    scaffold resolve --prefer theirs
    """
    from scaffold.api import resolve as api

    done = api.resolve(prefer=api.parse_prefer(prefer), **tail(project, dry_run))
    if as_json:
        output.emit(_as_data(done, diff))
    else:
        _for_people(done, diff)
    return 0 if done.is_settled else 1


def _as_data(done: Resolution, diff: bool) -> dict[str, Any]:
    return {
        **output.as_data(done.outcome, diff),
        "merge": done.kind or None,
        "clashes": [clash._asdict() for clash in done.clashes],
        "left": [file._asdict() for file in done.left],
        "staged": list(done.staged),
    }


def _for_people(done: Resolution, diff: bool) -> None:
    plan = done.outcome.plan
    if done.clashes:
        output.say("Both sides changed the same thing in .copier-answers.yml; nothing was written.")
        _sides(done)
        for clash in done.clashes:
            output.say(f"  {clash.key}")
            for side in ("ours", "theirs"):
                output.say(f"    {side:<6}  {_shown(getattr(clash, side))}")
        output.say()
        output.say(
            "`scaffold resolve --prefer ours` takes ours for these, `--prefer theirs` theirs."
        )
        return
    if not (plan.changes or plan.kept or plan.notes or done.left or done.staged):
        output.say("nothing to resolve")
        return
    if plan.conflicts:
        _sides(done)
    output.for_people(done.outcome, diff)
    if done.left:
        output.say()
        output.say("Left to do")
        for file in done.left:
            output.say(f"  {file.path}  {file.why}")
    if done.staged:
        output.say()
        output.say(f"{len(done.staged)} files are staged; nothing is committed.")
    elif plan.changes and done.kind in ("merged", "rebased"):
        output.say()
        output.say("Git had merged these files line by line; commit what changed.")


def _sides(done: Resolution) -> None:
    for side, name in zip(("ours", "theirs"), done.names, strict=False):
        output.say(f"  {side:<6} is {name}")


def _shown(value: object) -> str:
    if value is None:
        return "(nothing)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""`scaffold adopt`: a manifest for a project that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.cli import options, output
from scaffold.cli.verbs import tail

if TYPE_CHECKING:
    from scaffold.api.adopt import Adoption, Known


@output.command
def adopt(
    style: options.Style = None,
    settings: options.Settings = None,
    source: options.Source = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Write a manifest for a project that exists, and nothing else: a Next.js app, a FastAPI project, a service
    that lost its manifest.

    It says which files are as scaffold writes them, which are yours and differ (--diff shows how; they are never
    written), and which the first endpoint will add.

    \b
    scaffold adopt --style supabase --dry-run --diff
    scaffold adopt --style fastapi --project services/shop
    """
    from scaffold.api import adopt as api

    done = api.adopt(style=style, settings=settings or (), source=source, **tail(project, dry_run))
    if as_json:
        output.emit(_as_data(done, diff))
    else:
        _for_people(done, diff)
    return 0


def _as_data(done: Adoption, diff: bool) -> dict[str, Any]:
    def entry(item: Known) -> dict[str, Any]:
        data = {"path": item.path, "state": item.state}
        if diff and item.state == "foreign":
            data["diff"] = output.difference(item.path, item.before, item.after)
        return data

    return {
        "command": "adopt",
        "project": str(done.root),
        "style": done.manifest.style,
        "templates": done.manifest.version.commit,
        "dry_run": done.dry_run,
        "service": done.manifest.service,
        "changes": [output.change(item, diff) for item in done.plan.changes],
        "files": [entry(item) for item in done.files],
        "resources": [
            {"name": item.name, "files": list(item.files), "of": item.of} for item in done.resources
        ],
        "coming": [output.change(item, diff) for item in done.coming.changes],
        "notes": list(done.coming.notes),
        "messages": list(done.messages),
        "next_steps": list(done.next_steps),
    }


def _for_people(done: Adoption, diff: bool) -> None:
    if diff:
        for item in done.files:
            if item.state == "foreign":
                output.say(output.difference(item.path, item.before, item.after).rstrip("\n"))
    what = "service" if done.manifest.service else "project"
    mark = ", dry run" if done.dry_run else ""
    output.say(f"{done.manifest.name}, a {what} of the style {done.manifest.style}{mark}")
    output.changes(done.plan, dry_run=done.dry_run, diff=False)
    ours, foreign, missing = (done.paths(state) for state in ("ours", "foreign", "missing"))
    output.say(f"{len(ours)} files are as scaffold writes them")
    _listed(f"{len(foreign)} are yours and differ; they are never written", foreign)
    _listed(f"{len(missing)} are missing; the first endpoint adds them", missing)
    for change in done.coming.changes:
        output.say(f"  {change.path}  yours; the first endpoint adds to it what is missing")
    for note in done.coming.notes:
        output.say(f"  note: {note}")
    for found in done.resources:
        output.say(f"  resource {found.name}: {len(found.files)} of {found.of} files are there")
    for message in done.messages:
        output.say(f"  note: {message}")
    output.steps(() if done.dry_run else done.next_steps)


def _listed(title: str, paths: list[str]) -> None:
    if paths:
        output.say(title)
    for line in output.tree(dict.fromkeys(paths, "")):
        output.say(line)

"""`scaffold adopt`: a manifest for an existing project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold.cli import options, output
from scaffold.cli.verbs import tail
from scaffold.frameworks.standing import from_here

if TYPE_CHECKING:
    from scaffold.api.adopt import Adoption, Known


@output.command
def adopt(
    style: options.Style = None,
    settings: options.Settings = None,
    accept: options.Accept = False,
    db: options.Db = None,
    source: options.Source = None,
    auth: options.Auth = None,
    current_user: options.CurrentUser = None,
    session: options.Session = None,
    formatter: options.Formatter = None,
    local_stack: options.LocalStack = None,
    project: options.Project = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    as_json: options.Json = False,
) -> int:
    """Write a manifest for an existing project, and nothing else: a Next.js app, a FastAPI project, or a service
    that lost its manifest.

    It lists the files that match what scaffold writes, the files of yours that differ (--diff shows how; scaffold
    never writes them), and the files that the first endpoint will add.

    \b
    scaffold adopt --style supabase --dry-run --diff
    scaffold adopt --style fastapi --project services/shop
    """
    from scaffold.api import adopt as api

    done = api.adopt(
        style=options.joined(style),
        settings=settings or (),
        source=source,
        accept=accept,
        host=options.said_of_host(
            auth=auth,
            db=db,
            current_user=current_user,
            session=session,
            formatter=formatter,
            local_stack=local_stack,
        ),
        **tail(project, dry_run),
    )
    if as_json:
        output.emit(_as_data(done, diff))
    else:
        _for_people(done, diff)
    return 0


def _as_data(done: Adoption, diff: bool) -> dict[str, Any]:
    def entry(file: Known) -> dict[str, Any]:
        data = {"path": file.path, "state": file.state}
        if diff and file.state == "foreign":
            data["diff"] = output.difference(file.path, file.before, file.after)
        return data

    return {
        "command": "adopt",
        "project": str(done.root),
        "style": done.manifest.style,
        "templates": done.manifest.version.commit,
        "dry_run": done.dry_run,
        "service": done.manifest.service,
        "changes": [output.change(change, diff) for change in done.plan.changes],
        "files": [entry(file) for file in done.files],
        "resources": [
            {"name": resource.name, "files": list(resource.files), "of": resource.of}
            for resource in done.resources
        ],
        "coming": [output.change(change, diff) for change in done.coming.changes],
        "notes": list(done.coming.notes),
        "messages": list(done.messages),
        "next_steps": list(from_here(done.root, done.next_steps)),
    }


def _for_people(done: Adoption, diff: bool) -> None:
    if diff:
        for file in done.files:
            if file.state == "foreign":
                output.say(output.difference(file.path, file.before, file.after).rstrip("\n"))
    what = "service" if done.manifest.service else "project"
    mark = ", dry run" if done.dry_run else ""
    output.say(f"{done.manifest.name}, a {what} of the style {done.manifest.style}{mark}")
    output.changes(done.plan, dry_run=done.dry_run, diff=False)
    ours, foreign, missing = (done.paths(state) for state in ("ours", "foreign", "missing"))
    output.say(f"{len(ours)} files are as scaffold writes them")
    _listed(f"{len(foreign)} are yours and differ; scaffold never writes them", foreign)
    _listed(f"{len(missing)} are missing; the first endpoint adds them", missing)
    for change in done.coming.changes:
        output.say(f"  {change.path}  yours; the first endpoint adds what is missing")
    for note in done.coming.notes:
        output.say(f"  note: {note}")
    for resource in done.resources:
        there = f"{len(resource.files)} of {resource.of} files are there"
        output.say(f"  resource {resource.name}: {there}")
    for message in done.messages:
        output.say(f"  note: {message}")
    output.steps(() if done.dry_run else from_here(done.root, done.next_steps))


def _listed(title: str, paths: list[str]) -> None:
    if paths:
        output.say(title)
    for line in output.tree(dict.fromkeys(paths, "")):
        output.say(line)

"""What a project that scaffold did not make has already: refused before the first write, with the way out."""

from __future__ import annotations

from pathlib import PurePosixPath

from scaffold.planning.plan import Keep, Plan
from scaffold.rendering.render import Side, Sides
from scaffold.support.errors import UserError


def prefix_of(sides: Sides) -> str:
    """The path in front of every resource."""
    return _prefix(sides.after)


def way_out(sides: Sides) -> str:
    """What helps if a path is taken: another prefix, or another name for the resource."""
    other = "/api/v2" if prefix_of(sides) == "/api/v1" else "/api/v1"
    # `--set` decides for a new manifest only.
    command = "`scaffold set" if sides.before else "`--set"
    return f"another prefix, {command} routing.prefix={other}`, or another name for the resource"


def require_free_files(sides: Sides, plan: Plan) -> None:
    """Raises UserError if a file that a new resource needs is there already, and is not what scaffold writes.

    A resource of which some file is the same is one that comes back after its manifest was lost: there,
    an edited file stays.
    """
    found = [kept.path for kept in plan.kept if kept.why is Keep.FOREIGN]
    if not found:
        return
    templates, after = sides.after
    old = {item.stored_in for item in sides.before.manifest.resources} if sides.before else set()
    tables = {item.stored_in for item in after.resources} - old
    # An origin ends with the table of its loop, or with the table and the name of a step.
    own = {
        path
        for path, origin in templates.origins(after).items()
        if tables.intersection(origin.split()[-2:])
    }
    needed = [path for path in found if path in own and PurePosixPath(path).parts[0] != "tests"]
    if not needed:
        return
    changed = {change.path for change in plan.changes}
    before = sides.before.tree() if sides.before else {}
    if any(
        path in own and path not in changed and path not in before for path in sides.after.tree()
    ):
        return
    listed = ", ".join(f"`{path}`" for path in needed[:3])
    are = "is" if len(needed) == 1 else "are"
    raise UserError(
        f"{listed} {are} yours, and the endpoint needs its own file there",
        f"move {'it' if len(needed) == 1 else 'them'} out of the way, or take {way_out(sides)}",
    )


def new_urls(sides: Sides) -> list[str]:
    """The URLs of resources that this command adds or moves."""

    def urls(side: Side) -> list[str]:
        prefix = _prefix(side)
        return [
            f"{prefix}/{resource.name}"
            for resource in side.manifest.resources
            if resource.methods and not resource.retired
        ]

    known = urls(sides.before) if sides.before else []
    return [url for url in urls(sides.after) if url not in known]


def _prefix(side: Side) -> str:
    return str(side.templates.conventions(side.manifest)["routing"]["prefix"])

"""Where a plan's routes and files meet those of somebody else's Next.js app."""

from __future__ import annotations

from pathlib import Path

from scaffold.frameworks import next_config
from scaffold.frameworks.next_proxy import redirect_notes
from scaffold.frameworks.next_routes import (
    MOST_FILES,
    Meeting,
    Route,
    answered_before,
    meetings,
    route_of,
    routes_on_disk,
)
from scaffold.frameworks.next_runners import runner_notes
from scaffold.frameworks.taken import new_urls, prefix_of, require_free_files, way_out
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Sides
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles
from scaffold.support.text import printable


def conflicts(top: Path, sides: Sides, plan: Plan) -> tuple[str, ...]:
    """Sentences about what meets ours and works. Raises UserError for what does not."""
    made = [
        route
        for change in plan.changes
        if change.before is None and (route := route_of(change.path))
    ]
    found = routes_on_disk(top) if made else None
    notes: list[str] = []
    if found is not None:
        theirs = _theirs(sides, plan, found.routes)
        met = next(meetings(made, theirs), None)
        if met:
            raise UserError(
                f"`{met.ours.file}` would be {met.ours.url}, and your `{printable(met.theirs.file)}` is "
                f"{printable(met.theirs.url)}: {printable(met.why)}",
                _hint(top, sides, met),
            )
        notes += _overtaken(made, theirs)
        if not found.complete:
            notes.append(
                f"the app has more than {MOST_FILES} files; routes in the rest were not compared"
            )
    require_free_files(sides, plan)
    urls = new_urls(sides)
    notes += runner_notes(top, plan)
    notes += next_config.notes(top) if urls else ()
    return (*notes, *(redirect_notes(top, urls) if urls else ()))


def _theirs(sides: Sides, plan: Plan, routes: tuple[Route, ...]) -> list[Route]:
    """Those that are none of ours: not made now or before, also where the user moved a file of ours."""
    ours = {change.path for change in plan.changes} | {kept.to for kept in plan.kept}
    trees = [sides.after.tree(), sides.before.tree() if sides.before else {}]
    return [
        route
        for route in routes
        if route.file not in ours and not any(route.file in tree for tree in trees)
    ]


def _overtaken(made: list[Route], theirs: list[Route]) -> list[str]:
    notes = []
    for file, covered in answered_before(made, theirs).items():
        urls = ", ".join(route.url for route in covered[:3])
        more = f" and {len(covered) - 3} more" if len(covered) > 3 else ""
        notes.append(
            f"{printable(file)}: answered {urls}{more} until now; ours, the more specific, takes that over"
        )
    return notes


def _hint(top: Path, sides: Sides, met: Meeting) -> str:
    if f"{met.ours.url}/".startswith(f"{prefix_of(sides)}/") and "/auth/" not in met.ours.url:
        return way_out(sides)
    # The path of a provider's own route does not follow from the prefix.
    raw = ProjectFiles(top).read(met.theirs.file) or b""
    set_ = "scaffold set" if sides.before else "--set"
    named = "/route." in met.theirs.file and len(met.theirs.segments) == len(met.ours.segments)
    if named and (b"better-auth" in raw or b"toNextJsHandler" in raw):
        folder, ours = (path.rpartition("/")[0] for path in (met.theirs.file, met.ours.file))
        return f"Better Auth needs no certain name: `git mv '{printable(folder)}' '{ours}'`, which then stays yours"
    return f"keep your own accounts: `{set_} auth.provider=nextauth`, or clerk, or supabase"

"""What the package.json of somebody else's app lacks for our code."""

from __future__ import annotations

from pathlib import Path

from scaffold.frameworks import next_scripts
from scaffold.frameworks.foreign_files import changed, text_of
from scaffold.frameworks.package_managers import node_project
from scaffold.planning.plan import Plan
from scaffold.support.project_files import ProjectFiles

_PACKAGE = "package.json"


def package_additions(top: Path, plan: Plan, wanted: str, earlier: str | None = None) -> Plan:
    """The plan with what the user's package.json lacks of `wanted`, our own; `earlier` is what we wanted before."""
    from scaffold.dependencies import package_json
    from scaffold.frameworks.next_needs import for_their_next

    raw = ProjectFiles(top).read(_PACKAGE)
    if raw is None:
        return plan
    here = text_of(_PACKAGE, raw)
    wanted, reports = next_scripts.renamed(for_their_next(top, wanted), here, earlier)
    manager = node_project(top).manager
    if not manager.hooks and "prebuild" in package_json.sections(wanted).get("scripts", {}):
        reports += (
            f"{manager.name} runs `predev` and `prebuild` only if you do: before `dev` and `build`",
        )
    merged = package_json.merge(None, next_scripts.settled(here, wanted, earlier), wanted)
    return changed(plan, _PACKAGE, raw, merged.text, (*reports, *merged.reports))

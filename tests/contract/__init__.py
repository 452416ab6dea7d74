"""One contract for every service: black box, over HTTP, by the conventions of the project.

`check(folder, url, token_for)` reads what the project in a folder promises and holds the service at
`url` to it. It knows no framework, no provider and no resource by name.
"""

from __future__ import annotations

from pathlib import Path

from tests.contract import (
    access,
    bodies,
    edges,
    limits,
    lists,
    order,
    protocol,
    relations,
    rows,
    service,
    writes,
)
from tests.contract.report import CASES, Report
from tests.contract.spec import Spec, of_project
from tests.contract.world import TokenFor, World

__all__ = ["check", "hold", "of_project"]

# Registered by being imported, in the order in which they run.
MODULES = (access, bodies, edges, rows, writes, relations, lists, order, protocol, limits)
# What another database, or its driver, may do otherwise.
OF_THE_DATABASE = {module.__name__ for module in (edges, rows, writes, relations)}


def check(
    folder: Path,
    url: str,
    token_for: TokenFor,
    api_key: str | None = None,
    origin: str | None = None,
    brief: bool = False,
) -> Report:
    """Fails with all that is wrong with the service at `url`; returns what was checked.

    `api_key` is a key of the service's API_KEYS, `origin` one of its CORS_ORIGINS, where it has any.
    `brief`: only what depends on the database, for a service that kept all of it on another one.
    """
    report = hold(of_project(folder), url, token_for, api_key, origin, brief=brief)
    assert not report.wrong, f"{folder.name} at {url}: {report.text()}"
    return report


def hold(
    spec: Spec,
    url: str,
    token_for: TokenFor,
    api_key: str | None = None,
    origin: str | None = None,
    stop: bool = False,
    brief: bool = False,
) -> Report:
    """The same for a spec; what is wrong is in the report. `stop`: after the first that is."""
    report = Report()
    world = World(spec, url, token_for, report)
    cases = [it for it in CASES if not brief or it.run.__module__ in OF_THE_DATABASE]
    for resource in spec.resources:
        for item in cases:
            if stop and report.wrong:
                return report
            if item.applies(world, resource):
                report.run(
                    f"{resource.name}: {item.name}",
                    lambda item=item, resource=resource: item.run(world, resource),  # type: ignore[misc]
                )
    for name, run in service.checks(world, api_key, origin):
        report.run(name, run)
    return report

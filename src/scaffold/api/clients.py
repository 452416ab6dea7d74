"""What a command means for the clients of a service: breaking or not, and why."""

from __future__ import annotations

from typing import Any, Final

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.client_changes import BREAKING, client_changes
from scaffold.resources.resource import Resource

_TELLING: Final = frozenset({"change", "apply", "rename", "remove"})


def for_clients(
    command: str, templates: Templates, before: Manifest | None, after: Manifest
) -> dict[str, Any] | None:
    """Whether what has become of the resources is breaking, and each change with its resource, for programs.

    None where a command does not change what there is, or there was nothing before.
    """
    if before is None or not (command in _TELLING or command.startswith("field ")):
        return None
    old, new = (templates.conventions(manifest) for manifest in (before, after))
    was, now = (_by_table(manifest) for manifest in (before, after))
    renamed = {one.name: now[table].name for table, one in was.items() if table in now}
    changes = [
        {"resource": (now.get(table) or was[table]).name, "level": told.level, "change": told.text}
        for table in {**was, **now}
        for told in client_changes(was.get(table), now.get(table), old, new, renamed)
    ]
    return {"breaking": any(one["level"] == BREAKING for one in changes), "changes": changes}


def _by_table(manifest: Manifest) -> dict[str, Resource]:
    """Resources by what no command renames."""
    return {resource.stored_in: resource for resource in manifest.resources}

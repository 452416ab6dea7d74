"""`status`: generated files against what scaffold would write."""

from __future__ import annotations

from typing import NamedTuple

from scaffold import changes
from scaffold.api.read import resources
from scaffold.difftext import unified
from scaffold.plan import has_markers, read
from scaffold.render import Templates
from scaffold.source import fetch


class FileStatus(NamedTuple):
    """A generated file against what scaffold would write: `unchanged`, `edited`, `deleted`, `conflict`, `foreign`."""

    path: str
    state: str
    diff: str = ""


def status(project: str | None = None) -> list[FileStatus]:
    """The state of every file that scaffold manages, and of the paths that it leaves to the user."""
    root, manifest = resources(project)
    found = []
    templates = Templates(fetch(manifest.version))
    changes.overridden(templates, manifest)
    for path, text in templates.render(manifest).items():
        raw = read(root.resolve(), path)
        if raw is None:
            found.append(FileStatus(path, "deleted"))
            continue
        disk = raw.decode("utf-8", "replace").replace("\r\n", "\n")
        if disk == text:
            found.append(FileStatus(path, "unchanged"))
        else:
            state = "conflict" if has_markers(disk) else "edited"
            found.append(FileStatus(path, state, unified(path, text, disk)))
    found += [FileStatus(path, "foreign") for path in manifest.foreign]
    return sorted(found, key=lambda item: item.path)

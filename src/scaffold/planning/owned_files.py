"""Files that exist and hold what scaffold would write: they count as its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.support.project_files import MANIFEST, ProjectFiles


def is_ours(top: Path, path: str, text: str) -> bool:
    """Whether the file at `path` holds that text; line endings do not count."""
    return os.path.lexists(top / path) and ProjectFiles(top).disk(path).text == text


def reclaim(root: Path, old: Mapping[str, str], templates: Templates, after: Manifest) -> Manifest:
    """`after`, less the foreign paths that hold what scaffold would write now.

    Only if the files of a new resource exist already: in an adopted project, what follows from all
    resources is foreign until the manifest knows all of them. `old` is the tree before.
    """
    if not after.foreign:
        return after
    top = root.resolve()
    new = templates.render(after)
    if not any(
        path not in old and path != MANIFEST and is_ours(top, path, new[path]) for path in new
    ):
        return after
    tree = templates.render(replace(after, foreign=()))
    foreign = [
        path for path in after.foreign if path not in tree or not is_ours(top, path, tree[path])
    ]
    return replace(after, foreign=tuple(foreign))


def without_stale_foreign(manifest: Manifest, templates: Templates) -> Manifest:
    """Drops foreign paths that scaffold would no longer write to."""
    if not manifest.foreign:
        return manifest
    tree = templates.render(replace(manifest, foreign=()))
    return replace(manifest, foreign=tuple(path for path in manifest.foreign if path in tree))

"""`status`: compares generated files with what scaffold would write, now and with the newest templates."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scaffold.frameworks.detect import find_root, require_project
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import has_markers
from scaffold.rendering.render import Side, Templates, Tree
from scaffold.sources.address import Version, fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import known_update
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.support.text import lf


class FileStatus(NamedTuple):
    """A generated file compared with what scaffold would write.

    `state` is `unchanged`, `formatted` (only its layout differs), `edited`, `deleted`, `renamed` (`to` says where it
    is), `behind` (unchanged, and the newest templates would change it), `conflict` or `foreign`. `behind` is also true
    if they would change a file that somebody edited or renamed.
    """

    path: str
    state: str
    behind: bool = False
    to: str = ""
    diff: str = ""


class Status(NamedTuple):
    """A project's files; `newest` is None if it is unknown, and `why` says why."""

    root: Path
    version: Version
    newest: Version | None
    why: str
    files: tuple[FileStatus, ...]

    @property
    def behind(self) -> bool:
        """Whether `scaffold update` would change something."""
        return any(file.behind for file in self.files)

    @property
    def counts(self) -> Counter[str]:
        """How many files have each state."""
        return Counter(file.state for file in self.files)


@only_known()
def status(project: str | None = None, *, diff: bool = False) -> Status:
    """The state of every file that scaffold manages, and of the paths that it leaves to the user.

    With `diff`, it includes what the user edited. Raises UserError if there is no project.
    """
    root = require_project(find_root(project))
    manifest = manifests.load(root)
    assert manifest is not None
    templates = Templates(fetch(manifest.version))
    if manifest.overrides or manifest.document or manifest.style not in templates.styles:
        # Imported only if there is something to check: this import takes as long as all the rest.
        from scaffold.agents.following import require_valid

        require_valid(templates, manifest)
    newest = known_update(manifest.version)
    why = "" if newest else f"the newest version of `{manifest.version.src_path}` is not known here"
    tree = templates.render(manifest)
    try:
        coming = _coming(templates, manifest, newest, tree)
    except UserError as error:
        # What the project has is known anyway.
        why = f"{newest.commit if newest else ''} does not fit this project: {error.message}"
        coming, newest = tree, None
    top = root.resolve()
    once = templates.once(manifest)
    files = [
        (
            FileStatus(path, "unchanged")
            if path in once and os.path.lexists(top / path)
            else _of_file(top, path, text, coming.get(path) != text)
        )
        for path, text in tree.items()
    ]
    files = _with_layout(top, files, tree, Side(templates, manifest))
    files = _with_moved(top, files, tree, coming)
    if manifest.adopted:  # what is missing is still to come
        files = [file for file in files if file.state != "deleted"]
    files += [
        FileStatus(path, "behind", True)
        for path in coming.keys() - tree.keys()
        if not os.path.lexists(top / path)
    ]
    files += [FileStatus(path, "foreign") for path in manifest.foreign]
    if diff:
        files = [_with_diff(top, file, tree) for file in files]
    files.sort(key=lambda file: file.path)
    return Status(root, manifest.version, newest, why, tuple(files))


def _coming(templates: Templates, manifest: Manifest, newest: Version | None, tree: Tree) -> Tree:
    """The tree that an update would bring. Raises UserError if those templates do not take the project."""
    if newest is None or newest == manifest.version:
        return tree
    from scaffold.api.update import require_fit

    after = Side(Templates(fetch(newest)), replace(manifest, version=newest))
    require_fit(Side(templates, manifest), after)
    return after.tree()


def _of_file(top: Path, path: str, text: str, behind: bool) -> FileStatus:
    raw: bytes | None = None
    if os.path.isfile(place := f"{top}/{path}"):
        with suppress(OSError), open(place, "rb", buffering=0) as file:
            raw = file.read()
    if raw == text.encode():
        return FileStatus(path, "behind" if behind else "unchanged", behind)
    try:
        raw = ProjectFiles(top).read(path)
    except UserError:
        if os.path.isfile(place) and not os.path.islink(place):
            raise
        # A folder, or a link out of the project: it is not what we wrote.
        return FileStatus(path, "edited", behind)
    if raw is None:
        return FileStatus(path, "deleted")
    disk = lf(raw.decode("utf-8", "replace"))
    if disk == text:
        return FileStatus(path, "behind" if behind else "unchanged", behind)
    if path != MANIFEST and has_markers(disk):
        return FileStatus(path, "conflict", behind)
    return FileStatus(path, "edited", behind)


def _with_layout(top: Path, files: list[FileStatus], tree: Tree, side: Side) -> list[FileStatus]:
    """The files, of which those that only a formatter changed are no edited ones. Starts no program."""
    if not any(file.state == "edited" for file in files):
        return files
    from scaffold.api.forms import forms_of

    forms = forms_of(top, side, runs=False)
    if forms.tool is None:
        return files
    found = []
    for file in files:
        if file.state == "edited":
            disk = ProjectFiles(top).disk(file.path).text
            if disk is not None and forms.is_layout_only(file.path, tree[file.path], disk):
                file = file._replace(state="formatted")
        found.append(file)
    return found


def _with_moved(top: Path, files: list[FileStatus], tree: Tree, coming: Tree) -> list[FileStatus]:
    missing = {file.path: tree[file.path] for file in files if file.state == "deleted"}
    if not missing:
        return files
    from scaffold.planning.renamed_files import find

    moved = find(top, missing, {*tree, *coming})
    return [
        (
            FileStatus(
                file.path,
                "renamed",
                coming.get(file.path) != tree[file.path],
                moved[file.path].path,
            )
            if file.path in moved
            else file
        )
        for file in files
    ]


def _with_diff(top: Path, file: FileStatus, tree: Tree) -> FileStatus:
    from scaffold.support.text import unified

    if file.state not in ("edited", "conflict", "renamed"):
        return file
    try:
        raw = ProjectFiles(top).read(file.to or file.path) or b""
    except UserError as error:
        return file._replace(diff=f"{error.message}\n")
    disk = lf(raw.decode("utf-8", "replace"))
    return file._replace(diff=unified(file.to or file.path, tree[file.path], disk))

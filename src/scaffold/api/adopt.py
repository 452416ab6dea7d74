"""`adopt`: a manifest for a project that scaffold did not make, or that lost its own."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scaffold.agents.choice import Choice
from scaffold.agents.stated import overridden, require_answer
from scaffold.api.forms import forms_of
from scaffold.api.host import require_installed, with_host
from scaffold.api.run import exclusive, start_project
from scaffold.formatters.forms import Forms
from scaffold.frameworks.base import Detected
from scaffold.frameworks.detect import find_root
from scaffold.frameworks.fastapi.application import PACKAGES
from scaffold.frameworks.registry import framework_of, laid_out, stack_of
from scaffold.manifest import host as hosts
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.planning.owned_files import is_ours
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.rendering.render import Side, Sides, Templates, Tree
from scaffold.resources.fields import parse_fields
from scaffold.resources.names import singular
from scaffold.resources.resource import Resource, parse_resource_name
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.writing.apply import apply

# No real resource has this name.
_PROBE = "zq_probes"


class Known(NamedTuple):
    """A file that scaffold would write: `ours` (it is there and the same), `foreign` (it is there and
    differs: `before` is what scaffold would write, `after` what is there) or `missing`."""

    path: str
    state: str
    before: bytes = b""
    after: bytes = b""


class Found(NamedTuple):
    """A resource of which the project already has `files`, of the `of` that it may have."""

    name: str
    files: tuple[str, ...]
    of: int


class Adoption(NamedTuple):
    """What `adopt` wrote: `plan` is the manifest alone; `coming` is what the first endpoint changes in the
    user's own files."""

    root: Path
    manifest: Manifest
    plan: Plan
    files: tuple[Known, ...]
    resources: tuple[Found, ...]
    coming: Plan
    dry_run: bool
    next_steps: tuple[str, ...]
    messages: tuple[str, ...] = ()

    def paths(self, state: str) -> list[str]:
        """The files of that state."""
        return [file.path for file in self.files if file.state == state]


def adopt(
    *,
    style: str | None,
    settings: Sequence[str] = (),
    source: str | None = None,
    project: str | None = None,
    dry_run: bool = False,
    typed: str = "",
    accept: bool = False,
    host: Mapping[str, str] | None = None,
) -> Adoption:
    """Writes a manifest for the Next.js or FastAPI project, and nothing else; reports which files are whose.

    Raises UserError, with nothing written, if the project has a manifest, is empty, or does not fit the
    style.
    """
    root = find_root(project)
    with exclusive(root, dry_run):
        known = manifests.load(root)
        if known is not None:
            raise UserError(
                f"`{root}` is a scaffold project already, of the style `{known.style}`",
                "`scaffold status` shows its files, `scaffold set KEY=VALUE` changes its conventions",
            )
        templates, start, found, messages = start_project(
            root, style, source, Choice(settings, accept)
        )
        if found.framework is None:
            raise UserError(
                f"`{root}` is empty: there is no project to adopt",
                f"`scaffold new clinic --style {start.style}` makes a service",
            )
        require_answer(templates, "adopted", "a project cannot be adopted")
        start = replace(start, overrides=overridden(templates, start, settings, options=True))
        start, notes = with_host(root, templates, start, host or {}, fresh=True)
        require_installed(root, templates, start)
        messages += notes
        top = root.resolve()
        forms = forms_of(root, Side(templates, start), runs=not dry_run)
        start, tree = _fitting(top, templates, start, found, forms)
        formed = _formed(top, tree, forms)
        files = tuple(
            _compared(top, path, text) for path, text in formed.items() if path != MANIFEST
        )
        foreign = {file.path for file in files if file.state == "foreign"}
        manifest = replace(start, adopted=True, foreign=tuple(sorted({*start.foreign, *foreign})))
        text = templates.render(manifest)[MANIFEST]
        plan = Plan((FileChange(MANIFEST, Action.CREATE, None, text.encode()),))
        application = None if start.service else found.application
        sides = Sides(None, Side(templates, manifest))
        framework = framework_of(stack_of(templates, manifest))
        coming = framework.additions(top, sides, Plan(), application)
        resources = _resources(top, templates, start)
        if not dry_run:
            apply(root, plan, command=typed)
    steps = [f"scaffold endpoint {resource.name} FIELD ..." for resource in resources]
    follow = tuple(steps or ["scaffold endpoint NAME FIELD ..."])
    if resources and foreign:
        messages += (
            "Files that follow from several resources differ until the manifest knows all of them; those "
            "that are then the same count as scaffold's again.",
        )
    messages += tuple(_later_migrations(top, resources))
    return Adoption(root, manifest, plan, files, resources, coming, dry_run, follow, messages)


def _compared(top: Path, path: str, text: str) -> Known:
    disk = ProjectFiles(top).disk(path)
    if not disk.taken:
        return Known(path, "missing")
    if disk.text == text:
        return Known(path, "ours")
    return Known(path, "foreign", text.encode(), disk.raw or b"")


def _fitting(
    top: Path, templates: Templates, start: Manifest, found: Detected, forms: Forms
) -> tuple[Manifest, Tree]:
    """The manifest and tree with which most of the files that are there are ours.

    A project that lost its manifest is a service of ours, or has our package, under a name that counts as
    taken for that reason.
    """
    best, tree = start, templates.render(start)
    most = len(_same(top, tree, forms))
    for package in [start, *_packages(top, start, found)]:
        for candidate in (package, _with_local_stack(package)):
            other = templates.render(candidate)
            if len(_same(top, other, forms)) > most:
                best, tree, most = candidate, other, len(_same(top, other, forms))
    service = laid_out(templates, replace(start, service=True, foreign=(), host={}))
    whole = templates.render(service)
    of_service = {path: text for path, text in whole.items() if path not in tree}
    if len(_same(top, of_service, forms)) * 2 > len(of_service):
        return service, whole
    return best, tree


def _packages(top: Path, start: Manifest, found: Detected) -> Iterator[Manifest]:
    if found.application is None:
        return
    folder, package = found.application.folder, found.application.package
    for name in PACKAGES:
        place = f"{folder}/{name}" if folder else name
        if (top / place).is_dir():
            alias = f"{package}.{name}" if package else name
            host = hosts.without_named(start.host, start.alias)
            if host != start.host:
                # Ours are modules of that package.
                host |= hosts.named(alias)
            yield replace(start, source=place, alias=alias, host=host)


def _with_local_stack(start: Manifest) -> Manifest:
    """The same project with what stands in for a database and a sign-in, if it may have that."""
    if hosts.has_local_stack(start.host):
        return start
    host = {**hosts.without_named(start.host, start.alias), "local_stack": "yes"}
    return replace(start, host=host)


def _same(top: Path, tree: Tree, forms: Forms) -> list[str]:
    formed = _formed(top, tree, forms)
    return [path for path, text in formed.items() if path != MANIFEST and is_ours(top, path, text)]


def _formed(top: Path, tree: Tree, forms: Forms) -> Tree:
    """The tree, in which files have the formatter's form if that may be what is on the disk."""
    others = [
        (path, text)
        for path, text in tree.items()
        if os.path.lexists(top / path) and not is_ours(top, path, text)
    ]
    made = forms.texts(others) if others else {}
    return {path: made.get((path, text), text) for path, text in tree.items()}


def _resources(top: Path, templates: Templates, manifest: Manifest) -> tuple[Found, ...]:
    """Resources that have more than half of their files."""
    probe = Resource(_PROBE, singular(_PROBE), parse_fields(["name:string"]))
    tree = templates.render(manifest.with_resource(probe))
    patterns = [path for path in tree if _PROBE in path]
    files: dict[str, list[str]] = {}
    for pattern in patterns:
        parts = [re.escape(part) for part in pattern.split(_PROBE)]
        names = re.compile(parts[0] + "([a-z0-9_]+)" + r"(?:\1)".join(parts[1:]))
        wild = "*".join(glob.escape(part) for part in pattern.split(_PROBE))
        for path in glob.iglob(wild, root_dir=top):
            match = names.fullmatch(path.replace(os.sep, "/"))
            if match and _is_name(match[1]):
                files.setdefault(match[1], []).append(path)
    return tuple(
        Found(name, tuple(sorted(paths)), len(patterns))
        for name, paths in sorted(files.items())
        if len(paths) * 2 > len(patterns)
    )


def _later_migrations(top: Path, resources: tuple[Found, ...]) -> Iterator[str]:
    """What to say if a table changed after its first migration, which only the lost manifest knew."""
    names = [resource.name for resource in resources]
    for resource in resources:
        for path in resource.files:
            folder, _, name = path.rpartition("/")
            if "migrations/" not in path:
                continue
            wild = f"{resource.name}_*.py" if name.endswith(".py") else "*.sql"
            longer = [known for known in names if known.startswith(f"{resource.name}_")]
            later = [
                other.name
                for other in sorted((top / folder).glob(wild))
                if other.name != name and not any(other.name.startswith(known) for known in longer)
            ]
            if later:
                yield (
                    f"`{resource.name}` has later migrations, {', '.join(later)}, which a new manifest does not "
                    "know: take the old one from git if you can; otherwise do not change its fields"
                )


def _is_name(text: str) -> bool:
    try:
        return parse_resource_name(text) == text
    except UserError:
        return False

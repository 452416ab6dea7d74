"""The use cases, returning data: what the command line, tests and other front ends call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from scaffold import changes, steps, styles
from scaffold import manifest as manifests
from scaffold.additions import with_additions
from scaffold.apply import apply, lock, recover
from scaffold.entities import options_of
from scaffold.errors import UserError
from scaffold.fields import Field, parse_fields
from scaffold.manifest import FILE, Manifest
from scaffold.names import printable
from scaffold.plan import Action, FileChange, Keep, Kept, Plan, make_plan, read
from scaffold.policy import Options, build, build_model, default_rate
from scaffold.project import (
    FRAMEWORKS,
    Detected,
    Recognised,
    detect,
    find_root,
    has_migration,
    recognise,
    slug,
)
from scaffold.render import Templates
from scaffold.report import describe
from scaffold.resource import Resource, parse_resource_name
from scaffold.source import fetch, newest, require_git

DEFAULT_FIELD = "name:string{1..200}"


class Outcome(NamedTuple):
    """What a command did, or would do: `plan` has every file, `report` describes the endpoint, if there is one."""

    command: str
    root: Path
    manifest: Manifest
    plan: Plan
    dry_run: bool
    resource: Resource | None = None
    report: Mapping[str, Any] | None = None
    next_steps: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()


def endpoint(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    style: str | None = None,
    options: Options | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Adds an endpoint with its table, validation and tests. Raises UserError before anything is written."""
    options = options or Options()
    wanted = parse_resource_name(name)
    if fields:
        parse_fields(fields)
    root = find_root(project)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        overrides = changes.overridden(templates, manifest, options.settings)
        manifest = replace(manifest, overrides=overrides)
        values = templates.context(manifest)["conventions"]
        bound, chosen = _wanted(templates, manifest, wanted, fields, options)
        resource = build(wanted, bound, chosen, values)
        if resource.roles_for:
            # Older ones would take no notice of it, and everybody could do everything.
            styles.require_answer(templates, "document", "roles of single operations do not work")
        bare = not fields and options._replace(settings=()) == Options()
        new = changes.with_new(manifest, resource, keep_fields=not fields, keep_all=bare)
        return new, new.find(wanted) or resource

    return _change("endpoint", root, style, change, dry_run)


def model(
    name: str,
    fields: list[str],
    *,
    project: str | None = None,
    style: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Adds a table with its validation and no route. Raises UserError before anything is written."""
    wanted = parse_resource_name(name)
    if fields:
        parse_fields(fields)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        values = templates.context(manifest)["conventions"]
        bound, chosen = _wanted(templates, manifest, wanted, fields, Options())
        resource = build_model(wanted, bound, chosen, values)
        return changes.with_new(manifest, resource, keep_fields=not fields), resource

    return _change("model", find_root(project), style, change, dry_run)


def _wanted(
    templates: Templates, manifest: Manifest, name: str, fields: list[str], options: Options
) -> tuple[tuple[Field, ...], Options]:
    """Fields and options of a resource; with no FIELD those of the agent's entity of that name."""
    entities = styles.entities_of(templates, manifest)
    entity = None if fields else entities.get(name)
    if entity is not None:
        fields, options = entity["fields"], options.over(options_of(entity))
    known = manifest.find(name)
    if known and not known.retired and entity is not None:
        return known.fields, options
    parsed = parse_fields(fields or [DEFAULT_FIELD])
    return changes.bind_refs(manifest, name, parsed, entities), options


def remove(
    name: str, *, project: str | None = None, drop_table: bool = False, dry_run: bool = False
) -> Outcome:
    """Takes a resource out; its table's definition stays once a migration names it, unless `drop_table`."""
    root = find_root(project)
    wanted = parse_resource_name(name)

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, Resource]:
        resource = changes.existing(manifest, wanted)
        children = [
            item.name
            for item in manifest.resources
            if item.name != wanted
            and any(one.ref == wanted and not one.external for one in item.fields)
        ]
        if children:
            raise UserError(
                f"`{wanted}` is the parent of {', '.join(f'`{child}`' for child in children)}",
                f"first `scaffold remove {children[0]}`",
            )
        if not drop_table and has_migration(root, wanted):
            return manifest.with_resource(resource.retire()), resource
        return changes.without_stale_foreign(manifest.without_resource(wanted), templates), resource

    outcome = _change("remove", _existing(root), None, change, dry_run)
    left = outcome.manifest.find(wanted)
    if left is not None:
        message = (
            f"The table `{wanted}` stays, with its rows: a migration made it. "
            f"`scaffold remove {wanted} --drop-table` takes its definition out too."
        )
        return outcome._replace(messages=(*outcome.messages, message))
    if drop_table:
        templates = Templates(fetch(outcome.manifest.version))
        stack = _stack(templates, outcome.manifest)
        return outcome._replace(next_steps=steps.after_drop(stack, wanted))
    return outcome


def set_values(
    settings: list[str],
    *,
    source: str | None = None,
    project: str | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Changes conventions of the project, `KEY=VALUE` each; `source` is a document to take them from.

    Raises UserError before anything is written.
    """
    root = _existing(find_root(project))
    if not settings and source is None:
        raise UserError(
            "nothing to set: give KEY=VALUE, or a document with `--from FILE`",
            "for example `scaffold set rate_limit.max=100`",
        )
    messages: list[str] = []

    def change(manifest: Manifest, templates: Templates) -> tuple[Manifest, None]:
        after = manifest
        if source is not None:
            after = styles.read_document(templates, source, root).put_into(manifest)
            styles.require_same_framework(templates, manifest, after)
        after = replace(after, overrides=changes.overridden(templates, after, settings))
        if source is not None:
            messages.extend(styles.news(templates, manifest, after))
        return after, None

    outcome = _change("set", root, None, change, dry_run)
    return outcome._replace(messages=(*outcome.messages, *messages))


def new(
    path: str,
    *,
    style: str | None,
    name: str | None = None,
    options: Options | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Makes a whole service in a folder that does not exist or is empty, with a git repository and a first commit."""
    from scaffold.gitrepo import commit_all, is_inside_repository

    if not path.strip():
        raise UserError(
            "the path of the new service is empty", "scaffold new clinic --style supabase"
        )
    root = Path(path)
    if root.is_symlink() and not root.exists():
        raise UserError(
            f"`{path}` is a link that leads nowhere", "remove it, or name another folder"
        )
    if root.exists() and not root.is_dir():
        raise UserError(
            f"`{path}` is a file",
            "name a folder that does not exist: `scaffold new clinic --style supabase`",
        )
    if root.exists() and any(root.iterdir()):
        raise UserError(
            f"`{path}` is not empty",
            "`scaffold endpoint NAME --style supabase` adds to a project that exists; `new` wants an empty folder",
        )
    root = root.resolve()
    project_name = name if name is not None else root.name
    if slug(project_name) != project_name:
        raise UserError(
            f"`{printable(project_name)}` cannot be a project's name: at most 60 of a-z, 0-9, `.`, `_` and `-`",
            f"scaffold new {printable(path)} --name {slug(project_name)}",
        )
    options = options or Options()
    version = newest()
    templates = Templates(fetch(version))
    follows = styles.followed(templates, style, root)
    manifest = follows.put_into(Manifest(version, follows.style, project_name))
    settings = [*options.settings, *changes.as_settings(options)]
    manifest = replace(manifest, overrides=changes.overridden(templates, manifest, settings))
    manifest = changes.laid_out(templates, manifest)
    tree = templates.render(manifest)
    follow = steps.after_new(_stack(templates, manifest), path)
    if dry_run:
        made = [FileChange(path, Action.CREATE, None, text.encode()) for path, text in tree.items()]
        return Outcome("new", root, manifest, Plan(tuple(made)), True, next_steps=follow)
    with lock(root):
        plan = make_plan(root, {}, tree)
        apply(root, plan)
    messages: tuple[str, ...] = ()
    if is_inside_repository(root.parent):
        messages = (
            "This folder is inside a git repository, so `new` made none of its own; commit when you like.",
        )
    else:
        commit_all(root, f"Add {project_name}, made by scaffold in the style {manifest.style}")
    return Outcome("new", root, manifest, plan, False, next_steps=follow, messages=messages)


def resources(project: str | None = None) -> tuple[Path, Manifest]:
    """The project's folder and manifest. Raises UserError where there is none."""
    root = _existing(find_root(project))
    manifest = manifests.load(root)
    assert manifest is not None
    return root, manifest


def show(name: str, *, project: str | None = None) -> dict[str, Any]:
    """One resource: its fields, report and files."""
    _, manifest = resources(project)
    resource = changes.existing(manifest, parse_resource_name(name))
    templates = Templates(fetch(manifest.version))
    changes.overridden(templates, manifest)
    without = templates.render(manifest.without_resource(resource.name))
    files = [path for path in templates.render(manifest) if path not in without]
    values = templates.context(manifest)["conventions"]
    return {
        "name": resource.name,
        "fields": [item.spec() for item in resource.fields],
        "methods": list(resource.methods),
        "policy": {
            "roles": list(resource.roles),
            "roles_for": {method: list(words) for method, words in resource.roles_for},
            "public_reads": resource.public,
            "rate_limit": str(resource.rate_limit or default_rate(values)),
            "paginate": resource.paginate or values["pagination"]["style"],
            "soft_delete": resource.soft_delete or values["data"]["soft_delete"],
            "files": resource.files,
        },
        "files": files,
        "report": describe(resource, values) if resource.methods else None,
    }


class FileStatus(NamedTuple):
    """A generated file against what scaffold would write: `unchanged`, `edited`, `deleted`, `conflict`, `foreign`."""

    path: str
    state: str
    diff: str = ""


def status(project: str | None = None) -> list[FileStatus]:
    """The state of every file that scaffold manages, and of the paths that it leaves to the user."""
    from scaffold.plan import has_markers

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


def unified(path: str, before: str | None, after: str | None) -> str:
    """A unified diff of one file; None means no file."""
    import difflib

    lines = difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        f"a/{path}" if before is not None else "/dev/null",
        f"b/{path}" if after is not None else "/dev/null",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def templates_of(project: str | None = None) -> Templates:
    """The templates of the project, or the newest ones where there is no project."""
    manifest = manifests.load(find_root(project))
    return Templates(fetch(manifest.version if manifest else newest()))


Change = Callable[[Manifest, Templates], tuple[Manifest, Resource | None]]


def _change(command: str, root: Path, style: str | None, change: Change, dry_run: bool) -> Outcome:
    require_git()
    with nullcontext() if dry_run else lock(root):
        if not dry_run:
            recover(root)
        before = manifests.load(root)
        if before is None:
            messages: tuple[str, ...] = ()
            templates, start, found = _begin(root, style)
        else:
            templates = Templates(fetch(before.version))
            messages = styles.same_style(templates, before, style, root)
            start, found = before, None
            changes.overridden(templates, start)
        after, resource = change(start, templates)
        plan, after = _plan(root, templates, before, after)
        application = found.application if found else None
        plan = with_additions(root, templates, before, after, plan, application)
        if not dry_run:
            apply(root, plan)
    values = templates.context(after)["conventions"]
    report = (
        describe(resource, values)
        if resource and resource.methods and command == "endpoint"
        else None
    )
    follow: tuple[str, ...] = ()
    if plan.changes:
        paths = [item.path for item in plan.changes]
        follow = steps.after_change(values["stack"], root, after, paths)
    return Outcome(command, root, after, plan, dry_run, resource, report, follow, messages)


def _begin(root: Path, style: str | None) -> tuple[Templates, Manifest, Detected]:
    """The manifest that a folder without one begins with. Raises UserError where the style does not fit."""
    recognised = recognise(root)
    version = newest()
    templates = Templates(fetch(version))
    if style is None and recognised.framework:
        fitting = _fitting(templates, recognised)
        raise UserError(
            f"no style given; for a {FRAMEWORKS[recognised.framework]} project: {', '.join(fitting)}",
            f"add `--style {fitting[0]}`" if fitting else None,
        )
    follows = styles.followed(templates, style, root)
    start = follows.put_into(Manifest(version, follows.style, slug(root.name)))
    framework = _stack(templates, start)["framework"]
    if recognised.framework not in (None, framework):
        assert recognised.framework is not None
        fitting = _fitting(templates, recognised)
        raise UserError(
            f"`{root}` is a {FRAMEWORKS[recognised.framework]} project ({recognised.why}), "
            f"and the style `{start.style}` is for {FRAMEWORKS[framework]}",
            f"styles that fit: {', '.join(f'`--style {one}`' for one in fitting)}",
        )
    found = detect(root, recognised)
    start = replace(
        start,
        name=found.name,
        service=found.service,
        source=found.source,
        alias=found.alias,
        foreign=found.foreign,
    )
    return templates, changes.laid_out(templates, start) if found.service else start, found


def _stack(templates: Templates, manifest: Manifest) -> Mapping[str, str]:
    stack: Mapping[str, str] = templates.context(manifest)["conventions"]["stack"]
    return stack


def _fitting(templates: Templates, recognised: Recognised) -> list[str]:
    """The styles for the framework that was found."""
    version = newest()
    return [
        style
        for style in styles.in_order(templates.styles)
        if _stack(templates, Manifest(version, style, "probe"))["framework"] == recognised.framework
    ]


def _plan(
    root: Path, templates: Templates, before: Manifest | None, after: Manifest
) -> tuple[Plan, Manifest]:
    """The plan, and the manifest with every path on its `foreign` list that turned out to be the user's."""
    old = templates.render(before) if before else {}
    kept: tuple[Kept, ...] = ()
    while True:
        new_tree = templates.render(after)
        plan = make_plan(root, old, new_tree)
        foreign = [item for item in plan.kept if item.why is Keep.FOREIGN and item.path != FILE]
        if not foreign:
            break
        kept += tuple(foreign)
        after = replace(
            after, foreign=tuple(sorted({*after.foreign, *(item.path for item in foreign)}))
        )
    plan = plan._replace(kept=tuple(sorted((*plan.kept, *kept), key=lambda item: item.path)))
    return plan, after


def _existing(root: Path) -> Path:
    if not (root / FILE).is_file():
        raise UserError(
            f"`{root}` is not a scaffold project: it has no {FILE}",
            "`scaffold endpoint NAME --style supabase` begins one here",
        )
    return root


__all__ = [
    "Options",
    "Outcome",
    "endpoint",
    "model",
    "new",
    "remove",
    "set_values",
    "show",
    "status",
]

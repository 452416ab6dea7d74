"""What every command that changes a manifest has in common: plan, write, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.agents import following
from scaffold.agents.choice import Choice
from scaffold.agents.following import require_valid
from scaffold.api.clients import for_clients
from scaffold.api.forms import forms_of
from scaffold.api.host import new_host, require_installed, with_host
from scaffold.api.report import describe, unfiltered
from scaffold.api.skew import require_known_keys
from scaffold.formatters.forms import Forms
from scaffold.frameworks import next_steps
from scaffold.frameworks.base import Application, Detected, Framework
from scaffold.frameworks.detect import detect, detect_adopted, recognise, recognise_all
from scaffold.frameworks.facts import facts_of
from scaffold.frameworks.registry import framework_of, laid_out, stack_of
from scaffold.kinds.thing import Thing
from scaffold.manifest import manifest as manifests
from scaffold.manifest.delete_rules import check_delete_rules
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import opened, recorded, writes_migrations
from scaffold.planning.deleted_files import deleted, with_deleted
from scaffold.planning.once import without_theirs
from scaffold.planning.owned_files import reclaim
from scaffold.planning.plan import Keep, Kept, Plan
from scaffold.planning.renamed_files import with_renames
from scaffold.planning.renamed_resources import make_plan_with_moves, moved
from scaffold.planning.written_order import with_order
from scaffold.rendering.render import Side, Sides, Templates
from scaffold.resources.names import slug
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version, accept, fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest, update_message
from scaffold.support.errors import UserError
from scaffold.support.git import require_git
from scaffold.support.project_files import MANIFEST
from scaffold.writing.apply import apply, lock, recover


class Outcome(NamedTuple):
    """What a command did, or would do: `report` describes the endpoint, `clients` says what it means for callers.

    `resource` or `thing` is what it was about, if that was one.
    """

    command: str
    root: Path
    manifest: Manifest
    plan: Plan
    dry_run: bool
    resource: Resource | None = None
    report: Mapping[str, Any] | None = None
    next_steps: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    clients: Mapping[str, Any] | None = None
    thing: Thing | None = None


# Commands that need the project to run what they emit; `remove` has to work in any.
_ADDING = frozenset({"endpoint", "model", "apply"})

Change = Callable[[Manifest, Templates], tuple[Manifest, Resource | Thing | None]]


def run(
    command: str,
    root: Path,
    style: str | None,
    change: Change,
    dry_run: bool,
    source: str | None = None,
    typed: str = "",
    settings: Sequence[str] = (),
    accept: bool = False,
    restore: bool | None = None,
    host: Mapping[str, str] | None = None,
) -> Outcome:
    """Plans a change of the manifest in `root`, and writes it unless `dry_run`.

    A new project begins with `style` and `source` (of the templates); for an existing one they must
    be its own. `settings` and `accept` decide what a document leaves open. `typed` is the command line,
    for the record that `undo` shows. Files of the resource that the user deleted come back with `restore`; without,
    they are named (None: the command has no such option). `host` is what the user says of the project.

    Raises UserError with nothing written.
    """
    with exclusive(root, dry_run):
        before = manifests.load(root)
        fresh = before is None
        if before is None:
            messages: tuple[str, ...] = ()
            choice = Choice(settings, accept)
            templates, start, found, messages = start_project(root, style, source, choice)
        else:
            _require_same_source(before, source)
            templates = Templates(fetch(before.version))
            messages = following.same_style(templates, before, style, root)
            messages += (*filter(None, [update_message(before.version)]),)
            start, found = before, None
            require_valid(templates, start)
            if before.adopted:
                # Nothing of its tree was written yet.
                start, found, before = (
                    replace(before, adopted=False),
                    detect_adopted(root, before, framework_of(stack_of(templates, before))),
                    None,
                )
        after, subject = change(start, templates)
        resource = subject if isinstance(subject, Resource) else None
        require_known_keys(templates, start, after)
        check_delete_rules(after.resources, templates.conventions(after))
        # Another database library has to get along with theirs, too.
        fresh = fresh or (
            before is not None
            and not after.service
            and stack_of(templates, before) != stack_of(templates, after)
        )
        after, notes = with_host(root, templates, after, host or {}, fresh=fresh)
        if command in _ADDING or fresh:
            # What signs in, or keeps the rows, decides which packages count.
            require_installed(root, templates, after)
        messages += notes
        sides = Sides(Side(templates, before) if before else None, Side(templates, after))
        application = found.application if found else None
        lost: tuple[str, ...] = ()
        if restore is not None and before and subject:
            own = (
                templates.paths_of(before, subject.stored_in)
                if isinstance(subject, Resource)
                else templates.paths_of_thing(before, subject)
            )
            lost = deleted(root.resolve(), templates.render(before), own)
        back = lost if restore else ()
        if command == "remove" and sides.before and _leaves(root, sides.before.manifest, after):
            outcome = _leave(command, root, sides.before, after, dry_run, typed)
        else:
            outcome = plan_and_write(command, root, sides, dry_run, application, typed, back)
        if lost and subject and not restore:
            outcome = outcome._replace(plan=with_deleted(outcome.plan, lost))
            what = "a file" if len(lost) == 1 else f"{len(lost)} files"
            messages += (
                f"you deleted {what} of `{subject.name}`; "
                f"`scaffold {command} {subject.name} --restore` brings back what you deleted",
            )
    messages += unfiltered(resource)
    report = (
        describe(resource, templates.conventions(outcome.manifest), outcome.manifest.host)
        if resource and resource.methods and command in ("endpoint", "change")
        else None
    )
    thing = subject if isinstance(subject, Thing) else None
    # What a thing is to clients, its kind knows.
    clients = None if thing else for_clients(command, templates, before, outcome.manifest)
    return outcome._replace(
        resource=resource, thing=thing, report=report, messages=messages, clients=clients
    )


@contextmanager
def exclusive(root: Path, dry_run: bool) -> Iterator[None]:
    """What every command does first: it keeps others out of the project and finishes one that was cut off.

    A `dry_run` does neither, and reads no source of templates that the user has not used before.
    """
    require_git()
    if dry_run:
        with only_known():
            yield
        return
    with lock(root):
        recover(root)
        yield


def plan_and_write(
    command: str,
    root: Path,
    sides: Sides,
    dry_run: bool,
    application: Application | None = None,
    typed: str = "",
    restore: Collection[str] = (),
) -> Outcome:
    """Plans and writes what turns one side into the other, and says what comes next; the caller holds the lock.

    `application` is where the user makes the FastAPI application, if this is its first endpoint;
    `restore` are files that the user deleted and wants back.
    """
    forms = forms_of(root, sides.after, runs=not dry_run)
    plan, sides = plan_between(root, with_history(sides), forms, restore)
    templates, after = sides.after
    framework = framework_of(stack_of(templates, after))
    if not after.service:
        notes = framework.conflicts(root.resolve(), sides, plan, application)
        plan = plan._replace(notes=(*plan.notes, *notes))
    plan = framework.additions(root.resolve(), sides, plan, application, formatted=forms.formats)
    if not after.service:
        # Needed beside somebody else's code only.
        from scaffold.frameworks.settings import with_settings

        plan = with_settings(
            *(root.resolve(), sides, plan, framework.without_settings, framework.strict_settings)
        )
    plan = forms.tidied(plan)
    if not dry_run:
        apply(root, plan, command=typed)
        manifests.keep(templates.render(after)[MANIFEST], after)
    follow: tuple[str, ...] = ()
    if plan.changes:
        # What was moved counts as what it is: a table's definition asks for a migration anywhere.
        paths = [change.moved_from or change.path for change in plan.changes]
        was = sides.before.manifest if sides.before else None
        stack = stack_of(templates, after)
        left = {change.path: change.after for change in plan.changes if change.after is not None}
        follow = next_steps.after_change(stack, root, after, paths, was, left)
    return Outcome(command, root, after, plan, dry_run, next_steps=follow)


def _leaves(root: Path, before: Manifest, after: Manifest) -> bool:
    # Imported only by `remove`: it looks at the commands on record.
    from scaffold.api.leave import leaves

    return leaves(root, before, after)


def _leave(
    command: str, root: Path, before: Side, after: Manifest, dry_run: bool, typed: str
) -> Outcome:
    """Takes everything of ours out of somebody else's project; the caller holds the lock."""
    from scaffold.api.leave import plan_to_leave

    plan = plan_to_leave(root, before, runs=not dry_run)
    if not dry_run:
        apply(root, plan, command=typed)
    framework = framework_of(stack_of(*before))
    follow = framework.after_leave(root, [change.path for change in plan.changes])
    return Outcome(command, root, after, plan, dry_run, next_steps=tuple(follow))


def start_project(
    root: Path, style: str | None, source: str | None, choice: Choice
) -> tuple[Templates, Manifest, Detected, tuple[str, ...]]:
    """The manifest that a folder without one begins with, and sentences about it.

    Raises UserError if the style does not fit.
    """
    every = recognise_all(root)
    version = newest(source)
    templates = Templates(fetch(version))
    # Of several in one folder the style says which is meant.
    recognised = recognise(root) if style is None else every[0]
    framework = recognised.framework
    if style is None and framework:
        fitting = _fitting(templates, framework)
        raise UserError(
            f"no style given; for a {framework.title} project: {', '.join(fitting)}",
            f"add `--style {fitting[0]}`" if fitting else None,
        )
    choice = choice._replace(facts=facts_of(root, framework if len(every) == 1 else None))
    follows, notes = following.followed(templates, style, root, choice)
    start = follows.put_into(Manifest(version, follows.style, slug(root.name)))
    needed = framework_of(stack_of(templates, start))
    recognised = next((one for one in every if one.framework is needed), recognised)
    framework = recognised.framework
    if framework and framework is not needed:
        fitting = _fitting(templates, framework)
        raise UserError(
            f"`{root}` is a {framework.title} project ({recognised.why}), "
            f"and the style `{start.style}` is for {needed.title}",
            f"styles that fit: {', '.join(f'`--style {name}`' for name in fitting)}",
        )
    found = detect(root, recognised)
    start = replace(
        start,
        name=found.name,
        service=found.service,
        source=found.source,
        alias=found.alias,
        foreign=found.foreign,
        host={} if found.service else new_host(templates, needed),
    )
    return templates, laid_out(templates, start) if found.service else start, found, notes


def with_history(sides: Sides) -> Sides:
    """The sides with each table's steps written down, if migrations are files of the templates."""
    before, (templates, manifest) = sides
    new = templates.conventions(manifest)
    if not writes_migrations(templates.schema, new):
        return sides
    if before is not None:
        old = before.templates.conventions(before.manifest)
        manifest = recorded(before.manifest, manifest, old, new)
    return Sides(before, Side(templates, opened(manifest, new)))


def _require_same_source(manifest: Manifest, source: str | None) -> None:
    mine = manifest.version.src_path
    if source is not None and (wanted := accept(source)) != mine:
        raise UserError(
            f"this project's templates come from `{mine}`, not from `{source}`",
            f"to change that, set `_src_path: {wanted}` in {MANIFEST}; "
            f"that repository must have its version, `{manifest.version.commit}`",
        )


def _fitting(templates: Templates, framework: Framework) -> list[str]:
    """The styles for a framework."""
    probes = {
        style: Manifest(Version("", ""), style, "probe")
        for style in following.in_order(templates.styles)
    }
    return [
        style
        for style, probe in probes.items()
        if framework_of(stack_of(templates, probe)) is framework
    ]


def _moves(sides: Sides) -> dict[str, str]:
    """Where files move because a resource or a thing has another name."""
    before, after = sides
    if before is None:
        return {}
    old, new = (
        {resource.name for resource in side.manifest.resources}
        | {thing.address for thing in side.manifest.things}
        for side in (before, after)
    )
    if not old - new:
        return {}
    return moved(before.templates.origins(before.manifest), after.templates.origins(after.manifest))


def plan_between(
    root: Path, sides: Sides, forms: Forms, restore: Collection[str] = ()
) -> tuple[Plan, Sides]:
    """The plan, and the sides with every path on the `foreign` list that turned out to be the user's.

    The files of `restore` are deleted, and written as if they had never been there.
    """
    old = sides.before.tree() if sides.before else {}
    templates, after = sides.after
    after = reclaim(root, old, templates, after)
    moves = _moves(sides)
    kept: tuple[Kept, ...] = ()
    while True:
        new = templates.render(after)
        left = {path: text for path, text in old.items() if path not in restore}
        left, wanted = without_theirs(root, left, new, templates.once(after), moves)
        formed = forms.of(left, wanted, moves)
        plan = make_plan_with_moves(root, formed.before, formed.after, moves)
        foreign = [file for file in plan.kept if file.why is Keep.FOREIGN and file.path != MANIFEST]
        if not foreign:
            break
        kept += tuple(foreign)
        after = replace(
            after, foreign=tuple(sorted({*after.foreign, *(file.path for file in foreign)}))
        )
    plan = plan._replace(kept=tuple(sorted((*plan.kept, *kept), key=lambda file: file.path)))
    plan = with_renames(root.resolve(), plan, {**old, **formed.before}, formed.after, moves)
    plan = with_order(root, plan, new)
    return plan, Sides(sides.before, Side(templates, after))

"""`resolve`: a merge of two branches, settled by what their commands meant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from scaffold.agents.following import require_valid
from scaffold.api import after_copier
from scaffold.api.forms import forms_of
from scaffold.api.run import Outcome, exclusive, with_history
from scaffold.branches import git_merge
from scaffold.branches.git_merge import Merge
from scaffold.branches.merge_file import is_untouched
from scaffold.branches.merge_manifest import Clash, MergedManifest, Prefer, merge_manifests
from scaffold.branches.merge_tree import NO_TEXT, Branch, Left, NoText, Result, Texts, reconcile
from scaffold.formatters.forms import Forms
from scaffold.formatters.layout import is_nearer
from scaffold.frameworks import next_steps
from scaffold.frameworks.base import Advice, Merging
from scaffold.frameworks.detect import find_root, require_project
from scaffold.frameworks.registry import orm_of, stack_of
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Action, FileChange, Keep, Kept, Plan, has_markers
from scaffold.planning.renamed_resources import moved
from scaffold.planning.written_order import with_order
from scaffold.rendering.render import Side, Sides, Templates
from scaffold.sources.address import Version, fetch
from scaffold.sources.versions import is_older
from scaffold.support.errors import UserError
from scaffold.support.git import is_inside_repository
from scaffold.support.project_files import MANIFEST, ProjectFiles
from scaffold.writing.apply import apply

_ANEW = f"The order of migrations in `{MANIFEST}` is computed anew; `scaffold status --diff` shows what else differs."
SIDES: tuple[Prefer, ...] = ("ours", "theirs")
_BY_HAND = f"settle `{MANIFEST}` by hand and `git add` it, then run the command again"


class Resolution(NamedTuple):
    """What `resolve` did. With `clashes` it wrote nothing; `left` are files that the user still has to settle.

    `kind` is that of `Merge`, empty if there is none; `names` say what ours and theirs are.
    """

    outcome: Outcome
    kind: str = ""
    clashes: tuple[Clash, ...] = ()
    left: tuple[Left, ...] = ()
    staged: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do before a commit."""
        return not (self.clashes or self.left or self.outcome.plan.conflicts)


class Three(NamedTuple):
    """The manifests of a merge; `base` is None if both sides began one."""

    base: Manifest | None
    ours: Manifest
    theirs: Manifest


def resolve(
    *,
    project: str | None = None,
    prefer: Prefer | None = None,
    dry_run: bool = False,
    typed: str = "",
) -> Resolution:
    """Settles what git could not merge in the manifest and in files that follow from it, and what it merged wrongly.

    `prefer` names the side that wins if both changed the same answer. Raises UserError before anything is written.
    """
    root = require_project(find_root(project)).resolve()
    with exclusive(root, dry_run):
        # Outside git there is no merge, but somebody may have edited the manifest by hand.
        known = is_inside_repository(root) or not _order_is_stale(root)
        merge = git_merge.find_merge(root) if known else None
        if known and (merge is None or merge.kind in ("stages", "merged", "rebased")):
            again = after_copier.settled(root, merge.unmerged if merge else (), dry_run, typed)
            if again is not None:
                return Resolution(again.outcome, staged=again.staged)
        texts = Texts(root, merge) if merge else None
        three = _manifests(texts) if texts else None
        if texts is None or three is None:
            return _nothing(root, merge, dry_run, typed)
        merged = _merged(texts, three, prefer)
        if merged.manifest is None:
            plain = Outcome("resolve", root, three.ours, Plan(), dry_run)
            return Resolution(plain, texts.merge.kind, merged.clashes, names=texts.merge.names)
        return _settled(texts, three, merged.manifest, merged.notes, dry_run, typed)


def parse_prefer(text: str | None) -> Prefer | None:
    """`--prefer`. Raises UserError if it is neither side."""
    for side in SIDES:
        if text in (side, None):
            return side if text else None
    raise UserError(
        f"`--prefer {text}` is not a side of a merge; allowed: {', '.join(SIDES)}",
        "`scaffold resolve --prefer theirs`",
    )


def _nothing(root: Path, merge: Merge | None, dry_run: bool, typed: str) -> Resolution:
    """What to do if git merged no manifest. Raises UserError if the manifest has markers anyway."""
    disk = ProjectFiles(root).disk(MANIFEST).text
    if disk is not None and has_markers(disk):
        raise UserError(
            f"`{MANIFEST}` has conflict markers, but git knows of no merge that left them",
            f"`git checkout HEAD -- {MANIFEST}` brings back the last committed one",
        )
    manifest = manifests.load(root, any_order=True)
    assert manifest is not None
    left = tuple(Left(path, _OTHERS) for path in sorted(merge.unmerged)) if merge else ()
    plan = Plan()
    messages: tuple[str, ...] = ()
    if _order_is_stale(root):
        plan = with_order(root, plan, Templates(fetch(manifest.version)).render(manifest))
        messages = (_ANEW,)
        if not dry_run:
            apply(root, plan, command=typed)
    outcome = Outcome("resolve", root, manifest, plan, dry_run, messages=messages)
    return Resolution(outcome, merge.kind if merge else "", left=left)


def _order_is_stale(root: Path) -> bool:
    """Whether the order of migrations is all that is wrong with the manifest."""
    try:
        manifests.load(root)
    except UserError:
        with suppress(UserError):
            return manifests.load(root, any_order=True) is not None
    return False


def _settled(
    texts: Texts, three: Three, manifest: Manifest, notes: Sequence[str], dry_run: bool, typed: str
) -> Resolution:
    root, merge = texts.root, texts.merge
    templates = Templates(fetch(manifest.version))
    try:
        require_valid(templates, manifest)
    except UserError as error:
        raise UserError(f"the two sides do not fit together: {error.message}", error.hint) from None
    manifest = _with_steps(templates, three, manifest)
    forms = forms_of(root, Side(templates, manifest), runs=not dry_run)
    result, manifest, managed = _planned(texts, templates, three, manifest, forms)
    result = result._replace(plan=forms.tidied(result.plan))
    plan, stack = result.plan, stack_of(templates, manifest)
    left = [*result.left]
    for path in sorted(merge.unmerged.keys() - managed):
        own = orm_of(stack).owns(path)
        left.append(Left(path, _TOOLS if own else _OTHERS))
    staged: tuple[str, ...] = ()
    if not dry_run:
        staged = _write(texts, plan, managed, left, typed)
    new = [side.keys() - merge.base.keys() for side in (merge.ours, merge.theirs)]
    advice = Advice()
    if plan.changes or left:
        merging = Merging(merge.unmerged.keys(), *new)
        advice = next_steps.after_merge(stack, root, manifest, merging)
    paths = [change.path for change in plan.changes]
    follow = next_steps.after_change(stack, root, manifest, paths) if paths or left else ()
    outcome = Outcome(
        *("resolve", root, manifest, plan, dry_run),
        next_steps=_in_order(follow, advice.steps),
        messages=(*notes, *advice.notes),
    )
    return Resolution(outcome, merge.kind, (), tuple(left), staged, merge.names)


def _in_order(follow: Sequence[str], first: Sequence[str]) -> tuple[str, ...]:
    """The next steps, with those of the ORM's tool in their place: after an installation, before the tests."""
    rest = [step for step in follow if step not in first]
    return (*rest[:-1], *first, *rest[-1:])


def _write(
    texts: Texts, plan: Plan, managed: set[str], left: Sequence[Left], typed: str
) -> tuple[str, ...]:
    """Writes the plan; if the next commit finishes the merge, stages what is settled and returns those paths."""
    root, merge = texts.root, texts.merge
    if not merge.is_going_on:
        apply(root, plan, command=typed)
        return ()
    git_merge.require_free(root)
    # Whoever edited a file since the merge stages it.
    written = {change.path for change in plan.changes} - git_merge.dirty(root)
    open_ = {*(file.path for file in left), *(change.path for change in plan.conflicts)}
    settled = merge.unmerged.keys() & managed
    staged = tuple(sorted((written | settled) - open_))
    apply(root, plan, command=typed)
    git_merge.stage(root, staged)
    return staged


_TOOLS = "written by the ORM's own tool: see the next steps"
_OTHERS = "not written by scaffold: settle it by hand, then `git add` it"


def _manifests(texts: Texts) -> Three | None:
    """The manifests of all sides; None if a side has none and git could settle that."""
    if texts.merge.kind == "stages" and MANIFEST not in texts.merge.unmerged:
        manifest = manifests.load(texts.root, any_order=True)
        assert manifest is not None
        return Three(manifest, manifest, manifest)
    found: list[Manifest | None] = []
    for files, name in zip(texts.sides, ("the base", "ours", "theirs"), strict=True):
        where = f"{MANIFEST} of {name}"
        try:
            text = texts.read(files, MANIFEST)
            found.append(None if text is None else manifests.parse(text, where, any_order=True))
        except NoText:
            raise UserError(f"`{where}` is {NO_TEXT}", _BY_HAND) from None
        except UserError as error:
            raise UserError(error.message, _BY_HAND) from None
    base, ours, theirs = found
    if ours is not None and theirs is not None:
        return Three(base, ours, theirs)
    if MANIFEST in texts.merge.unmerged:
        side = "ours" if ours is None else "theirs"
        raise UserError(
            f"{side} deleted `{MANIFEST}`, which the other side changed",
            f"`git add {MANIFEST}` keeps it, `git rm {MANIFEST}` deletes it",
        )
    return None


def _merged(texts: Texts, three: Three, prefer: Prefer | None) -> MergedManifest:
    """The manifest of both sides, or the one on disk if somebody settled it by hand."""
    disk = ProjectFiles(texts.root).disk(MANIFEST).text
    found = texts.found(MANIFEST, disk, [texts.read(files, MANIFEST) for files in texts.sides])
    if disk is not None and not is_untouched(found) and not has_markers(disk):
        return MergedManifest(manifests.parse(disk, str(texts.root / MANIFEST), any_order=True))
    return merge_manifests(*three, newer=_newer, prefer=prefer)


def _newer(one: Version, two: Version) -> Version | None:
    if one.src_path != two.src_path:
        return None
    for old, new in ((one, two), (two, one)):
        if is_older(one.src_path, old.commit, new.commit):
            return new
    return None


def _with_steps(templates: Templates, three: Three, merged: Manifest) -> Manifest:
    """The manifest with what one side's conventions do to tables that only the other side has."""
    for mine, other in ((three.ours, three.theirs), (three.theirs, three.ours)):
        known = {
            resource.stored_in
            for side in (three.base, other)
            if side
            for resource in side.resources
        }
        new = {resource.stored_in for resource in mine.resources} - known
        if new:
            sides = Sides(Side(templates, mine), Side(templates, merged))
            for resource in with_history(sides).after.manifest.resources:
                if resource.stored_in in new:
                    merged = merged.with_resource(resource)
    return merged


def _planned(
    texts: Texts, templates: Templates, three: Three, merged: Manifest, forms: Forms
) -> tuple[Result, Manifest, set[str]]:
    """What to write, the manifest with paths that turned out to be the user's, and every path that is scaffold's."""
    yours: set[str] = set()
    while True:
        made = templates.render(merged)
        sides = [_branch(templates, manifest, merged) for manifest in three]
        managed = {*made, *(path for side in sides for path in side.made)}
        formed = _formed(texts, forms, sides, made, managed)
        result = reconcile(texts, formed.sides, formed.made, managed - {MANIFEST})
        if not result.foreign:
            break
        yours |= result.foreign
        merged = replace(merged, foreign=tuple(sorted({*merged.foreign, *result.foreign})))
    plan, disk = result.plan, ProjectFiles(texts.root).disk(MANIFEST)
    if disk.text not in (made[MANIFEST], formed.made[MANIFEST]):
        change = FileChange(MANIFEST, Action.UPDATE, disk.raw, disk.encode(formed.made[MANIFEST]))
        plan = plan._replace(changes=(change, *plan.changes))
    kept = (*plan.kept, *(Kept(path, Keep.FOREIGN) for path in yours))
    plan = plan._replace(kept=tuple(sorted(kept, key=lambda file: file.path)))
    return result._replace(plan=plan), merged, managed


class _Formed(NamedTuple):
    """The sides of a merge, and what is made of the merged manifest, in the form that the project's files have."""

    sides: list[Branch]
    made: Mapping[str, str]


def _formed(
    texts: Texts,
    forms: Forms,
    sides: Sequence[Branch],
    made: Mapping[str, str],
    managed: Collection[str],
) -> _Formed:
    """A file is in the formatter's form if it is so on any side; then what is raw on another one counts as the same."""
    if forms.tool is None:
        return _Formed([*sides], made)
    wanted: dict[str, list[tuple[str, str]]] = {}
    for path in managed:
        raws = [(place, side.made.get(place)) for side in sides if (place := side.place(path))]
        raws.append((path, made.get(path)))
        ours = [(place, text) for place, text in raws if text is not None]
        if len({text for _, text in raws}) > 1:
            wanted[path] = ours
    known = forms.texts(pair for pairs in wanted.values() for pair in pairs)
    texts.load({place for pairs in wanted.values() for place, _ in pairs})
    changed = [dict(side.made) for side in sides]
    result = dict(made)
    for path, pairs in wanted.items():
        if not all(pair in known for pair in pairs):
            continue
        found = []
        for files, side in zip(texts.sides, sides, strict=True):
            place = side.place(path)
            raw = side.made.get(place) if place else None
            with suppress(NoText):
                text = texts.read(files, place) if place else None
                if place and raw is not None and text is not None:
                    found.append(is_nearer(text, raw, known[place, raw]))
        if found and not any(found):
            continue
        for side, own in zip(sides, changed, strict=True):
            place = side.place(path)
            if place and place in own:
                own[place] = known[place, own[place]]
        if path in result:
            result[path] = known[path, result[path]]
    formed = [
        side._replace(made=own, raw=side.made) for side, own in zip(sides, changed, strict=True)
    ]
    return _Formed(formed, result)


def _branch(newest: Templates, manifest: Manifest | None, merged: Manifest) -> Branch:
    if manifest is None:
        return Branch({}, {})
    same = manifest.version == merged.version
    templates = newest if same else Templates(fetch(manifest.version))
    moves: dict[str, str] = {}
    names, merged_names = (
        {resource.name for resource in side.resources} for side in (manifest, merged)
    )
    if names - merged_names:
        moves = moved(templates.origins(manifest), newest.origins(merged))
    return Branch(templates.render(manifest), moves)

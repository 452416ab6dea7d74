"""Takes scaffold's additions out of the user's package.json again, as far as it is certain that they are ours."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.dependencies import package_json
from scaffold.frameworks.databases.prisma_generators import folder_of
from scaffold.frameworks.foreign_files import changed, rendered, text_of, with_note
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side
from scaffold.support.errors import UserError
from scaffold.support.merge import same
from scaffold.support.project_files import NOT_SOURCE, ProjectFiles

PACKAGE: Final = "package.json"
_CODE: Final = re.compile(r".*\.(?:[cm]?[jt]sx?|vue|mdx|css|prisma|jsonc?)")
_RECIPES: Final = re.compile(r".*\.(?:ya?ml|sh|toml)|[Mm]akefile|Dockerfile.*|Procfile|justfile")
# What an import leaves out of a file's path.
_MODULE: Final = re.compile(r"(?:/index)?(?:\.[cm]?[jt]sx?)?\Z")
_IMPORT: Final = re.compile(r"""(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*["']([^"'\n]+)["']""")
_HIDDEN: Final = (".storybook", ".github", ".circleci", ".husky")
# What a package calls its program, if not like itself.
_PROGRAMS: Final = {"typescript": "tsc"}
_LOCKS: Final = ("package.json", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml")
_LARGEST: Final = 1_000_000

Sections = dict[str, dict[str, Any]]


class _Added(NamedTuple):
    """What commands on record added, and the file before the first of them."""

    values: Sections
    before: str


def without_additions(
    top: Path, before: Side, plan: Plan, history: Sequence[tuple[bytes, bytes]]
) -> Plan:
    """The plan with what commands on record added to package.json taken out of it.

    What has another value now, what the user's own files name, and what no record shows to be ours stays,
    with a note. `history` is package.json before and after each command on record.
    """
    left = _texts_that_stay(top, plan, before.manifest)
    plan = with_note(plan, *dangling(left, plan, before.manifest.source, before.manifest.alias))
    wanted = rendered(before, PACKAGE)
    raw = ProjectFiles(top).read(PACKAGE)
    if wanted is None or raw is None:
        return plan
    try:
        text = text_of(PACKAGE, raw)
    except UserError:
        return plan  # nobody could have added anything to it
    own = package_json.sections(text.removeprefix("\ufeff"))
    ours = package_json.sections(wanted)
    added = _added(history)
    if added is None:
        return _in_doubt(plan, own, ours)
    code = [text for path, text in left.items() if not _is_recipe(path)]
    recipes = [text for path, text in left.items() if _is_recipe(path)]
    scripts = dict(own.get("scripts", {}))
    gone: dict[str, set[str]] = {}
    reports = []
    # Scripts first: what only ours of them run is not used any more.
    for section in ("scripts", "dependencies", "devDependencies"):
        here = own.get(section, {})
        mine = {key: value for key, value in added.values.get(section, {}).items() if key in here}
        unchanged = {key for key, value in mine.items() if same(value, here[key])}
        reports += [_edited(section, key, here[key]) for key in mine if key not in unchanged]
        if section == "scripts":
            used = _scripts_in_use(here, unchanged, recipes)
        else:
            words = {str(value) for value in scripts.values()}
            used = {key for key in unchanged if _runs(key, words) or _names(key, code)}
        reports += [f"`{section}.{key}` stays: your own files use it" for key in sorted(used)]
        gone[section] = unchanged - used
        if section == "scripts":
            scripts = {key: value for key, value in scripts.items() if key not in gone[section]}
    gone = {section: keys for section, keys in gone.items() if keys}
    result = package_json.without(text, gone, added.before) if gone else text
    return changed(plan, PACKAGE, raw, result, reports)


def dangling(left: Mapping[str, str], plan: Plan, source: str, alias: str) -> Iterator[str]:
    """A sentence for each file of the user's own that imports a module which the plan deletes."""
    gone = {_MODULE.sub("", change.path) for change in plan.changes if change.after is None}
    kept = {file.path for file in plan.kept}
    for path, text in left.items():
        if path in kept or _is_recipe(path):
            continue
        for wanted in dict.fromkeys(_IMPORT.findall(text)):
            if wanted.startswith("."):
                place = posixpath.join(posixpath.dirname(path), wanted)
            elif alias and wanted.startswith(alias):
                place = posixpath.join(source, wanted.removeprefix(alias))
            else:
                continue
            if _MODULE.sub("", posixpath.normpath(place)) in gone:
                yield f"{path} imports `{wanted}`, which goes with scaffold's files"


def _added(history: Sequence[tuple[bytes, bytes]]) -> _Added | None:
    """What the commands on record added; None if none of them changed the file."""
    values: Sections = {}
    for was, became in history:
        old, new = (
            package_json.sections(raw.decode("utf-8", "replace").removeprefix("\ufeff"))
            for raw in (was, became)
        )
        known = {key for section in package_json.SECTIONS[:2] for key in old.get(section, {})}
        for section, entries in new.items():
            mine, here = values.setdefault(section, {}), old.get(section, {})
            earlier = here if section == "scripts" else known
            # A value of ours that a later command changed is ours as well.
            mine.update(
                {
                    key: value
                    for key, value in entries.items()
                    if key not in earlier
                    or (key in mine and key in here and same(mine[key], here[key]))
                }
            )
    if not history:
        return None
    return _Added(values, history[0][0].decode("utf-8", "replace"))


def _in_doubt(plan: Plan, own: Sections, ours: Sections) -> Plan:
    """The plan with a note of what scaffold may have added: no record says whether the user had it before."""
    names = [
        f"`{key}`"
        for section, entries in ours.items()
        for key, value in entries.items()
        if key in own.get(section, {}) and same(own[section][key], value)
    ]
    if not names:
        return plan
    report = (
        f"{PACKAGE}: no command on record shows which of {', '.join(names)} came from scaffold; "
        "remove by hand what you do not use"
    )
    return plan._replace(notes=(*plan.notes, report))


def _scripts_in_use(
    scripts: Mapping[str, object], ours: Collection[str], recipes: Collection[str]
) -> set[str]:
    """Those of ours that a recipe calls, or a script that stays, also one of ours."""
    used = {key for key in ours if _is_called(key, recipes)}
    while True:
        words = {str(value) for key, value in scripts.items() if key not in ours or key in used}
        more = {key for key in ours if key not in used and _runs(key, words)}
        if not more:
            return used
        used |= more


def _edited(section: str, key: str, value: object) -> str:
    return f"`{section}.{key}` stays: you made it `{value}`"


def _runs(name: str, commands: Collection[str]) -> bool:
    """Whether a command of a script names the script or the package."""
    program = _PROGRAMS.get(name, name.rpartition("/")[2])
    word = re.compile(rf"(?<![\w@/:.-])(?:{re.escape(name)}|{re.escape(program)})(?![\w:/-])")
    return any(word.search(command) for command in commands)


def _is_called(script: str, recipes: Collection[str]) -> bool:
    """Whether a recipe, such as that of a pipeline, lets a package manager run the script."""
    run = re.compile(rf"\b(?:run|npm|pnpm|yarn|bun) (?:-\S+ )*{re.escape(script)}(?![\w:-])")
    return any(run.search(recipe) for recipe in recipes)


def _names(package: str, texts: Collection[str]) -> bool:
    """Whether a text has the package's name, or a path inside it, in quotes."""
    quoted = re.compile(rf"[\"'`]~?{re.escape(package)}[\"'`/]")
    return any(quoted.search(text) for text in texts)


def _is_recipe(path: str) -> bool:
    return _RECIPES.fullmatch(path.rpartition("/")[2]) is not None


def _texts_that_stay(top: Path, plan: Plan, manifest: Manifest) -> dict[str, str]:
    """The code, settings and recipes that are in the project when the plan is done, but for what Prisma generated."""
    gone = {change.path for change in plan.changes if change.after is None}
    generated = folder_of(manifest.host.get("prisma_client", ""), manifest.source)
    return {
        path: text
        for path, text in _texts(top)
        if path not in gone and not (generated and path.startswith(f"{generated}/"))
    }


def _texts(top: Path) -> Iterator[tuple[str, str]]:
    for folder, folders, files in os.walk(top):
        folders[:] = [
            name
            for name in folders
            if name not in NOT_SOURCE and (not name.startswith(".") or name in _HIDDEN)
        ]
        for name in files:
            place = Path(folder, name)
            wanted = _CODE.fullmatch(name) or _RECIPES.fullmatch(name)
            if not wanted or name in _LOCKS or place.is_symlink():
                continue
            try:
                if place.is_file() and place.stat().st_size <= _LARGEST:
                    text = place.read_text("utf-8", "replace")
                    yield place.relative_to(top).as_posix(), text
            except OSError:
                continue

"""Announced additions to files that are the user's: dependencies, scripts, and `install(app)`.

Nothing else is ever done to a file that scaffold did not make.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.application import Application, read_python
from scaffold.manifest import Manifest
from scaffold.packagejson import merge as merge_package_json
from scaffold.plan import Action, FileChange, Plan, read
from scaffold.render import Templates

if TYPE_CHECKING:
    from scaffold.requirement import Wanted

PACKAGE = "package.json"
PYPROJECT = "pyproject.toml"
_DEV = re.compile(r"(?:^|[-_/.])(?:dev|test|tests|testing|develop|development)(?=[-_/.])")


def with_additions(
    root: Path,
    templates: Templates,
    before: Manifest | None,
    after: Manifest,
    plan: Plan,
    application: Application | None,
) -> Plan:
    """The plan with the additions that this command has to make.

    `application` is where the user's FastAPI application is made, when the first endpoint comes to it.
    """
    top = root.resolve()
    if PACKAGE in after.foreign and (wanted := _news(templates, before, after, PACKAGE)):
        plan = _package_json(top, plan, wanted)
    if PYPROJECT in after.foreign and (wanted := _news(templates, before, after, PYPROJECT)):
        plan = _python(top, plan, wanted)
    return _installed(top, plan, application, after.alias) if application else plan


def _news(templates: Templates, before: Manifest | None, after: Manifest, path: str) -> str | None:
    """What we would write to a path that is the user's, where this command changes that."""

    def rendered(manifest: Manifest) -> str | None:
        tree = templates.render(replace(manifest, foreign=()))
        if path not in tree:  # a file that only a whole service has
            tree = templates.render(replace(manifest, foreign=(), service=True))
        return tree.get(path)

    wanted = rendered(after)
    known = before is not None and path in before.foreign
    return None if known and before is not None and rendered(before) == wanted else wanted


def _package_json(top: Path, plan: Plan, wanted: str) -> Plan:
    raw = read(top, PACKAGE)
    if raw is None:
        return plan
    merged = merge_package_json(None, raw.decode(), wanted)
    return _changed(plan, PACKAGE, raw, merged.text, merged.reports)


def _python(top: Path, plan: Plan, wanted_text: str) -> Plan:
    from scaffold import pyproject
    from scaffold.requirement import Wanted, read_wanted

    wanted = read_wanted(wanted_text)
    place = read_python(top).where("fastapi")
    if place in (PYPROJECT, "Pipfile"):
        raw = read(top, place)
        assert raw is not None
        merged = pyproject.add(raw.decode(), wanted, place)
        plan = _changed(plan, place, raw, merged.text, (*merged.reports, *merged.by_hand))
        return plan
    if place is None or not place.endswith((".txt", ".in")):
        where = place or "your dependencies"
        items = ", ".join(f"`{item}`" for item in wanted.runtime)
        plan = _changed(plan, where, None, "", (f"add by hand what is missing of {items}",))
        return _requirements(top, plan, Wanted((), wanted.dev), None)
    return _requirements(top, plan, wanted, place)


def _requirements(top: Path, plan: Plan, wanted: Wanted, place: str | None) -> Plan:
    """Adds lines to files of requirements; `place` is the one that names fastapi."""
    from scaffold.requirement import missing
    from scaffold.requirements import add, includes, named, why_not

    texts: dict[str, str] = {}

    def load(path: str) -> None:
        raw = None if path in texts or path.startswith("../") else read(top, path)
        if raw is not None:
            texts[path] = raw.decode()
            for other in includes(texts[path]):
                load(posixpath.normpath(posixpath.join(posixpath.dirname(path), other)))

    for path in read_python(top).files:
        if path.endswith((".txt", ".in")):
            load(path)
    dev_files = [path for path in texts if _DEV.search(path)]
    dev_place = next(
        (
            path
            for path in (*dev_files, *texts)
            if any(item.name.lower() == "pytest" for item in named(texts[path]))
        ),
        next(iter(dev_files), None),
    )
    run = [item for path in texts if path not in dev_files for item in named(texts[path])]
    every = [item for text in texts.values() for item in named(text)]
    for items, have, target, is_dev in (
        (wanted.runtime, run, place, False),
        (wanted.dev, every, dev_place, True),
    ):
        absent, reports = missing(have, items)
        plan = plan._replace(notes=(*plan.notes, *(f"{place or PYPROJECT}: {r}" for r in reports)))
        if not absent:
            continue
        source = f"{target.removesuffix('.txt')}.in" if target else ""
        if target and why_not(texts[target]) and source in texts:
            plan = plan._replace(notes=(*plan.notes, f"{source} got lines: compile {target} again"))
            target = source
        reason = why_not(texts[target]) if target else "there is no file for them"
        listed = " ".join(f"'{item}'" if re.search(r"[;<>\[ ]", item) else item for item in absent)
        if target is None and is_dev:
            note = f"to run the generated tests: `pip install {listed}`"
            plan = plan._replace(notes=(*plan.notes, note))
        elif target is None or reason:
            where = target or place or "requirements.txt"
            plan = _changed(plan, where, None, "", (f"{reason}; add by hand: {', '.join(absent)}",))
        else:
            old = texts[target]
            texts[target] = add(old, absent)
            plan = _changed(plan, target, old.encode(), texts[target], ())
    return plan


def _installed(top: Path, plan: Plan, application: Application, package: str) -> Plan:
    from scaffold.installer import by_hand, install

    path, raw = application.module, read(top, application.module)
    if raw is None:
        return plan
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    else:
        done = install(text, package, application.variable)
        if not done.why:
            return _changed(plan, path, raw, done.text, ())
        why = done.why
    paste = by_hand(package, application.variable or "app")
    return _changed(plan, path, raw, raw, (f"left as it is, because {why}: {paste}",))


def _changed(
    plan: Plan, path: str, raw: bytes | None, new: str | bytes, reports: Sequence[str]
) -> Plan:
    """The plan with one of the user's files changed, if it differs, and sentences about it."""
    data = new.encode() if isinstance(new, str) else new
    every = [change for change in plan.changes if change.path != path]
    earlier = next((change for change in plan.changes if change.path == path), None)
    if raw is not None:
        first = earlier.before if earlier else raw
        if first != data:
            every.append(FileChange(path, Action.MERGE, first, data))
    elif earlier:
        every.append(earlier)
    return plan._replace(
        changes=tuple(sorted(every, key=lambda item: item.path)),
        kept=tuple(item for item in plan.kept if item.path != path),
        notes=(*plan.notes, *(f"{path}: {text}" for text in reports)),
    )

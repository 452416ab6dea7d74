"""Announced additions to files that are the user's: dependencies, scripts, and `install(app)`.

Nothing else is ever done to a file that scaffold did not make.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scaffold.dependencies.package_json import merge as merge_package_json
from scaffold.frameworks.fastapi.application import Application, read_python
from scaffold.planning.plan import Action, FileChange, Plan
from scaffold.rendering.render import Side, Sides
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles

PACKAGE = "package.json"
PYPROJECT = "pyproject.toml"
_DEV = re.compile(r"(?:^|[-_/.])(?:dev|test|tests|testing|develop|development)(?=[-_/.])")


def with_additions(root: Path, sides: Sides, plan: Plan, application: Application | None) -> Plan:
    """The plan with the additions that this command has to make.

    `application` is where the user's FastAPI application is made, when the first endpoint comes to it.
    """
    top, after = root.resolve(), sides.after.manifest
    if PACKAGE in after.foreign and (wanted := _wanted_now(sides, PACKAGE)):
        plan = _package_json(top, plan, wanted)
    if PYPROJECT in after.foreign and (wanted := _wanted_now(sides, PYPROJECT)):
        plan = python_dependencies(top, plan, wanted)
    if application is None:
        return plan
    return _beside_alembic(top, _installed(top, plan, application, after.alias))


def _wanted_now(sides: Sides, path: str) -> str | None:
    """What we would write to a path that is the user's, where this command changes that."""

    def rendered(side: Side) -> str | None:
        templates, manifest = side
        tree = templates.render(replace(manifest, foreign=()))
        if path not in tree:  # a file that only a whole service has
            tree = templates.render(replace(manifest, foreign=(), service=True))
        return tree.get(path)

    wanted = rendered(sides.after)
    before = sides.before
    known = before is not None and path in before.manifest.foreign
    return None if known and before is not None and rendered(before) == wanted else wanted


def _text(path: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            f"`{path}` is not UTF-8 text, so nothing can be added to it",
            "save the file as UTF-8, then run the command again",
        ) from error


def _package_json(top: Path, plan: Plan, wanted: str) -> Plan:
    raw = ProjectFiles(top).read(PACKAGE)
    if raw is None:
        return plan
    merged = merge_package_json(None, _text(PACKAGE, raw), wanted)
    return _changed(plan, PACKAGE, raw, merged.text, merged.reports)


def python_dependencies(top: Path, plan: Plan, ours: str) -> Plan:
    """Adds what is missing of `ours`, our own pyproject.toml, to where the project names fastapi."""
    from scaffold.dependencies import pyproject
    from scaffold.dependencies.pep508 import read_wanted

    wanted = read_wanted(ours)
    place = read_python(top).where("fastapi")
    if place in (PYPROJECT, "Pipfile"):
        raw = ProjectFiles(top).read(place)
        assert raw is not None
        merged = pyproject.add(_text(place, raw), wanted, place)
        return _changed(plan, place, raw, merged.text, (*merged.reports, *merged.by_hand))
    files = _requirement_files(top)
    dev_files = {path: text for path, text in files.items() if _DEV.search(path)}
    if place in files:
        have = [text for path, text in files.items() if path not in dev_files]
        plan = _lines(plan, files, have, wanted.runtime, place)
    else:
        items = ", ".join(f"`{item}`" for item in wanted.runtime)
        report = f"{place or PYPROJECT}: add by hand what is missing of {items}"
        plan = plan._replace(notes=(*plan.notes, report))
    # The file that has pytest, else one that is called as if it could have it.
    with_pytest = [path for path in (*dev_files, *files) if "pytest" in _named(files[path])]
    dev_place = next(iter((*with_pytest, *dev_files)), None)
    return _lines(plan, files, list(files.values()), wanted.dev, dev_place)


def _requirement_files(top: Path) -> dict[str, str]:
    """Files of requirements, with those that they include."""
    from scaffold.dependencies.requirements_txt import includes

    texts: dict[str, str] = {}

    def load(path: str) -> None:
        raw = (
            None if path in texts or path.startswith(("../", "/")) else ProjectFiles(top).read(path)
        )
        if raw is not None:
            texts[path] = _text(path, raw)
            for other in includes(texts[path]):
                load(posixpath.normpath(posixpath.join(posixpath.dirname(path), other)))

    for path in read_python(top).files:
        if path.endswith((".txt", ".in")):
            load(path)
    return texts


def _named(text: str) -> set[str]:
    from scaffold.dependencies.requirements_txt import named

    return {item.name.lower() for item in named(text)}


def _lines(
    plan: Plan, files: dict[str, str], have: list[str], wanted: tuple[str, ...], place: str | None
) -> Plan:
    """Adds lines to one of the files for what no text in `have` names; else says what to do."""
    from scaffold.dependencies.pep508 import missing
    from scaffold.dependencies.requirements_txt import add, named, why_not

    absent, reports = missing([item for text in have for item in named(text)], wanted)
    plan = plan._replace(notes=(*plan.notes, *(f"{place or 'tests'}: {one}" for one in reports)))
    if not absent:
        return plan
    if place is None:
        listed = " ".join(f"'{item}'" if re.search(r"[;<>\[ ]", item) else item for item in absent)
        note = f"to run the generated tests: `pip install {listed}`"
        return plan._replace(notes=(*plan.notes, note))
    source = f"{place.removesuffix('.txt')}.in"
    if why_not(files[place]) and source in files:
        note = f"{place}: compile it again, {source} has more lines now"
        plan, place = plan._replace(notes=(*plan.notes, note)), source
    reason = why_not(files[place])
    if reason:
        note = f"{place}: {reason}; add by hand: {', '.join(f'`{item}`' for item in absent)}"
        return plan._replace(notes=(*plan.notes, note))
    old = files[place]
    files[place] = add(old, absent)
    return _changed(plan, place, old.encode(), files[place], ())


def _installed(top: Path, plan: Plan, application: Application, package: str) -> Plan:
    from scaffold.frameworks.fastapi.install_call import by_hand, install

    path, raw = application.module, ProjectFiles(top).read(application.module)
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
    return plan._replace(notes=(*plan.notes, f"{path}: left as it is, because {why}: {paste}"))


def _beside_alembic(top: Path, plan: Plan) -> Plan:
    """What to do where the user has migrations of his own, perhaps in the same database."""
    if not (top / "alembic.ini").is_file():
        return plan
    note = (
        "alembic.ini: your migrations stay as they are, and ours keep a version table of their own; in the "
        "same database give `include_name=lambda name, kind, _: kind != 'table' or name in "
        "target_metadata.tables` to your `context.configure`, or autogenerate proposes to drop our tables"
    )
    return plan._replace(notes=(*plan.notes, note))


def _changed(plan: Plan, path: str, raw: bytes, text: str, reports: Sequence[str]) -> Plan:
    """The plan with one of the user's files changed, if it differs, and sentences about it.

    A file that was changed before in this plan keeps what it was at first.
    """
    earlier = next((change.before for change in plan.changes if change.path == path), raw)
    every = [change for change in plan.changes if change.path != path]
    if earlier != text.encode():
        every.append(FileChange(path, Action.MERGE, earlier, text.encode()))
    return plan._replace(
        changes=tuple(sorted(every, key=lambda item: item.path)),
        kept=tuple(item for item in plan.kept if item.path != path),
        notes=(*plan.notes, *(f"{path}: {report}" for report in reports)),
    )

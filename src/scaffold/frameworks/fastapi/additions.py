"""What scaffold adds to a FastAPI project: dependencies, and the call that installs the endpoints."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Final

from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi.application import DEV, read_python
from scaffold.frameworks.foreign_files import changed, text_of, with_note
from scaffold.planning.plan import Plan
from scaffold.support.project_files import ProjectFiles

PYPROJECT: Final = "pyproject.toml"


def python_dependencies(top: Path, plan: Plan, ours: str) -> Plan:
    """Adds what is missing of `ours`, our own pyproject.toml, where the project names fastapi."""
    from scaffold.dependencies import pyproject
    from scaffold.dependencies.pep508 import read_wanted

    wanted = read_wanted(ours)
    place = read_python(top).where("fastapi")
    if place in (PYPROJECT, "Pipfile"):
        raw = ProjectFiles(top).read(place)
        assert raw is not None
        merged = pyproject.add(text_of(place, raw), wanted, place)
        return changed(plan, place, raw, merged.text, (*merged.reports, *merged.by_hand))
    files = _requirement_files(top)
    dev_files = {path: text for path, text in files.items() if DEV.search(path)}
    if place in files:
        have = [text for path, text in files.items() if path not in dev_files]
        plan = _lines(top, plan, files, have, wanted.runtime, place)
    else:
        listed = ", ".join(f"`{requirement}`" for requirement in wanted.runtime)
        report = f"{place or PYPROJECT}: add by hand what is missing of {listed}"
        plan = with_note(plan, report)
    # The file that has pytest, else one whose name suggests it.
    with_pytest = [path for path in (*dev_files, *files) if "pytest" in _named(files[path])]
    dev_place = next(iter((*with_pytest, *dev_files)), None)
    return _lines(top, plan, files, list(files.values()), wanted.dev, dev_place)


def _requirement_files(top: Path) -> dict[str, str]:
    """Requirements files, with those that they include."""
    from scaffold.dependencies.requirements_txt import includes

    texts: dict[str, str] = {}

    def load(path: str) -> None:
        raw = (
            None if path in texts or path.startswith(("../", "/")) else ProjectFiles(top).read(path)
        )
        if raw is not None:
            texts[path] = text_of(path, raw)
            for other in includes(texts[path]):
                load(posixpath.normpath(posixpath.join(posixpath.dirname(path), other)))

    for path in read_python(top).files:
        if path.endswith((".txt", ".in")):
            load(path)
    return texts


def _named(text: str) -> set[str]:
    from scaffold.dependencies.requirements_txt import named

    return {requirement.name.lower() for requirement in named(text)}


def _lines(
    top: Path,
    plan: Plan,
    files: dict[str, str],
    have: list[str],
    wanted: tuple[str, ...],
    place: str | None,
) -> Plan:
    """Adds lines to the file `place` for what no text in `have` names; otherwise says what to do."""
    from scaffold.dependencies.pep508 import missing
    from scaffold.dependencies.requirements_txt import add, named, why_not

    absent, reports = missing([line for text in have for line in named(text)], wanted)
    plan = with_note(plan, *(f"{place or 'tests'}: {report}" for report in reports))
    if not absent:
        return plan
    if place is None:
        listed = " ".join(f"'{line}'" if re.search(r"[;<>\[ ]", line) else line for line in absent)
        note = f"to run the generated tests: `pip install {listed}`"
        return with_note(plan, note)
    source = f"{place.removesuffix('.txt')}.in"
    if why_not(files[place]) and source in files:
        note = f"{place}: compile it again, {source} has more lines now"
        plan, place = with_note(plan, note), source
    reason = why_not(files[place])
    if reason:
        note = f"{place}: {reason}; add by hand: {', '.join(f'`{line}`' for line in absent)}"
        return with_note(plan, note)
    files[place] = add(files[place], absent)
    return changed(plan, place, ProjectFiles(top).read(place) or b"", files[place], ())


def installed(top: Path, plan: Plan, application: Application, package: str) -> Plan:
    from scaffold.frameworks.fastapi.import_order import own_modules
    from scaffold.frameworks.fastapi.install_call import by_hand, install

    path, raw = application.module, ProjectFiles(top).read(application.module)
    if raw is None:
        return plan
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    else:
        done = install(text, package, application.variable, own_modules(top))
        if not done.why:
            return changed(plan, path, raw, done.text, ())
        why = done.why
    paste = by_hand(package, application.variable or "app")
    return plan._replace(notes=(*plan.notes, f"{path}: left as it is, because {why}: {paste}"))


def beside_alembic(top: Path, plan: Plan) -> Plan:
    """What to do if the user has migrations, too, perhaps in the same database."""
    if not (top / "alembic.ini").is_file():
        return plan
    note = (
        "alembic.ini: your migrations stay as they are, and ours have their own version table; in the same "
        "database pass `include_name=lambda name, kind, _: kind != 'table' or name in "
        "target_metadata.tables` to your `context.configure`, or autogenerate proposes to drop our tables"
    )
    return with_note(plan, note)

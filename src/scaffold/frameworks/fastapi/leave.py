"""Takes scaffold's two statements out of the module of the user's FastAPI application again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Final

from scaffold.dependencies.pep508 import read_wanted
from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi import host_checks, their_migrations
from scaffold.frameworks.fastapi.additions import PYPROJECT
from scaffold.frameworks.fastapi.application import find_application, python_files, read_python
from scaffold.frameworks.fastapi.import_order import own_modules
from scaffold.frameworks.fastapi.install_call import Outcome, install
from scaffold.frameworks.foreign_files import changed, rendered, with_note
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# At most as many blank lines as `install` puts beside a statement.
_BLANKS: Final = range(3)
_LARGEST: Final = 1_000_000


def without_additions(top: Path, before: Side, plan: Plan) -> Plan:
    """The plan with our import and our call gone from the application, if they are as scaffold wrote them.

    Dependencies stay: their lines do not say who wrote them. Notes name whatever stays.
    """
    manifest = before.manifest
    plan = _without_call(top, plan, manifest.source, manifest.alias)
    plan = with_note(plan, *_dangling(top, plan, manifest.alias))
    plan = their_migrations.take_back(top, host_checks.take_back(top, plan, manifest.source))
    wanted = rendered(before, PYPROJECT)
    if wanted is None:
        return plan
    ours = read_wanted(wanted)
    lines = [line for line in (*ours.runtime, *ours.dev) if not line.startswith("fastapi")]
    names = ", ".join(f"`{line}`" for line in lines)
    try:
        place = read_python(top).where("fastapi") or PYPROJECT
    except UserError:  # a broken file is no reason to keep everything
        place = PYPROJECT
    note = (
        f"{place}: dependencies stay; scaffold needed {names}: remove by hand what you do not use"
    )
    return with_note(plan, note)


def _without_call(top: Path, plan: Plan, source: str, package: str) -> Plan:
    by_hand = f"remove the import of `install` from `{package}`, and its call, by hand"
    try:
        application = find_application(top, read_python(top).entrypoint, source)
    except UserError as error:
        return with_note(plan, f"{error.message}: {by_hand}")
    path = application.module
    raw = ProjectFiles(top).read(path)
    try:
        text = (raw or b"").decode()
    except UnicodeDecodeError:
        text = ""
    if raw is None or not text:
        return plan
    result = withdrawn(text, package, application, own_modules(top))
    if result is not None:
        return changed(plan, path, raw, result, ())
    if package not in text and "install" not in text:
        return plan
    return with_note(plan, f"{path}: not as scaffold wrote it, so it stays: {by_hand}")


def _dangling(top: Path, plan: Plan, package: str) -> Iterator[str]:
    """A sentence for each file of the user's own that imports the package."""
    # The module of the application, and what is kept, have a sentence already.
    known = {change.path for change in plan.changes} | {file.path for file in plan.kept}
    known |= {note.partition(":")[0] for note in plan.notes}
    ours = re.compile(rf"^[ \t]*(?:from|import)[ \t]+{re.escape(package)}(?![\w])", re.MULTILINE)
    for path in python_files(top):
        place = top / path
        if path in known or place.is_symlink() or not place.is_file():
            continue
        with suppress(OSError):
            if place.stat().st_size <= _LARGEST and ours.search(
                place.read_text("utf-8", "replace")
            ):
                yield f"{path} imports `{package}`, which goes with scaffold's files"


def withdrawn(
    text: str, package: str, application: Application, own: Collection[str] = ()
) -> str | None:
    """The module without our statements; None unless `install` would put exactly them back there."""
    lines = _LINE.findall(text)
    import_line = re.compile(
        rf"from {re.escape(package)} import install(?: as (\w+))?(?:  # noqa: E402)?\s*"
    )
    imports = [n for n, line in enumerate(lines) if import_line.fullmatch(line.lstrip("\ufeff"))]
    if len(imports) != 1:
        return None
    at = imports[0]
    found = import_line.fullmatch(lines[at].lstrip("\ufeff"))
    name = (found and found[1]) or "install"
    call_line = re.compile(rf"\s*{name}\(\w+\)\s*")
    calls = [n for n, line in enumerate(lines) if call_line.fullmatch(line)]
    if len(calls) != 1:
        return None
    mark = "\ufeff" if lines[at].startswith("\ufeff") else ""
    for below, above, first in product(_BLANKS, _BLANKS, range(2)):
        gone = {*range(at - first, at + 1 + below), *range(calls[0] - above, calls[0] + 1)}
        if any(lines[n].strip() for n in gone - {at, calls[0]} if 0 <= n < len(lines)):
            continue
        rest = mark + "".join(line for n, line in enumerate(lines) if n not in gone)
        again = install(rest, package, application.variable, own)
        if again.outcome is Outcome.DONE and again.text == text:
            return rest
    return None

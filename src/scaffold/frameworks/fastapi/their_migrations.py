"""Migrations of somebody else's project on the database that our tables share: their tool would drop ours."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final, TypeGuard

from scaffold.frameworks.fastapi.host_checks import line_width
from scaffold.frameworks.fastapi.syntax import parsed
from scaffold.frameworks.foreign_files import changed, with_note
from scaffold.planning.plan import Plan
from scaffold.support.errors import UserError
from scaffold.support.project_files import ProjectFiles

_USUAL: Final = ("alembic", "migrations", "app/alembic", "app/migrations", "src/alembic")
_INIS: Final = ("alembic.ini", "app/alembic.ini", "src/alembic.ini", "pyproject.toml")
_LOCATION: Final = re.compile(
    r"^[ \t]*script_location[ \t]*=[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE
)
_METADATA: Final = re.compile(r"\btarget_metadata[ \t]*=[ \t]*([A-Za-z_][\w.]*)")
_FILTERS: Final = re.compile(r"\binclude_(?:name|object)\b")
_OUR_LINE: Final = re.compile(
    r"^[ \t]*include_name=lambda name, kind, _: (\(\s+)?"
    r'kind != "table" or name in [\w.]+\.tables(?(1)\s+\)),\r?\n',
    re.MULTILINE,
)
_BIGGEST: Final = 200_000


def leave_ours_alone(root: Path, plan: Plan) -> Plan:
    """The plan with an announced line in the project's Alembic environment, which keeps our tables out of its sight.

    Where it has a filter already, or cannot be read, nothing happens; where the line has no certain place, a
    sentence has it.
    """
    files = ProjectFiles(root)
    for path in dict.fromkeys(_environments(files)):
        text = _text(files, path)
        found = _METADATA.findall(text)
        if not found:
            continue
        if _FILTERS.search(text):
            return plan
        line = f'include_name=lambda name, kind, _: kind != "table" or name in {found[-1]}.tables'
        why = "`alembic revision --autogenerate` of yours would drop our tables, which it does not know"
        longer = _with_argument(text, line, line_width(root))
        if longer is None:
            return with_note(plan, f"{path}: {why}; add `{line}` to each `context.configure(...)`")
        told = f"{why}; `include_name` in `context.configure(...)` leaves them alone now"
        return changed(plan, path, text.encode(), longer, (told,))
    return plan


def take_back(root: Path, plan: Plan) -> Plan:
    """The plan without the line of `leave_ours_alone`."""
    files = ProjectFiles(root)
    for path in dict.fromkeys(_environments(files)):
        text = _text(files, path)
        shorter = _OUR_LINE.sub("", text)
        if shorter != text:
            plan = changed(plan, path, text.encode(), shorter, ())
    return plan


def _with_argument(text: str, argument: str, width: int) -> str | None:
    """The module with one more argument in each call of `context.configure`; None if that is not certain."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    lines = text.splitlines(keepends=True)
    calls = [node for node in ast.walk(tree) if _configures(node)]
    for call in sorted(calls, key=lambda node: -node.lineno):
        first, last = call.lineno - 1, (call.end_lineno or 0) - 1
        head = lines[first]
        indent = head[: len(head) - len(head.lstrip())]
        parts = [*call.args, *(keyword.value for keyword in call.keywords)]
        starts = [part.lineno - 1 for part in parts]
        ending = "\r\n" if head.endswith("\r\n") else "\n"
        added = f"{indent}    {argument},{ending}"
        if len(added.rstrip()) > width:
            opening, _, body = argument.partition(" _: ")
            inner = f"{indent}    "
            added = f"{inner}{opening} _: ({ending}{inner}    {body}{ending}{inner}),{ending}"
        if head.rstrip().endswith("(") and len({*starts}) == len(starts) and first not in starts:
            lines.insert(first + 1, added)
            continue
        source = "".join(lines[first : last + 1])
        opening = (
            head[: head.index("configure(") + len("configure(")] if "configure(" in head else ""
        )
        if "#" in source or not opening or source.rstrip()[-1] != ")":
            return None
        segments = [ast.get_source_segment(text, part) for part in call.args]
        segments += [
            (
                f"{keyword.arg}={ast.get_source_segment(text, keyword.value)}"
                if keyword.arg
                else f"**{ast.get_source_segment(text, keyword.value)}"
            )
            for keyword in call.keywords
        ]
        body = "".join(f"{indent}    {segment},{ending}" for segment in segments)
        lines[first : last + 1] = [f"{opening}{ending}{body}{added}{indent}){ending}"]
    made = "".join(lines)
    try:
        again = [node for node in ast.walk(parsed(made)) if _configures(node)]
    except SyntaxError:
        return None
    named = [any(keyword.arg == "include_name" for keyword in node.keywords) for node in again]
    return made if calls and len(again) == len(calls) and all(named) else None


def _configures(node: ast.AST) -> TypeGuard[ast.Call]:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "configure"
        and isinstance(node.func.value, ast.Name)
    )


def _environments(files: ProjectFiles) -> list[str]:
    """Where Alembic's `env.py` may be, the most certain place first."""
    named = []
    for ini in _INIS:
        folder = ini.rpartition("/")[0]
        for location in _LOCATION.findall(_text(files, ini)):
            inner = location.replace("%(here)s", "").strip("/").removeprefix("./")
            # Of a package it is `app:migrations`.
            inner = inner.replace(":", "/")
            named += [f"{folder}/{inner}".strip("/"), inner]
    return [f"{folder}/env.py" for folder in (*named, *_USUAL)]


def _text(files: ProjectFiles, path: str) -> str:
    try:
        raw = files.read(path)
    except UserError:
        return ""
    return raw.decode("utf-8", "replace") if raw and len(raw) <= _BIGGEST else ""

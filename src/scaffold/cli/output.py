"""The only module that prints: data to standard output, everything else to standard error."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec

from scaffold.cli.declared import Exit
from scaffold.frameworks.standing import from_here
from scaffold.support.errors import UserError

if TYPE_CHECKING:
    from scaffold.api.run import Outcome
    from scaffold.planning.plan import FileChange, Kept, Plan

P = ParamSpec("P")
VERSION = 1
_WORDS = {"create": "created", "update": "changed", "merge": "merged", "delete": "deleted"}
_WHY = {
    "edited": "kept: you edited it, and scaffold no longer writes it",
    "deleted": "kept deleted: you deleted it",
    "foreign": "kept: it was there before and is yours",
    "linked": "kept: it is a link to another generated file",
    "renamed": "you may have moved it there, and nothing was changed; --diff shows what would have",
}


def command(function: Callable[P, int | None]) -> Callable[P, None]:
    """A verb: its return value is the exit code; a UserError becomes one message and exit code 2."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            _require_here()
            code = function(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads has enough, as `head` does. What is still to be flushed goes nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise Exit(0) from None
        except UserError as error:
            if kwargs.get("as_json"):
                emit({"error": {"message": error.message, "hint": error.hint}})
            complain(error)
            raise Exit(error.exit_code) from None
        if code:
            raise Exit(code)

    return run


def _require_here() -> None:
    try:
        os.getcwd()
    except FileNotFoundError:
        raise UserError(
            "the folder that you are in is no longer there", "`cd` to another"
        ) from None


def emit(data: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    print(json.dumps({"version": VERSION, **data}, ensure_ascii=False))


def complain(error: UserError) -> None:
    """A UserError on standard error."""
    print(f"error: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"\nhint: {error.hint}", file=sys.stderr)


def say(text: str = "") -> None:
    """A line for people, on standard output."""
    print(text)


def outcome(result: Outcome, *, diff: bool, as_json: bool) -> int:
    """Shows what a command did; returns the exit code: 1 if there are conflicts."""
    if as_json:
        emit(as_data(result, diff))
    else:
        for_people(result, diff)
    return 1 if result.plan.conflicts else 0


def as_data(result: Outcome, diff: bool) -> dict[str, Any]:
    """What a command did, for programs."""
    plan = result.plan
    return {
        "command": result.command,
        "project": str(result.root),
        "style": result.manifest.style,
        "templates": result.manifest.version.commit,
        "dry_run": result.dry_run,
        "resource": result.resource.to_data() if result.resource else None,
        "thing": result.thing.to_data() if result.thing else None,
        "changes": [change(file, diff) for file in plan.changes],
        "kept": [_kept(kept, diff) for kept in plan.kept],
        "notes": list(plan.notes),
        "messages": list(result.messages),
        "report": result.report,
        "clients": result.clients,
        "next_steps": list(_steps(result)),
    }


def _kept(kept: Kept, diff: bool) -> dict[str, Any]:
    entry = {"path": kept.path, "why": kept.why.value}
    if kept.to:
        entry["to"] = kept.to
        if diff:
            entry["diff"] = difference(kept.to, kept.before, kept.after)
    return entry


def change(file: FileChange, diff: bool) -> dict[str, Any]:
    """One file of a plan as data."""
    entry: dict[str, Any] = {
        "path": file.path,
        "action": file.action.value,
        "conflict": file.conflict,
    }
    if file.moved_from:
        entry["moved_from"] = file.moved_from
    if diff:
        entry["diff"] = difference(file.path, file.before, file.after)
    return entry


def changes(plan: Plan, *, dry_run: bool, diff: bool) -> None:
    """The files of a plan for people, as a tree; with `diff`, each change comes before the tree."""
    if diff:
        for file in plan.changes:
            say(difference(file.path, file.before, file.after).rstrip("\n"))
    for line in tree({file.path: _word(file, dry_run) for file in plan.changes}):
        say(line)


def steps(lines: Sequence[str]) -> None:
    """Next steps, if there are any."""
    if lines:
        say()
        say("Next steps")
        for number, step in enumerate(lines, 1):
            say(f"  {number}. {step}")


def for_people(result: Outcome, diff: bool) -> None:
    """What a command did, for people."""
    plan = result.plan
    if diff:
        for file in plan.changes:
            say(difference(file.path, file.before, file.after).rstrip("\n"))
        for kept in plan.kept:
            if kept.to:
                say(f"# {kept.path} is now {kept.to}; what would have changed there:")
                say(difference(kept.to, kept.before, kept.after).rstrip("\n"))
    subject = result.resource.name if result.resource else result.manifest.name
    if result.thing:
        subject = result.thing.address
    if not plan.changes:
        say(f"{subject}: nothing to change")
    else:
        say(
            f"{subject} in {result.root.name} (style {result.manifest.style}){', dry run' if result.dry_run else ''}"
        )
        for line in tree({file.path: _word(file, result.dry_run) for file in plan.changes}):
            say(line)
    for kept in plan.kept:
        say(f"  {kept.path}{f' → {kept.to}' if kept.to else ''}  {_WHY[kept.why.value]}")
    for note in (*plan.notes, *result.messages):
        say(f"  note: {note}")
    if plan.conflicts:
        say()
        say("Conflicts: both sides are between markers; settle them, then go on.")
        for file in plan.conflicts:
            say(f"  {file.path}")
    if result.clients and plan.changes:
        say()
        clients(result.clients, one=result.resource is not None)
    if result.report and plan.changes:
        say()
        report(result.report)
    steps(() if result.dry_run else _steps(result))


def _steps(result: Outcome) -> tuple[str, ...]:
    """The next steps from where the user stands; those of `new` go to its folder themselves."""
    here = result.command == "new"
    return result.next_steps if here else from_here(result.root, result.next_steps)


def _word(change: FileChange, dry_run: bool) -> str:
    word = change.action.value if dry_run else _WORDS[change.action.value]
    if change.conflict:
        word = "CONFLICT"
    return f"{word} where you moved {change.moved_from}" if change.moved_from else word


def clients(data: Mapping[str, Any], *, one: bool) -> None:
    """What a command means for clients, for people; `one`: it is about one resource, which they know."""
    found = data["changes"]
    say(
        f"For clients: {'breaking' if data['breaking'] else 'not breaking' if found else 'nothing changes'}"
    )
    for told in found:
        say(f"  {told['level']:<10}{'' if one else told['resource'] + ': '}{told['change']}")


def report(data: Mapping[str, Any]) -> None:
    """The report on an endpoint, for people."""
    rows = [
        ("Methods", [f"{route['method']:<6} {route['path']}" for route in data["endpoints"]]),
        ("Authentication", [data["authentication"]]),
        ("Rate limit", [data["rate_limit"]]),
        ("Validation", data["validation"]),
        ("Errors", [f"{case['status']} {case['code']}: {case['when']}" for case in data["errors"]]),
        ("Security", data["security"]),
    ]
    for title, lines in rows:
        for index, line in enumerate(lines):
            say(f"{title if index == 0 else '':<15}{line}")


def tree(entries: Mapping[str, str]) -> list[str]:
    """Paths as a tree: a folder with one child shares its line, and each file has its word."""
    root: dict[str, Any] = {}
    for path in sorted(entries):
        node = root
        *folders, name = path.split("/")
        for folder in folders:
            node = node.setdefault(folder, {})
        node[name] = entries[path]
    lines: list[tuple[str, str]] = []
    _walk(root, "", lines)
    width = max((len(text) for text, _ in lines), default=0)
    return [f"{text:<{width}}  {word}".rstrip() for text, word in lines]


def _walk(node: Mapping[str, Any], indent: str, lines: list[tuple[str, str]]) -> None:
    items: Sequence[tuple[str, Any]] = list(node.items())
    for index, (name, child) in enumerate(items):
        last = index == len(items) - 1
        while isinstance(child, dict) and len(child) == 1:
            only, below = next(iter(child.items()))
            name, child = f"{name}/{only}", below
        branch = "└── " if last else "├── "
        if isinstance(child, dict):
            lines.append((f"{indent}{branch}{name}/", ""))
            _walk(child, indent + ("    " if last else "│   "), lines)
        else:
            lines.append((f"{indent}{branch}{name}", child))


def difference(path: str, before: bytes | None, after: bytes | None) -> str:
    from scaffold.support.text import unified

    def text(data: bytes | None) -> str | None:
        return None if data is None else data.decode("utf-8", "replace")

    return unified(path, text(before), text(after))

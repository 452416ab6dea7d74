"""Test runners of somebody else's app that would take our tests for theirs, or measure our code; read as text.

Ours are called `tests/resources/<resource>.contract.ts`: no runner looks for that unless its configuration says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, NamedTuple

from scaffold.frameworks import installed
from scaffold.planning.plan import Plan

OUR_TEST: Final = re.compile(r"tests/resources/[\w-]+(?:\.actions)?\.contract\.ts")


class _Runner(NamedTuple):
    """A test runner: its files, the name of its patterns of tests, and the line that leaves ours out."""

    files: tuple[str, ...]
    patterns: str
    leave_out: str
    covered: str
    not_measured: str


_ENDS: Final = ("ts", "js", "mjs", "cjs", "mts", "cts", "json")
_RUNNERS: Final = (
    _Runner(
        (*(f"jest.config.{end}" for end in _ENDS), "package.json"),
        "testMatch|testRegex",
        "testPathIgnorePatterns: ['/node_modules/', '\\\\.contract\\\\.ts$']",
        "coverageThreshold",
        "coveragePathIgnorePatterns",
    ),
    _Runner(
        tuple(f"{name}.config.{end}" for name in ("vitest", "vite") for end in _ENDS[:-1]),
        "include",
        "exclude: ['**/node_modules/**', '**/*.contract.ts']",
        "thresholds",
        "coverage.exclude",
    ),
    _Runner(
        tuple(f"playwright.config.{end}" for end in _ENDS[:3]),
        "testMatch",
        "testIgnore: '**/*.contract.ts'",
        "",
        "",
    ),
)
_STRING: Final = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|/(?![*/])(?:[^/\\\n]|\\.)+/"
_TOKEN: Final = re.compile(rf"(?:[\s,]|//[^\n]*\n)*({_STRING})")
_LONGEST: Final = 200
_BRACES: Final = re.compile(r"[{(]([^{}()]*)[})]")


def runner_notes(root: Path, plan: Plan) -> tuple[str, ...]:
    """Sentences about runners that need a line to leave ours alone, with the first tests of ours."""
    tests = [
        change.path
        for change in plan.changes
        if change.before is None and OUR_TEST.fullmatch(change.path)
    ]
    if not tests:
        return ()
    code = sorted(
        change.path
        for change in plan.changes
        if change.before is None and change.path.endswith("lib/api/respond.ts")
    )
    return tuple(_notes(root, tests[0], code))


def _notes(root: Path, test: str, code: list[str]) -> Iterator[str]:
    top = installed.folders_up(root)[-1]
    for runner in _RUNNERS:
        for file in runner.files:
            text = installed.bounded_text(os.path.join(root, file), top) or ""
            if any(_takes(pattern, test) for pattern in _strings(text, runner.patterns)):
                yield f"{file}: takes our tests too; add `{runner.leave_out}`"
            if not code or not runner.covered or not re.search(rf"\b{runner.covered}\b", text):
                continue
            measured = _strings(text, "collectCoverageFrom|include")
            if any(_takes(pattern, code[0]) for pattern in measured):
                folder = code[0].removesuffix("respond.ts")
                yield (
                    f"{file}: its coverage has a threshold, and counts our code, which our tests cover; "
                    f"leave out what is ours with `{runner.not_measured}`: `{folder}`, …"
                )


def _strings(text: str, names: str) -> Iterator[str]:
    """The strings and regular expressions that a property with one of these names has."""
    for start in re.finditer(rf"\b(?:{names})[\"']?\s*:\s*(\[?)", text):
        token = _TOKEN.match(text, start.end())
        while token:
            if len(token[1]) <= _LONGEST:
                yield token[1]
            token = _TOKEN.match(text, token.end()) if start[1] else None


def _takes(pattern: str, path: str) -> bool:
    """Whether a quoted glob or a regular expression takes the path. What cannot be read takes none."""
    body = pattern[1:-1]
    if pattern[0] == "/" or "\\\\" in body:
        # A regular expression of theirs is not run here: only whether it asks for `test` or `spec` counts.
        return not re.search(r"test|spec|cy|e2e", body.replace("tests", ""))
    if body.startswith("!") or "*" not in body:
        return False
    body = body.removeprefix("<rootDir>").removeprefix("/").removeprefix("./")
    return any(_fits(option.split("/"), path.split("/")) for option in _options(body))


def _options(glob: str) -> list[str]:
    """Globs without braces and brackets: what `{a,b}` and `?(x|y)` stand for. At most a few."""
    todo, done = [glob], list[str]()
    while todo and len(todo) + len(done) < _LONGEST:
        one = todo.pop()
        found = _BRACES.search(one)
        if found is None:
            done.append(one)
            continue
        begin = found.start()
        optional = begin > 0 and one[begin - 1] in "?*" and one[begin] == "("
        head = one[: begin - 1] if begin > 0 and one[begin - 1] in "?*+@" else one[:begin]
        words = re.split(r"[,|]", found[1]) + [""] * optional
        todo += [f"{head}{word}{one[found.end():]}" for word in words]
    return done


def _fits(glob: list[str], names: list[str]) -> bool:
    taken = {0}
    for part in glob:
        if part == "**":
            taken = set(range(min(taken), len(names) + 1)) if taken else set()
        else:
            taken = {at + 1 for at in taken if at < len(names) and fnmatchcase(names[at], part)}
    return len(names) in taken

"""One Python dependency: how it is written, and whether what a project has admits what we need."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from scaffold.dependencies.version_ranges import Numbers, pep440_bounds


class Wanted(NamedTuple):
    """What the generated code needs: to run, and to be tested and checked; `python` is a version range."""

    runtime: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()
    python: str = ""


class Added(NamedTuple):
    """The text with what could be added, a sentence for each difference, and what to add by hand."""

    text: str
    reports: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()


def read_wanted(pyproject: str) -> Wanted:
    """What our own pyproject.toml, as rendered, names."""
    import tomllib

    data = tomllib.loads(pyproject)
    project = data["project"]
    groups = {**project.get("optional-dependencies", {}), **data.get("dependency-groups", {})}
    return Wanted(
        tuple(project.get("dependencies", ())),
        tuple(groups.get("dev", ())),
        project.get("requires-python", ""),
    )


def name_of(text: str) -> str | None:
    """The normalised name of a dependency as PEP 508 writes it; None if it is something else."""
    parsed = parse(text)
    return canonicalize_name(parsed.name) if parsed else None


def parse(text: str) -> Requirement | None:
    """The dependency in `text`, or None if PEP 508 knows no such dependency."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def missing(
    have: Iterable[Requirement], wanted: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of `wanted`, what `have` does not name; and a sentence for each that it has at another version.

    A dependency without an extra that we need counts as missing with that extra, at any version.
    """
    known: dict[str, list[Requirement]] = {}
    for requirement in have:
        known.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    absent, reports = [], []
    for text in wanted:
        ours = Requirement(text)
        present = known.get(canonicalize_name(ours.name))
        if not present:
            absent.append(text)
            continue
        if not ours.extras <= {extra for requirement in present for extra in requirement.extras}:
            absent.append(f"{ours.name}[{','.join(sorted(ours.extras))}]")
        other = next(
            (requirement for requirement in present if not _admits(requirement, ours)), None
        )
        if other is not None:
            here = f"`{ours.name}` is {_show(other)} here"
            if _lowest(ours):
                reports.append(f"{here}, the generated code needs {_show(ours)}")
                continue
            older = "; with an older one the application may not start"
            reports.append(
                f"{here}, scaffold was tested with {_show(ours)}" + older * _is_older(other, ours)
            )
    return tuple(absent), tuple(reports)


def _admits(have: Requirement, ours: Requirement) -> bool:
    """Whether an installer may choose our version under `have`, and no older one that `have` speaks of."""
    if have.url:
        return False
    if lowest := _lowest(ours):
        bounds = pep440_bounds(have.specifier)
        is_older = (0, 0, 0) < bounds.lowest < lowest
        return not is_older and (bounds.below is None or bounds.below > lowest)
    versions = [clause.version for clause in ours.specifier if clause.operator == "=="]
    if not versions:
        return True
    try:
        return have.specifier.contains(Version(versions[0]), prereleases=True)
    except InvalidVersion:
        return False


def _lowest(ours: Requirement) -> Numbers | None:
    """The lowest version that we need; None where one version is named."""
    bounds = pep440_bounds(ours.specifier)
    return bounds.lowest if bounds.below is None and bounds.lowest > (0, 0, 0) else None


def _is_older(have: Requirement, ours: Requirement) -> bool:
    """Whether a version under `have` that is not ours can only be an older one."""
    try:
        limits = [
            Version(clause.version.removesuffix(".*"))
            for clause in have.specifier
            if clause.operator in ("==", "<", "<=", "~=")
        ]
        wanted = [Version(clause.version) for clause in ours.specifier if clause.operator == "=="]
    except InvalidVersion:
        return False
    return bool(limits and wanted) and min(limits) <= wanted[0]


def _show(requirement: Requirement) -> str:
    return requirement.url or str(requirement.specifier).removeprefix("==") or "any version"


def python_report(have: str, wanted: str) -> str | None:
    """A sentence if the project allows a Python that our code does not run on."""
    if not have or not wanted:
        return None
    try:
        theirs, ours = SpecifierSet(poetry_range(have)), SpecifierSet(wanted)
    except InvalidSpecifier:
        return None
    older = [
        f"3.{minor}"
        for minor in range(7, 20)
        if f"3.{minor}" in theirs and f"3.{minor}" not in ours
    ]
    return f"Python {have} is allowed here, the generated code needs {wanted}" if older else None


def from_poetry(name: str, value: Any) -> Requirement | None:
    """An entry of Poetry's or Pipenv's tables as a dependency; None if it is not by version."""
    if isinstance(value, list):
        value = value[0] if value else "*"
    extras = ""
    if isinstance(value, dict):
        if any(isinstance(extra, str) and extra for extra in value.get("extras", ())):
            extras = f"[{','.join(value['extras'])}]"
        source = value.get("git") or value.get("path") or value.get("url") or value.get("file")
        if source:
            return parse(f"{name}{extras} @ {source}")
        value = value.get("version", "*")
    return parse(f"{name}{extras}{poetry_range(str(value))}")


def as_poetry(text: str) -> tuple[str, str]:
    """A dependency of ours as key and value, in TOML, of Poetry's and Pipenv's tables."""
    requirement = Requirement(text)
    version = str(requirement.specifier) or "*"
    fields = [f'version = "{version}"']
    if requirement.extras:
        fields.append(
            f"extras = [{', '.join(f'{chr(34)}{extra}{chr(34)}' for extra in sorted(requirement.extras))}]"
        )
    if requirement.marker:
        # A marker quotes with one kind of quote; in TOML it takes the other.
        marker = str(requirement.marker).replace('"', "'")
        fields.append(f'markers = "{marker}"')
    return requirement.name, f'"{version}"' if len(fields) == 1 else "{" + ", ".join(fields) + "}"


def poetry_range(text: str) -> str:
    """Poetry's `^1.2`, `~1.2`, `1.2.3` and `*` as PEP 440 writes them; anything else as it is."""
    ranges = []
    for part in text.split(","):
        part = part.strip()
        match = re.fullmatch(r"([\^~]?)\s*(\d+(?:\.\d+)*(?:\.\*)?)", part)
        if part in ("", "*"):
            continue
        if not match:
            ranges.append(part)
        elif not match[1] or match[2].endswith("*"):
            ranges.append(f"=={match[2]}")
        else:
            ranges.append(f">={match[2]},<{_next(match[2], match[1])}")
    return ",".join(ranges)


def _next(version: str, sign: str) -> str:
    """The version that a caret or tilde range ends before."""
    numbers = [int(number) for number in version.split(".")]
    if sign == "~":
        keep = min(len(numbers), 2)
    else:
        keep = next((at + 1 for at, number in enumerate(numbers) if number), len(numbers))
    return ".".join(map(str, [*numbers[: keep - 1], numbers[keep - 1] + 1]))

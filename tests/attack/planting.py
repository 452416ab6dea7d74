"""Faults, planted in a project one at a time: the attacks have to find each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_name("faults.yml")


@dataclass(frozen=True)
class Change:
    """A text that stands once in a file, and what takes its place."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Fault:
    """A fault of the project of a style, and the kind of attack that has to find it."""

    name: str
    style: str
    kind: str
    changes: tuple[Change, ...]


def faults(styles: Sequence[str]) -> list[Fault]:
    """The faults of some styles."""
    found: list[dict[str, Any]] = yaml.safe_load(LIST.read_text())
    return [
        Fault(
            item["name"],
            item["style"],
            item["kind"],
            tuple(Change(**change) for change in item["changes"]),
        )
        for item in found
        if item["style"] in styles
    ]


@contextmanager
def planted(fault: Fault, folder: Path) -> Iterator[None]:
    """The project in a folder with a fault, and without it afterwards.

    Raises AssertionError where a text does not stand exactly once: then nobody knows what was planted.
    """
    before = {change.file: (folder / change.file).read_text() for change in fault.changes}
    after = dict(before)
    for change in fault.changes:
        count = after[change.file].count(change.old)
        assert count == 1, f"{fault.name}: `{change.old}` stands {count} times in {change.file}"
        after[change.file] = after[change.file].replace(change.old, change.new)
    try:
        for name, text in after.items():
            (folder / name).write_text(text)
        yield
    finally:
        for name, text in before.items():
            (folder / name).write_text(text)

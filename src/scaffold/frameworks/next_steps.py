"""What to do after a command: install, migrate, test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from scaffold.frameworks.base import Advice, Change, Merging, Stack
from scaffold.frameworks.registry import framework_of, orm_of
from scaffold.frameworks.standing import enter
from scaffold.manifest.manifest import Manifest


def after_change(
    stack: Stack,
    root: Path,
    manifest: Manifest,
    changed: Iterable[str],
    before: Manifest | None = None,
    contents: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[str, ...]:
    """The next steps; `stack` holds the conventions of that group, `changed` the paths that the command wrote.

    `before` is the manifest as it was, if there was one: what it alone has is to be dropped. `contents` are
    files as the command leaves them.
    """
    change = Change(before, manifest, [*changed], contents)
    return tuple(framework_of(stack).after_change(orm_of(stack), root, change))


def after_new(stack: Stack, path: str) -> tuple[str, ...]:
    """The first steps in a new service."""
    steps = framework_of(stack).after_new(orm_of(stack))
    return (enter(path), *steps, "scaffold endpoint NAME FIELD ...")


def after_drop(stack: Stack, root: Path, manifest: Manifest) -> tuple[str, ...]:
    """The steps after a table's definition was removed: its migration can wait until nothing reads the table."""
    return tuple(framework_of(stack).after_drop(orm_of(stack), root, manifest))


def after_merge(stack: Stack, root: Path, manifest: Manifest, merging: Merging) -> Advice:
    """What the ORM's own tool has to do after a git merge, and sentences about it."""
    return framework_of(stack).after_merge(orm_of(stack), root, manifest, merging)

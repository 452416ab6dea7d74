"""A formatter of a project: what it is called, where it is, what it reads, and how it is told to write files anew."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Config(NamedTuple):
    """A file of configuration; `code` is whether something runs if the tool reads it, a plugin or the file itself."""

    path: Path
    text: str
    code: bool = False


class Tool(NamedTuple):
    """A formatter in a project.

    `top` is the folder of its git repository, or its own; `commands` are what runs, one after the other, each with
    the paths of the files at its end; without them the files go through Prettier's own interface. `packages` are the
    folders that have to come from an installer. `suffixes` are the files that it knows.
    """

    name: str
    title: str
    top: Path
    root: Path
    suffixes: tuple[str, ...]
    version: str = ""
    configs: tuple[Config, ...] = ()
    besides: tuple[Config, ...] = ()
    """What else it goes by: ignored paths, `.editorconfig`."""
    packages: tuple[Path, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    install: str = ""
    """The command that installs it, where it is configured and not there."""

    @property
    def is_installed(self) -> bool:
        """Whether it can run at all."""
        return bool(self.version)

    @property
    def shown_version(self) -> str:
        """Its version, as far as it says one."""
        found = re.search(r"\d[\w.-]*", self.version)
        return found[0] if found else ""

    @property
    def runs_code(self) -> tuple[str, ...]:
        """What of its configuration is code of somebody else's, as paths from the project."""
        return tuple(shown(self.root, one.path) for one in self.configs if one.code)

    @property
    def where(self) -> str:
        """The files that configure it, as the user sees them."""
        names = [shown(self.root, one.path) for one in self.configs]
        return ", ".join(names[:3]) or "no configuration"


Texts = Mapping[str, Sequence[str]]
"""Texts to be formatted, each under its path from `top`, as POSIX."""


def shown(root: Path, path: Path) -> str:
    """A path as the user sees it from the project's folder."""
    return os.path.relpath(path, root)

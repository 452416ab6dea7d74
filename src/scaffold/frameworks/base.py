"""What a framework and an ORM have to know: one object each, in place of branches on their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides

Values = Mapping[str, Mapping[str, Any]]
"""Conventions by group."""

Stack = Mapping[str, str]
"""The conventions of the group `stack`."""


History = Callable[[str], list[tuple[bytes, bytes]]]
"""Of a path: its bytes before and after each command on record that changed it, the oldest first."""


class Application(NamedTuple):
    """Where a FastAPI application is made: the module's path, its package's folder and import path."""

    module: str
    folder: str
    package: str
    variable: str | None = None


class Detected(NamedTuple):
    """What a folder without a manifest is: empty, or somebody's application.

    `foreign` are paths that are the user's from the start, `application` is where the endpoints go
    into it, by hand or by an addition.
    """

    service: bool
    name: str
    source: str
    alias: str
    framework: str | None = None
    foreign: tuple[str, ...] = ()
    application: Application | None = None


class Host(NamedTuple):
    """What our code uses of a project of somebody else's, as the manifest keeps it, and sentences about it."""

    values: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()


class Finding(NamedTuple):
    """One thing that `doctor` examined; `hint` says what to do if it is not `ok`.

    With `in_project` the hint begins with a command to run in the project's folder.
    """

    what: str
    ok: bool
    hint: str = ""
    in_project: bool = False


class Change(NamedTuple):
    """What a command wrote: the manifest before (None: there was none) and after it, and the paths.

    `contents` are files as the command leaves them, which a dry run only has here.
    """

    before: Manifest | None
    after: Manifest
    paths: Sequence[str]
    contents: Mapping[str, bytes] = {}


class Framework(Protocol):
    """A web framework: how its projects are recognised, extended, run and examined."""

    name: str
    title: str
    layout: tuple[str, str]
    """Folder of the source code of a new service, and its import alias."""
    language: str
    """`node` or `python`: whose formatters its projects have."""
    host_options: tuple[str, ...]
    """What a user can say of a project of theirs: keys of the manifest's `host`."""
    without_settings: str
    """What our code does in a project of somebody else's while a setting is missing, for a note."""

    def packages(self, tree: Mapping[str, str]) -> set[str]:
        """Names of packages that a new service installs: it cannot have the name of one."""
        ...

    def evidence(self, root: Path) -> tuple[str, str] | None:
        """The file that shows that the project in `root` uses it, and what that file depends on.

        Raises UserError if it cannot read a file that decides.
        """
        ...

    def detect(self, root: Path) -> Detected:
        """What the project in `root` is. Raises UserError if endpoints cannot be added to it."""
        ...

    def detect_adopted(self, root: Path, manifest: Manifest) -> Detected | None:
        """What an adopted project is, if its first endpoint needs more than the manifest says.

        Raises UserError as `detect` does.
        """
        ...

    def require_installed(self, root: Path, values: Values | None) -> None:
        """Raises UserError if what a project of somebody else's has, or asks for, cannot run our code.

        `values` decide what our code uses; None asks for what it uses in any case.
        """
        ...

    def host(
        self,
        root: Path,
        values: Values,
        said: Mapping[str, str],
        manifest: Manifest,
        *,
        fresh: bool,
    ) -> Host:
        """What our code uses of a project of somebody else's: what the user `said`, and in a fresh one what is certain.

        Raises UserError if the project has not what was said, or several things fit.
        """
        ...

    def host_facts(self, root: Path, manifest: Manifest | None) -> list[Finding]:
        """For `doctor`: what of the project our code would use, each with its source."""
        ...

    def settled(self, root: Path, values: Values, manifest: Manifest) -> Manifest:
        """The manifest of such a project, fit for what it has; its `host` holds what is certain, and what was said.

        Raises UserError if something has to be said, or cannot be used.
        """
        ...

    def strict_settings(self, root: Path) -> str | None:
        """Where settings of the project refuse names that they do not know in `.env`; None if none do."""
        ...

    def versions(self, root: Path, values: Values | None) -> list[Finding]:
        """The versions that decide, each with where it was read; without conventions, for any style."""
        ...

    def additions(
        self,
        top: Path,
        sides: Sides,
        plan: Plan,
        application: Application | None,
        *,
        formatted: bool = False,
    ) -> Plan:
        """The plan with what the user's own files need added."""
        ...

    def withdrawals(self, top: Path, before: Side, plan: Plan, history: History) -> Plan:
        """The plan, which deletes what we emitted, without our additions to the user's own files.

        Only what is certain to be ours goes; a note names the rest.
        """
        ...

    def after_leave(self, root: Path, paths: Sequence[str]) -> list[str]:
        """The steps after all of ours left a project of somebody else's; `paths` are the files that changed."""
        ...

    def conflicts(
        self, top: Path, sides: Sides, plan: Plan, application: Application | None
    ) -> tuple[str, ...]:
        """Sentences about routes of the user's that meet those that the plan adds.

        Only for a project that scaffold did not make. Raises UserError if they cannot stand side by side.
        """
        ...

    def after_new(self, orm: Orm) -> list[str]:
        """The first steps in the folder of a new service."""
        ...

    def after_change(self, orm: Orm, root: Path, change: Change) -> list[str]:
        """The steps after a command that wrote something."""
        ...

    def after_drop(self, orm: Orm, root: Path, manifest: Manifest) -> list[str]:
        """The steps after a table's definition was removed."""
        ...

    def after_merge(self, orm: Orm, root: Path, manifest: Manifest, merging: Merging) -> Advice:
        """What the ORM's own tool has to do after a git merge."""
        ...

    def machine(self, root: Path) -> Finding:
        """Whether the language's runtime is there, and new enough."""
        ...

    def examine(self, root: Path, manifest: Manifest, orm: Orm) -> list[Finding]:
        """What a scaffold project needs to run: installed packages, migrations."""
        ...


Script = tuple[str, ...]
"""A script of package.json and its options; empty if there is none."""


class Advice(NamedTuple):
    """Commands to run, in the project's folder, and sentences about them."""

    steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Merging(NamedTuple):
    """Paths of a git merge: what git could not settle, and what each side has but the base has not."""

    unmerged: Collection[str]
    ours: Collection[str]
    theirs: Collection[str]


class Orm(NamedTuple):
    """A database library: where its definitions and migrations are, and the scripts that run its own tool.

    Its tool makes migrations from the folder `definitions` (`hosted` in a project that has its own database) and
    writes the folder `tools`; they are empty if scaffold writes the migrations. `migrations` finds the files
    that make tables.
    """

    name: str
    migrations: Callable[[Path], Iterator[Path]]
    missing: str = ""
    """What brings back the migration of a table that has none, if the script `generate` does not."""
    definitions: str = ""
    hosted: str = ""
    tools: str = ""
    migrate: Script = ()
    generate: Script = ()
    drop: Script = ()
    deploy: Script = ()
    """What runs the migrations that its own tool made, if that does not."""
    builds: Mapping[str, bool] = MappingProxyType({})
    """Its packages that have an install script, and whether it has to run; some package managers ask."""
    after_merge: Callable[[Orm, Merging, str], Advice] = lambda orm, merging, generate: Advice()
    """The last argument is the command that runs `generate`."""

    def owns(self, path: str) -> bool:
        """Whether its tool writes the file."""
        return bool(self.tools) and path.startswith(self.tools)

    def defines(self, paths: Iterable[str]) -> bool:
        """Whether one of the files is a definition from which its tool makes migrations."""
        folders = [folder for folder in (self.definitions, self.hosted) if folder]
        return any(f"/{folder}" in f"/{path}" for path in paths for folder in folders)

"""FastAPI: its projects, what they need added, how they run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from scaffold.frameworks.base import (
    Advice,
    Application,
    Change,
    Detected,
    Finding,
    History,
    Host,
    Merging,
    Orm,
    Values,
)
from scaffold.frameworks.foreign_files import wanted_now
from scaffold.frameworks.migrations import without_migration
from scaffold.manifest.host import has_local_stack
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides
from scaffold.resources.names import slug
from scaffold.support.errors import UserError
from scaffold.support.project_files import regular_bytes

PYTHON: Final = (3, 11)
"""What the generated code is written for."""

PYPROJECT: Final = "pyproject.toml"
# What the packages of a service install in their turn; pip looks for a project of such a name in the project itself.
_BELOW: Final = frozenset(
    {
        "annotated-doc",
        "annotated-types",
        "anyio",
        "async-timeout",
        "certifi",
        "click",
        "coverage",
        "greenlet",
        "h11",
        "httpcore",
        "httpcore2",
        "httpx",
        "idna",
        "iniconfig",
        "librt",
        "mako",
        "markupsafe",
        "mypy-extensions",
        "packaging",
        "pathspec",
        "platformdirs",
        "pluggy",
        "pydantic-core",
        "pygments",
        "python-dotenv",
        "pytokens",
        "sniffio",
        "typing-extensions",
        "typing-inspection",
    }
)
_VENV: Final = "python -m venv .venv && .venv/bin/pip install -e '.[dev]'"


class FastApi:
    """See `Framework`."""

    name = "fastapi"
    title = "FastAPI"
    layout = ("app", "app")
    language = "python"
    host_options: tuple[str, ...] = ("current_user", "session", "formatter", "local_stack")
    without_settings = (
        "without ENVIRONMENT=production, a SQLite file and a secret of this machine stand in"
    )

    def packages(self, tree: Mapping[str, str]) -> set[str]:
        from scaffold.dependencies.pyproject import named, read

        return named(read(tree.get(PYPROJECT, ""), PYPROJECT)) | _BELOW

    def evidence(self, root: Path) -> tuple[str, str] | None:
        from scaffold.frameworks.fastapi.application import read_python

        file = read_python(root).where("fastapi")
        return (file, "fastapi") if file else None

    def detect(self, root: Path) -> Detected:
        from scaffold.frameworks.fastapi.application import (
            find_application,
            free_package,
            read_python,
        )

        python = read_python(root)
        application = find_application(root, python.entrypoint)
        source, alias = free_package(root, application)
        name = slug(python.name or root.name)
        # Never written, even if it is missing: what it would say goes into the user's own files.
        return Detected(False, name, source, alias, self.name, (PYPROJECT,), application)

    def detect_adopted(self, root: Path, manifest: Manifest) -> Detected | None:
        from scaffold.frameworks.fastapi.application import find_application, read_python

        if manifest.service:
            return None
        application = find_application(root, read_python(root).entrypoint, manifest.source)
        return Detected(
            False, manifest.name, manifest.source, manifest.alias, self.name, (), application
        )

    def require_installed(self, root: Path, values: Values | None) -> None:
        from scaffold.frameworks.fastapi import needs

        needs.require(root, values)

    def host(
        self,
        root: Path,
        values: Values,
        said: Mapping[str, str],
        manifest: Manifest,
        *,
        fresh: bool,
    ) -> Host:
        from scaffold.frameworks.fastapi.host import host_of, with_named

        stands_in = has_local_stack(manifest.host)
        found = Host()
        if fresh or said:
            application = _application(root, manifest)
            found = host_of(root, application, said, fresh=fresh, stands_in=stands_in)
        return found if stands_in else with_named(found, manifest)

    def host_facts(self, root: Path, manifest: Manifest | None) -> list[Finding]:
        from scaffold.frameworks.fastapi.host import facts

        seen = facts(root, _application(root, manifest), manifest.host if manifest else None)
        return [Finding(what, ok, hint) for what, ok, hint in seen]

    def strict_settings(self, root: Path) -> str | None:
        from scaffold.frameworks.fastapi.strict_settings import strict_settings

        return strict_settings(root)

    def settled(self, root: Path, values: Values, manifest: Manifest) -> Manifest:
        return manifest

    def versions(self, root: Path, values: Values | None) -> list[Finding]:
        from scaffold.frameworks.fastapi import needs

        return needs.findings(root, values)

    def additions(
        self,
        top: Path,
        sides: Sides,
        plan: Plan,
        application: Application | None,
        *,
        formatted: bool = False,
    ) -> Plan:
        wanted = wanted_now(sides, PYPROJECT)
        if not wanted and application is None:
            return plan
        from scaffold.frameworks.fastapi.additions import (
            beside_alembic,
            installed,
            python_dependencies,
        )
        from scaffold.frameworks.fastapi.host_checks import leave_out
        from scaffold.frameworks.fastapi.their_migrations import leave_ours_alone

        if wanted:
            plan = python_dependencies(top, plan, wanted)
            plan = leave_out(top, plan, sides.after.manifest.source, formatted=formatted)
            if "session" in sides.after.manifest.host:
                plan = leave_ours_alone(top, plan)
        if application is None:
            return plan
        plan = installed(top, plan, application, sides.after.manifest.alias)
        return plan if "session" in sides.after.manifest.host else beside_alembic(top, plan)

    def withdrawals(self, top: Path, before: Side, plan: Plan, history: History) -> Plan:
        from scaffold.frameworks.fastapi.leave import without_additions

        return without_additions(top, before, plan)

    def after_leave(self, root: Path, paths: Sequence[str]) -> list[str]:
        return []

    def conflicts(
        self, top: Path, sides: Sides, plan: Plan, application: Application | None
    ) -> tuple[str, ...]:
        from scaffold.frameworks.fastapi.conflicts import conflicts

        return conflicts(top, sides, plan, application)

    def after_new(self, orm: Orm) -> list[str]:
        return [_VENV, "cp .env.example .env", ".venv/bin/uvicorn main:app --reload"]

    def after_change(self, orm: Orm, root: Path, change: Change) -> list[str]:
        return _steps(root, change.after, change.paths)

    def after_drop(self, orm: Orm, root: Path, manifest: Manifest) -> list[str]:
        return _steps(root, manifest, ["/versions/"])

    def after_merge(self, orm: Orm, root: Path, manifest: Manifest, merging: Merging) -> Advice:
        return orm.after_merge(orm, merging, "")

    def machine(self, root: Path) -> Finding:
        from scaffold.frameworks.fastapi.interpreter import interpreter

        wanted = ".".join(map(str, PYTHON))
        name = f"Python {wanted} or newer"
        program, version = interpreter(root)
        if not program:
            return Finding(name, False, "install Python; the generated service runs on it")
        shown = ".".join(map(str, version)) or "of an unknown version"
        return Finding(name, not version or version >= PYTHON, f"{program} is {shown}")

    def examine(self, root: Path, manifest: Manifest, orm: Orm) -> list[Finding]:
        from scaffold.frameworks.fastapi.install_steps import python_tool
        from scaffold.frameworks.fastapi.interpreter import has_packages

        missing = without_migration(root, manifest)
        there = has_packages(root, ("fastapi", "sqlalchemy", "alembic"))
        steps = ("pip install -e '.[dev]'",) if manifest.service else python_tool(root).install
        findings = [
            Finding("dependencies installed", there, " && ".join(steps), True),
            Finding(
                "a migration for each table", not missing, f"{orm.missing} {', '.join(missing)}"
            ),
        ]
        if not manifest.service:
            findings.append(_has_endpoints(root, manifest))
        return findings


def _application(root: Path, manifest: Manifest | None) -> Application | None:
    """Where the application is made, if that is certain."""
    from scaffold.frameworks.fastapi.application import find_application, read_python

    try:
        ours = manifest.source if manifest else ""
        return find_application(root, read_python(root).entrypoint, ours)
    except UserError:
        return None


def _steps(root: Path, manifest: Manifest, paths: Sequence[str]) -> list[str]:
    migrates = any("/versions/" in path for path in paths)
    if manifest.service:
        install = [] if (root / ".venv").is_dir() else [_VENV]
        migrate = [f".venv/bin/python -m {manifest.alias}.migrate"] * migrates
        return [*install, *migrate, ".venv/bin/pytest"]
    from scaffold.frameworks.fastapi.host_checks import TESTS, pytest_options
    from scaffold.frameworks.fastapi.install_steps import python_tool, with_tests

    names = {path.rsplit("/", 1)[-1] for path in paths}
    touched = any(
        name in ("pyproject.toml", "Pipfile") or name.endswith((".txt", ".in")) for name in names
    )
    tool = python_tool(root)
    python = tool.python
    place = _import_folder(manifest)
    if place and not (tool.packaged and place == "src"):
        python = f"PYTHONPATH={shlex.quote(place)} {python}"
    first = with_tests(root, tool.install) if touched else ()
    migrate = [f"{python} -m {manifest.alias}.migrate"] * migrates
    # `python -m` finds a project that is not installed, and their `testpaths` does not hide our tests.
    # Their threshold of coverage is not meant for our tests alone.
    measured = " --no-cov" if "--cov" in pytest_options(root) else ""
    return [*first, *migrate, f"{python} -m pytest{measured} {TESTS}"]


def _import_folder(manifest: Manifest) -> str:
    """The folder from which Python finds our package; empty if that is the project's own, or not certain."""
    package = manifest.alias.replace(".", "/")
    source = manifest.source.removeprefix("./")
    return source.removesuffix(f"/{package}") if source.endswith(f"/{package}") else ""


def _has_endpoints(root: Path, manifest: Manifest) -> Finding:
    from scaffold.frameworks.fastapi.application import find_application, read_python
    from scaffold.frameworks.fastapi.install_call import Outcome, by_hand, install

    what = "the application has the endpoints"
    try:
        entrypoint = read_python(root).entrypoint
        application = find_application(root, entrypoint, manifest.source)
    except UserError as error:
        return Finding(what, False, error.message)
    text = regular_bytes(root / application.module).decode("utf-8", "replace")
    there = install(text, manifest.alias, application.variable).outcome is Outcome.THERE
    hint = f"{application.module}: {by_hand(manifest.alias, application.variable or 'app')}"
    return Finding(what, there, hint)

"""Next.js: its projects, what they need added, how they run."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scaffold.frameworks import next_scripts
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
    Script,
    Values,
)
from scaffold.frameworks.foreign_files import known_before, wanted_now, with_note
from scaffold.frameworks.migrations import without_migration
from scaffold.frameworks.next_package import package_additions
from scaffold.frameworks.package_managers import NPM, NodeProject, node_project
from scaffold.manifest.host import has_own_tool
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Plan
from scaffold.rendering.render import Side, Sides
from scaffold.resources.names import slug
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError
from scaffold.support.jsonc import read_object

PACKAGE: Final = "package.json"
_GENERATES: Final = "drizzle.config.ts"
_NO_ACCOUNTS: Final = (
    "you have no sign-in, so our endpoints take tokens of the issuer that settings name, and no accounts come; "
    "for Better Auth with accounts: `scaffold set --local-stack`"
)
NODE: Final = (22, 12)
"""What @supabase/supabase-js and vitest 5 ask for."""


class NextJs:
    """See `Framework`."""

    name = "nextjs"
    title = "Next.js"
    layout = ("src", "@/")
    language: str = "node"
    host_options: tuple[str, ...] = ("auth", "db", "formatter", "local_stack")
    without_settings = "while one is missing, our endpoints answer 503 and your app goes on"

    def packages(self, tree: Mapping[str, str]) -> set[str]:
        from scaffold.dependencies.package_json import sections

        found = sections(tree.get(PACKAGE, ""))
        return {*found.get("dependencies", {}), *found.get("devDependencies", {})}

    def evidence(self, root: Path) -> tuple[str, str] | None:
        if not (root / PACKAGE).is_file():
            return None
        data = read_object(root / PACKAGE)
        sections = [data.get(key) for key in ("dependencies", "devDependencies")]
        depends = any(isinstance(section, dict) and "next" in section for section in sections)
        return (PACKAGE, "next") if depends else None

    def detect(self, root: Path) -> Detected:
        if not (root / "tsconfig.json").is_file():
            raise UserError(
                f"`{root}` has no tsconfig.json; the generated code is TypeScript",
                f"`{node_project(root).manager.program} tsc --init`, or let `next dev` make one",
            )
        inside = (root / "src").is_dir() and not any(
            (root / name).is_dir() for name in ("app", "pages")
        )
        source = "src" if inside else "."
        name = read_object(root / PACKAGE).get("name")
        name = slug(name if isinstance(name, str) else root.name)
        return Detected(False, name, source, _alias(root, source), self.name)

    def detect_adopted(self, root: Path, manifest: Manifest) -> Detected | None:
        return None

    def require_installed(self, root: Path, values: Values | None) -> None:
        from scaffold.frameworks import next_config, next_tsconfig
        from scaffold.frameworks import next_needs as needs

        needs.require(root, values)
        if values is not None:
            next_tsconfig.require(root)
            next_config.require(root)

    def host(
        self,
        root: Path,
        values: Values,
        said: Mapping[str, str],
        manifest: Manifest,
        *,
        fresh: bool,
    ) -> Host:
        from scaffold.frameworks import next_needs as needs

        found = {"zod": "zod/v4"} if fresh and needs.has_zod_3(root) else {}
        if fresh or "auth" in said:
            from scaffold.frameworks.next_auth import SignIn

            sign_in = SignIn(root, manifest.source, manifest.alias)
            provider = values["auth"]["provider"]
            found |= sign_in.resolve(values["routing"]["prefix"], said.get("auth"), provider)
            if provider == "supabase" and "auth" not in found:
                from scaffold.frameworks.databases import variables

                name = variables.supabase_url(root)
                found |= {"supabase_url": name} if name else {}
        if fresh and (root / "tsconfig.json").is_file():
            from scaffold.frameworks import databases

            theirs = databases.found(root, values, manifest.source, manifest.alias)
            # What was said before, when the project was adopted, holds.
            found |= {key: one for key, one in theirs.items() if key not in manifest.host}
        if "db" in said:
            found["db"] = said["db"]
        notes: tuple[str, ...] = ()
        if fresh and values["auth"]["provider"] == "issuer" and "auth" not in found:
            notes = (_NO_ACCOUNTS,)
        return Host(found, notes)

    def host_facts(self, root: Path, manifest: Manifest | None) -> list[Finding]:
        from scaffold.frameworks.next_auth import SignIn

        if manifest is None:
            found = self.detect(root)
            return SignIn(root, found.source, found.alias).facts({})
        return SignIn(root, manifest.source, manifest.alias).facts(manifest.host)

    def strict_settings(self, root: Path) -> str | None:
        return None

    def settled(self, root: Path, values: Values, manifest: Manifest) -> Manifest:
        from scaffold.frameworks import databases
        from scaffold.frameworks import next_needs as needs

        # Before what is said of a Prisma: what helps there does not help here.
        needs.refuse_mysql(root)
        needs.refuse_old_prisma(root, values)
        return databases.settled(root, values, manifest)

    def versions(self, root: Path, values: Values | None) -> list[Finding]:
        from scaffold.frameworks import databases, next_config, next_tsconfig
        from scaffold.frameworks import next_needs as needs

        found = [*needs.findings(root, values), *next_tsconfig.findings(root)]
        found += next_config.findings(root)
        if not (root / "tsconfig.json").is_file():
            return found
        detected = self.detect(root)
        return found + databases.findings(root, detected.source, detected.alias)

    def additions(
        self,
        top: Path,
        sides: Sides,
        plan: Plan,
        application: Application | None,
        *,
        formatted: bool = False,
    ) -> Plan:
        wanted = wanted_now(sides, PACKAGE)
        if wanted is not None:
            plan = package_additions(top, plan, wanted, known_before(sides, PACKAGE))
        if formatted and any(
            change.path == _GENERATES and not change.before for change in plan.changes
        ):
            where = sides.after.manifest.host.get("migrations", "drizzle")
            plan = with_note(
                plan,
                f"{where}/meta is to come, in Drizzle's own format: leave it out of your formatter",
            )
        if not {"db", "migrations"} & {*sides.after.manifest.host}:
            return plan
        from scaffold.frameworks import databases

        return databases.additions(top, sides, plan)

    def withdrawals(self, top: Path, before: Side, plan: Plan, history: History) -> Plan:
        from scaffold.frameworks.next_leave import without_additions

        plan = without_additions(top, before, plan, history(PACKAGE))
        if "db" not in before.manifest.host:
            return plan
        from scaffold.frameworks import databases

        return databases.withdrawals(top, before, plan, history)

    def after_leave(self, root: Path, paths: Sequence[str]) -> list[str]:
        return [node_project(root).manager.install] if PACKAGE in paths else []

    def conflicts(
        self, top: Path, sides: Sides, plan: Plan, application: Application | None
    ) -> tuple[str, ...]:
        from scaffold.frameworks.next_conflicts import conflicts

        return conflicts(top, sides, plan)

    def after_new(self, orm: Orm) -> list[str]:
        generate = [NPM.run(*orm.generate)] if orm.generate else []
        return [NPM.install, *generate, NPM.run("dev")]

    def after_change(self, orm: Orm, root: Path, change: Change) -> list[str]:
        steps = []
        project = _project(root, change.after)
        if PACKAGE in change.paths or not project.is_installed:
            # Whoever has that library has decided on its install scripts.
            builds = {} if "db" in change.after.host else orm.builds
            steps.append(project.install({"esbuild": False, **builds}))
        scripts = _scripts(root, change.after, change.contents.get(PACKAGE))
        script: Script = ()
        if "db" in change.after.host and orm.defines(change.paths):
            from scaffold.frameworks import databases

            changed_ones = [
                one.name
                for one in change.after.resources
                if any(orm.defines([path]) and Path(path).stem == one.name for path in change.paths)
            ]
            theirs = databases.steps(root, project, orm, changed_ones)
            return [*steps, *theirs, project.run(scripts, "test")]
        is_own_tool = has_own_tool(change.after.host)
        if orm.defines(change.paths):
            script = orm.drop if _loses_columns(change) and not is_own_tool else orm.generate
        elif any(path.startswith("migrations/") for path in change.paths):
            script = orm.migrate
        if script:
            steps.append(project.run(scripts, *script))
        if script and "migrations" in change.after.host:
            from scaffold.frameworks.databases import supabase

            steps += supabase.steps(root, project)
        elif script == orm.generate and is_own_tool and orm.deploy:
            steps.append(project.run(scripts, *orm.deploy))
        return [*steps, project.run(scripts, "test")]

    def after_drop(self, orm: Orm, root: Path, manifest: Manifest) -> list[str]:
        project = _project(root, manifest)
        scripts = _scripts(root, manifest)
        if "db" in manifest.host:
            from scaffold.frameworks import databases

            return [*databases.steps(root, project, orm), project.run(scripts, "test")]
        is_own_tool = has_own_tool(manifest.host)
        script = (orm.generate if is_own_tool else orm.drop) or orm.migrate
        return [*([project.run(scripts, *script)] if script else []), project.run(scripts, "test")]

    def after_merge(self, orm: Orm, root: Path, manifest: Manifest, merging: Merging) -> Advice:
        project, scripts = _project(root, manifest), _scripts(root, manifest)
        if "db" in manifest.host:
            from scaffold.frameworks import databases

            return Advice((*databases.steps(root, project, orm),))
        generate = project.run(scripts, *orm.generate) if orm.generate else ""
        return orm.after_merge(orm, merging, generate)

    def machine(self, root: Path) -> Finding:
        import subprocess

        wanted = ".".join(map(str, NODE))
        name = f"Node.js {wanted} or newer"
        node = shutil.which("node")
        if node is None:
            return Finding(name, False, "install Node.js; the generated service runs on it")
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
        return Finding(name, numbers >= NODE, f"this is {version.strip()}")

    def examine(self, root: Path, manifest: Manifest, orm: Orm) -> list[Finding]:
        missing = without_migration(root, manifest)
        project = _project(root, manifest)
        scripts = _scripts(root, manifest)
        again = orm.missing or (project.run(scripts, *orm.generate) if orm.generate else "")
        if "db" in manifest.host:
            from scaffold.frameworks import databases

            again = " && ".join(databases.steps(root, project, orm))
            # What they push has no migration.
            missing = missing if databases.migrations(root) else []
        again = f"{again} ({', '.join(missing)})"
        return [
            Finding("dependencies installed", project.is_installed, project.manager.install, True),
            Finding("a migration for each table", not missing, again, True),
        ]


def _project(root: Path, manifest: Manifest) -> NodeProject:
    """The project's package manager; a service that scaffold made has npm, as its README says."""
    return NodeProject(NPM, root, root) if manifest.service else node_project(root)


def _scripts(root: Path, manifest: Manifest, planned: bytes | None = None) -> next_scripts.Scripts:
    """The scripts by which ours are found; in a service that scaffold made they have their own names."""
    return {} if manifest.service else next_scripts.scripts_of(root, planned)


def _loses_columns(change: Change) -> bool:
    if change.before is None:
        return False
    tables = {resource.stored_in: _columns(resource) for resource in change.after.resources}
    return any(
        not _columns(resource) <= tables[resource.stored_in]
        for resource in change.before.resources
        if resource.stored_in in tables
    )


def _columns(resource: Resource) -> set[str]:
    """The columns that a resource states itself, and not by a convention."""
    fields = {field.stored_in for field in resource.fields}
    return fields | {"deleted_at"} if resource.soft_delete else fields


def _alias(root: Path, source: str) -> str:
    """The source folder's import alias in tsconfig.json, or empty: then imports are relative."""
    options = read_object(root / "tsconfig.json").get("compilerOptions")
    paths: Any = options.get("paths") if isinstance(options, dict) else None
    if not isinstance(paths, dict):
        return ""
    base = options.get("baseUrl", ".") if isinstance(options, dict) else "."
    for pattern, targets in paths.items():
        if not re.fullmatch(r"(?:[A-Za-z0-9@~#$_-]+/)+\*|[@~#]\*", pattern) or not isinstance(
            targets, list
        ):
            continue
        for target in targets:
            if not isinstance(target, str) or not target.endswith("*"):
                continue
            folder = os.path.normpath(os.path.join(str(base), target[:-1] or "."))
            if folder == source:
                return str(pattern[:-1])
            if folder == ".":
                return f"{pattern[:-1]}{source}/"
    return ""

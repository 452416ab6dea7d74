"""What a machine and a project need, examined one by one."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scaffold.api.status import status
from scaffold.frameworks.detect import detect, find_root, has_migration, recognise
from scaffold.frameworks.fastapi.application import find_application, read_python
from scaffold.frameworks.fastapi.install_call import Outcome, by_hand, install
from scaffold.frameworks.next_steps import install_python
from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.table_history import writes_migrations
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch, is_url
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST

# What @supabase/supabase-js and vitest 5 ask for.
NODE = (22, 12)
# What the generated Python is written for.
PYTHON = (3, 11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined; `hint` says what to do where it is not `ok`."""

    what: str
    ok: bool
    hint: str = ""


def examine(project: str | None = None) -> list[Finding]:
    """All findings, for the machine first. Raises UserError where `project` is no folder."""
    findings = [_git()]
    root = find_root(project)
    if (root / MANIFEST).is_file():
        return findings + _project(root)
    try:
        recognised = recognise(root)
        findings += [_python(root) if recognised.python else _node()]
        detect(root, recognised)
        findings.append(Finding(f"`{root}` can take endpoints", True))
    except UserError as error:
        findings += [_node()] * (len(findings) == 1)
        findings.append(Finding(f"`{root}` can take endpoints", False, error.message))
    try:
        newest()
        findings.append(Finding("templates", True))
    except UserError as error:
        findings.append(Finding("templates", False, error.message))
    return findings


def _git() -> Finding:
    return Finding("git", shutil.which("git") is not None, "install git")


def _node() -> Finding:
    wanted = ".".join(map(str, NODE))
    name = f"Node.js {wanted} or newer"
    node = shutil.which("node")
    if node is None:
        return Finding(name, False, "install Node.js; the generated service runs on it")
    version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    return Finding(name, numbers >= NODE, f"this is {version.strip()}")


def _python(root: Path) -> Finding:
    wanted = ".".join(map(str, PYTHON))
    name = f"Python {wanted} or newer"
    program = _interpreter(root)
    if program is None:
        return Finding(name, False, "install Python; the generated service runs on it")
    code = "import sys; print(*sys.version_info[:2])"
    version = subprocess.run([program, "-c", code], capture_output=True, text=True).stdout.split()
    numbers = tuple(map(int, version))
    return Finding(name, numbers >= PYTHON, f"{program} is {'.'.join(version)}")


def _interpreter(root: Path) -> str | None:
    """The project's own Python, else the one on the path."""
    for folder in (".venv", "venv"):
        if (root / folder / "bin/python").exists():
            return str(root / folder / "bin/python")
    return shutil.which("python3") or shutil.which("python")


def _project(root: Path) -> list[Finding]:
    try:
        manifest = manifests.load(root)
        assert manifest is not None
        templates = Templates(fetch(manifest.version))
        framework = templates.context(manifest)["conventions"]["stack"]["framework"]
        files = status(str(root)).files
    except UserError as error:
        return [Finding(f"project in `{root}`", False, error.message)]
    conflicts = [item.path for item in files if item.state == "conflict"]
    findings = [
        Finding(f"project in `{root}`", True),
        _source(root, manifest),
        Finding("no conflict markers", not conflicts, f"settle {', '.join(conflicts)}"),
    ]
    if framework == "fastapi":
        return [_python(root), *findings, *_fastapi(root, manifest)]
    missing = [
        item.name
        for item in manifest.resources
        if not item.dropped and not has_migration(root, item.stored_in)
    ]
    # Where scaffold wrote them, they were deleted.
    made = writes_migrations(templates.schema, templates.context(manifest)["conventions"])
    command = "git checkout -- migrations" if made else "npm run db:generate"
    return [
        _node(),
        *findings,
        Finding("dependencies installed", (root / "node_modules").is_dir(), "npm install"),
        Finding("a migration for each table", not missing, f"{command} ({', '.join(missing)})"),
    ]


def _source(root: Path, manifest: Manifest) -> Finding:
    """Nothing is wrong with a bundle or a path, but Renovate passes them over without a word."""
    source, commit = manifest.version
    what = f"templates {commit} from `{source}`"
    if (root / "renovate.json").is_file() and not is_url(source):
        what += "; for Renovate `_src_path` has to be a git URL (scaffold's docs/many-projects.md)"
    return Finding(what, True)


def _fastapi(root: Path, manifest: Manifest) -> list[Finding]:
    missing = [
        item.name
        for item in manifest.resources
        if not item.dropped and not has_migration(root, item.stored_in)
    ]
    program = _interpreter(root)
    code = "import fastapi, sqlalchemy, alembic"
    installed = (
        program and not subprocess.run([program, "-c", code], capture_output=True).returncode
    )
    steps = ["pip install -e '.[dev]'"] if manifest.service else install_python(root)
    findings = [
        Finding("dependencies installed", bool(installed), "; ".join(steps)),
        Finding(
            "a migration for each table", not missing, f"alembic revision, for {', '.join(missing)}"
        ),
    ]
    if not manifest.service:
        findings.append(_installed(root, manifest))
    return findings


def _installed(root: Path, manifest: Manifest) -> Finding:
    what = "the application has the endpoints"
    try:
        entrypoint = read_python(root).entrypoint
        application = find_application(root, entrypoint, manifest.source)
    except UserError as error:
        return Finding(what, False, error.message)
    text = (root / application.module).read_text("utf-8", "replace")
    there = install(text, manifest.alias, application.variable).outcome is Outcome.THERE
    hint = f"{application.module}: {by_hand(manifest.alias, application.variable or 'app')}"
    return Finding(what, there, hint)

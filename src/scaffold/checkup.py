"""What a machine and a project need, examined one by one."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scaffold import manifest as manifests
from scaffold.api import status
from scaffold.errors import UserError
from scaffold.manifest import FILE
from scaffold.project import detect, find_root, has_migration
from scaffold.source import fetch, newest

# What @supabase/supabase-js and vitest 5 ask for.
NODE = (22, 12)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined; `hint` says what to do where it is not `ok`."""

    what: str
    ok: bool
    hint: str = ""


def examine(project: str | None = None) -> list[Finding]:
    """All findings, for the machine first. Raises UserError where `project` is no folder."""
    findings = [_git(), _node()]
    root = find_root(project)
    if (root / FILE).is_file():
        return findings + _project(root)
    try:
        detect(root)
        findings.append(Finding(f"`{root}` can take endpoints", True))
    except UserError as error:
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


def _project(root: Path) -> list[Finding]:
    try:
        manifest = manifests.load(root)
        assert manifest is not None
        fetch(manifest.version)
        files = status(str(root))
    except UserError as error:
        return [Finding(f"project in `{root}`", False, error.message)]
    conflicts = [item.path for item in files if item.state == "conflict"]
    missing = [item.name for item in manifest.resources if not has_migration(root, item.name)]
    return [
        Finding(f"project in `{root}`", True),
        Finding("no conflict markers", not conflicts, f"settle {', '.join(conflicts)}"),
        Finding("dependencies installed", (root / "node_modules").is_dir(), "npm install"),
        Finding(
            "a migration for each table", not missing, f"npm run db:generate ({', '.join(missing)})"
        ),
    ]

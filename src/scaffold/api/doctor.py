"""What a machine and a project need, examined one by one."""

from __future__ import annotations

import shutil
from pathlib import Path

from scaffold.api.forms import formatter_facts
from scaffold.api.status import status
from scaffold.frameworks.base import Finding, Framework
from scaffold.frameworks.detect import detect, find_root, recognise_all
from scaffold.frameworks.registry import framework_of, frameworks, orm_of, stack_of
from scaffold.manifest import manifest as manifests
from scaffold.manifest.host import has_local_stack
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch, is_url
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST


@only_known()
def examine(project: str | None = None) -> list[Finding]:
    """All findings, those about the machine first. Raises UserError if `project` is not a folder."""
    findings = [_git()]
    root = find_root(project)
    if (root / MANIFEST).is_file():
        return findings + _project(root)
    usual = frameworks()[0]
    try:
        every = recognise_all(root)
    except UserError as error:
        findings += [usual.machine(root), Finding(_takes(root), False, error.message)]
        every = []
    for one in every:
        of = f" of {one.framework.title}" if one.framework and len(every) > 1 else ""
        findings.append((one.framework or usual).machine(root))
        try:
            detect(root, one)
            findings.append(Finding(_takes(root) + of, True))
            if one.framework:
                findings += one.framework.versions(root, None)
                findings += one.framework.host_facts(root, None)
                findings += formatter_facts(root, one.framework.language, "")
        except UserError as error:
            findings.append(Finding(_takes(root) + of, False, error.message))
    try:
        newest()
        findings.append(Finding("templates", True))
    except UserError as error:
        findings.append(Finding("templates", False, error.message))
    return findings


def _takes(root: Path) -> str:
    return f"`{root}` can take endpoints"


def _git() -> Finding:
    return Finding("git", shutil.which("git") is not None, "install git")


def _project(root: Path) -> list[Finding]:
    try:
        manifest = manifests.load(root)
        assert manifest is not None
        templates = Templates(fetch(manifest.version))
        stack = stack_of(templates, manifest)
        values = templates.conventions(manifest)
        framework = framework_of(stack)
        versions = []
        if not manifest.service:
            versions += framework.versions(root, values)
            versions += framework.host_facts(root, manifest)
            versions += _stand_ins(framework, manifest)
        said = manifest.host.get("formatter", "")
        versions += formatter_facts(root, framework.language, said)
        files = status(str(root)).files
    except UserError as error:
        return [Finding(f"project in `{root}`", False, error.message)]
    conflicts = [file.path for file in files if file.state == "conflict"]
    return [
        framework.machine(root),
        Finding(f"project in `{root}`", True),
        _source(root, manifest),
        Finding("no conflict markers", not conflicts, f"settle {', '.join(conflicts)}"),
        *framework.examine(root, manifest, orm_of(stack)),
        *versions,
    ]


def _stand_ins(framework: Framework, manifest: Manifest) -> list[Finding]:
    """Whether a database and a sign-in stand in on a developer's machine."""
    if "local_stack" not in framework.host_options:
        return []
    said = "come with our code; `scaffold set --no-local-stack` takes them away"
    if not has_local_stack(manifest.host):
        said = "none; `scaffold set --local-stack` brings them"
    return [Finding(f"stand-ins for a database and a sign-in: {said} (.copier-answers.yml)", True)]


def _source(root: Path, manifest: Manifest) -> Finding:
    """A bundle or a path is fine, but Renovate skips both silently."""
    source, commit = manifest.version
    what = f"templates {commit} from `{source}`"
    if (root / "renovate.json").is_file() and not is_url(source):
        what += "; for Renovate, `_src_path` must be a git URL (scaffold's docs/many-projects.md)"
    return Finding(what, True)

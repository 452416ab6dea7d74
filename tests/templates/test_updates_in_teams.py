"""What services bring for pull requests of updates: Renovate's configuration and the job that stops at conflicts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates, Tree
from scaffold.sources.address import fetch
from scaffold.sources.versions import newest
from tools.source import commit, git

CONFLICT = "<<<<<<< before updating\nmine\n=======\ntheirs\n>>>>>>> after updating\n"


@pytest.fixture(scope="module", params=["supabase", "fastapi"])
def tree(request: pytest.FixtureRequest) -> Tree:
    version = newest()
    manifest = Manifest(version, request.param, "clinic", source="src", alias="@/")
    if request.param == "fastapi":
        manifest = Manifest(version, request.param, "clinic", source="app", alias="app")
    return Templates(fetch(version)).render(manifest)


def jobs_of(tree: Tree) -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(tree[".github/workflows/ci.yml"])["jobs"]
    return jobs


def test_the_projects_own_checks_wait_for_the_conflicts(tree: Tree) -> None:
    jobs = jobs_of(tree)
    assert list(jobs) == ["conflicts", "check"]
    assert jobs["check"]["needs"] == "conflicts"
    # YAML 1.1 reads `on` as true.
    assert "pull_request" in yaml.safe_load(tree[".github/workflows/ci.yml"])[True]


@pytest.mark.parametrize(
    ("path", "text", "stops"),
    [
        ("a.ts", f"let a;\n{CONFLICT}", True),
        ("a b.md", CONFLICT.replace("\n", "\r\n"), True),
        ("a.ts.rej", "@@ -1 +1 @@\n", True),
        ("untracked", CONFLICT, False),
        ("title.md", "Title\n=======\n\n> quoted\n", False),
        ("indented.md", "\n".join(f"    {line}" for line in CONFLICT.splitlines()), False),
        ("half.txt", "<<<<<<< is how a conflict begins\n", False),
        ("arrows.txt", ">>>>>>> and <<<<<<<\n=======\n", False),
    ],
)
def test_the_job_stops_at_conflicts_and_at_nothing_else(
    path: str, text: str, stops: bool, tree: Tree, tmp_path: Path
) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/ci.yml").write_text(tree[".github/workflows/ci.yml"])
    (tmp_path / "README.md").write_text(tree["README.md"])
    git(tmp_path, "init", "--quiet")
    if path != "untracked":
        (tmp_path / path).write_text(text, newline="")
    commit(tmp_path, "All")
    if path == "untracked":
        (tmp_path / path).write_text(text)
    script = jobs_of(tree)["conflicts"]["steps"][-1]["run"]
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) is stops, done.stdout + done.stderr
    assert (path in done.stdout) is stops


def test_renovate_groups_and_has_templates_in_a_pull_request_of_their_own(tree: Tree) -> None:
    config = json.loads(tree["renovate.json"])
    assert config["extends"] == ["config:recommended", "schedule:weekly"]
    assert config["copier"] == {"enabled": True}
    everything, templates = config["packageRules"]
    # The later rule wins, so templates are not in the group of the dependencies.
    assert everything["matchPackageNames"] == ["*"]
    assert templates["matchManagers"] == ["copier"]
    assert templates["groupName"] != everything["groupName"]
    assert templates["automerge"] is False
    assert "postUpgradeTasks" not in tree["renovate.json"]


def test_a_project_of_somebody_elses_gets_neither() -> None:
    version = newest()
    tree = Templates(fetch(version)).render(Manifest(version, "supabase", "shop", service=False))
    assert not {"renovate.json", ".github/workflows/ci.yml"} & set(tree)

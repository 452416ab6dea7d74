"""Imports point one way, and the path of `scaffold endpoint` imports nothing slow."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[1]
# Each costs a tenth of a second or more, or brings something that does.
SLOW = {"black", "copier", "httpx", "hypothesis", "inflect", "mcp", "pydantic", "rich"}
# An endpoint has no use for these where all files of the project are in place.
SELDOM = {
    "scaffold.dependencies.package_json",
    "scaffold.frameworks.fastapi.application",
    "scaffold.support.merge",
}


def test_imports_point_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(program), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["endpoint", "grades", "title:string"],
        ["endpoint", "grades", "title:string", "--dry-run"],
        ["endpoint", "grades", "title:strng"],
        ["status"],
        ["--version"],
    ],
    ids=" ".join,
)
def test_nothing_slow_is_imported(args: list[str], run: Run, service: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    subprocess.run(["cp", "-R", str(service), str(project)], check=True)
    done = run(args, project, {"PYTHONPROFILEIMPORTTIME": "1"})
    imported = set(re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE))
    assert "scaffold.cli" in imported, done.stderr[:2000]
    assert not {name for name in imported if name.split(".")[0] in SLOW}
    assert not imported & SELDOM


def test_a_version_runs_with_an_empty_home(tmp_path: Path, run: Run) -> None:
    env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": ""}
    done = run(["new", "clinic", "--style", "supabase"], tmp_path, env)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path / ".cache") == ["scaffold"]

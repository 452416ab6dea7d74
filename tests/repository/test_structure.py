"""Imports point one way, the path of `scaffold endpoint` imports nothing slow, and tests mirror the rooms."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold import __version__
from tests.conftest import Run

ROOT = Path(__file__).resolve().parents[2]
# Each costs a tenth of a second or more, or brings something that does.
SLOW = {"black", "copier", "httpx", "hypothesis", "inflect", "mcp", "pydantic", "rich", "typer"}
# An endpoint has no use for these where all files of the project are in place.
SELDOM = {
    "scaffold.dependencies.package_json",
    "scaffold.frameworks.fastapi.application",
    "scaffold.kinds.definition",
    "scaffold.support.merge",
}
# Rooms of src/scaffold whose folder of tests has another name, as tests/support holds helpers.
RENAMED = {"support": "support_room"}
# Their tests are of whole commands.
WHOLE = {"api", "cli"}
# What everything else stands on.
CORE = [
    "conventions/envelope",
    "conventions/schema",
    "conventions/values",
    "manifest/manifest",
    "resources/fields",
    "resources/options",
    "resources/resource",
    "rendering/render",
    "rendering/sandbox",
    "branches/git_merge",
    "branches/merge_file",
    "branches/merge_manifest",
    "branches/merge_tree",
    "planning/plan",
    "writing/apply",
    "writing/undo_log",
    "support/merge",
]


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
        ["list"],
        ["field", "add", "assessments", "extra:int?"],
        ["status"],
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


def test_the_version_needs_no_command_line(run: Run, tmp_path: Path) -> None:
    done = run(["--version"], tmp_path, {"PYTHONPROFILEIMPORTTIME": "1"})
    assert done.stdout == f"scaffold {__version__}\n"
    imported = re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE)
    assert "scaffold" in imported and not {"typer", "scaffold.cli"} & {*imported}


def test_a_version_runs_with_an_empty_home(tmp_path: Path, run: Run) -> None:
    env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": ""}
    done = run(["new", "clinic", "--style", "supabase"], tmp_path, env)
    assert done.returncode == 0, done.stderr
    assert os.listdir(tmp_path / ".cache") == ["scaffold"]


def _imported(path: Path) -> set[str]:
    """Dotted names that a module imports: the modules, and what comes from them."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_no_module_of_tests_is_imported() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in files
        for name in _imported(path)
        if name.startswith("tests.") and any(part[:5] == "test_" for part in name.split("."))
    }
    assert found == set(), "what several tests use goes to tests/support"


def test_tests_of_a_room_are_called_as_its_modules() -> None:
    assert [*(ROOT / "tests").glob("test_*.py")] == [], "a test belongs into a folder"
    rooms = {path.parent for path in (ROOT / "src/scaffold").glob("*/__init__.py")}
    assert {*RENAMED, *WHOLE} <= {room.name for room in rooms}
    tested = set()
    for room in (room for room in rooms if room.name not in WHOLE):
        folder = ROOT / "tests" / RENAMED.get(room.name, room.name)
        for path in folder.rglob("test_*.py"):
            below = path.relative_to(folder).parent
            module = room / below / path.name.removeprefix("test_")
            assert module.exists(), f"{path.relative_to(ROOT)} tests no module of its room"
            tested.add(module.relative_to(ROOT / "src/scaffold").as_posix())
    for name in CORE:
        assert f"{name}.py" in tested, f"{name} has no test where a newcomer looks"

"""`scaffold adopt`: a manifest and nothing else; then a project is as one of ours."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from scaffold.manifest.manifest import load
from scaffold.support.project_files import MANIFEST
from tests.conftest import Run
from tests.support.cases import Case, call, prepare, snapshot
from tests.support.plain_copier import update
from tools.source import commit, git

# A resource with a child, whose files follow from both, and a table alone.
RESOURCES = [
    ["endpoint", "notes", "title:string"],
    ["endpoint", "replies", "body:text", "note:ref(notes)"],
    ["model", "rubrics", "weight:int"],
]


def files(project: Path) -> dict[str, Any]:
    """Everything but the records of `undo` and git's own."""
    hidden = (".scaffold", ".git/")
    return {path: it for path, it in snapshot(project).items() if not path.startswith(hidden)}


def lose_manifest(project: Path) -> bytes:
    text = (project / MANIFEST).read_bytes()
    (project / MANIFEST).unlink()
    shutil.rmtree(project / ".scaffold", ignore_errors=True)
    return text


def test_nothing_but_the_manifest_is_written(
    tmp_path: Path,
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project = prepare(Case("next", {}), tmp_path, service)
    (project / "tests").mkdir(exist_ok=True)
    (project / "tests/contract.config.mts").write_text("// mine\n")
    was = files(project)
    monkeypatch.chdir(project)
    assert call(["adopt", "--style", "supabase", "--json", "--diff"]) == 0
    answer = json.loads(capfd.readouterr().out)
    now = files(project)
    assert {path for path in now if now[path] != was.get(path)} == {MANIFEST}
    states = {item["path"]: item["state"] for item in answer["files"]}
    assert {path for path, state in states.items() if state == "foreign"} == {
        "package.json",
        "tests/contract.config.mts",
    }
    assert states["src/lib/api/errors.ts"] == "missing"
    assert [item["path"] for item in answer["coming"]] == ["package.json"]
    mine = next(item for item in answer["files"] if item["path"] == "tests/contract.config.mts")
    assert mine["diff"].endswith("+// mine\n")

    assert call(["status"]) == 0
    assert "deleted" not in capfd.readouterr().out
    assert call(["undo"]) == 0
    assert files(project) == was


def test_an_endpoint_reads_again_what_is_installed(
    tmp_path: Path,
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project = prepare(Case("next", {}), tmp_path, service)
    monkeypatch.chdir(project)
    assert call(["adopt", "--style", "supabase"]) == 0
    there = project / "node_modules/next/package.json"
    there.parent.mkdir(parents=True)
    there.write_text('{"version": "14.2.0"}')
    was = files(project)
    assert call(RESOURCES[0]) == 2
    assert "hint: npm install next@^15" in capfd.readouterr().err
    assert files(project) == was
    there.write_text('{"version": "15.1.0"}')
    assert call(RESOURCES[0]) == 0
    there.write_text('{"version": "14.2.0"}')
    assert call(RESOURCES[1]) == 2, "a later one looks, too"
    assert call(["remove", "notes"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("start", "style"), [("next", "libsql"), ("fastapi", "fastapi")])
def test_then_an_endpoint_is_as_without_it(
    start: str,
    style: str,
    tmp_path: Path,
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    trees = []
    for name, commands in (
        ("plain", [[*RESOURCES[0], "--style", style], *RESOURCES[1:]]),
        ("adopted", [["adopt", "--style", style], *RESOURCES]),
    ):
        (tmp_path / name).mkdir()
        project = prepare(Case(start, {}), tmp_path / name, service)
        monkeypatch.chdir(project)
        for words in commands:
            assert call(words) == 0, capfd.readouterr()
        trees.append(files(project))
    assert trees[0] == trees[1]


@pytest.mark.slow
@pytest.mark.parametrize("style", ["supabase", "prisma", "libsql", "fastapi"])
def test_a_service_that_lost_its_manifest(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["new", "clinic", "--style", style]) == 0
    project = tmp_path / "clinic"
    monkeypatch.chdir(project)
    for words in RESOURCES:
        assert call(words) == 0, capfd.readouterr()
    was = files(project)
    lose_manifest(project)
    capfd.readouterr()
    assert call(["adopt", "--style", style, "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert answer["service"]
    assert [item["name"] for item in answer["resources"]] == ["notes", "replies", "rubrics"]
    assert not [item for item in answer["files"] if item["state"] == "missing"]
    for words in RESOURCES:
        assert call(words) == 0, capfd.readouterr()
    assert files(project) == was


@pytest.mark.slow
@pytest.mark.parametrize(
    ("style", "path", "shown"),
    [
        ("libsql", "migrations/notes/0002_add.sql", True),
        ("fastapi", "app/migrations/versions/notes_add_rank.py", True),
        ("fastapi", "app/migrations/versions/notes_of_mine_add.py", False),
    ],
)
def test_later_migrations_are_named(
    style: str,
    path: str,
    shown: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["new", "clinic", "--style", style]) == 0
    project = tmp_path / "clinic"
    monkeypatch.chdir(project)
    for name in ("notes", "notes_of_mine"):
        assert call(["endpoint", name]) == 0
    (project / path).write_text("\n")
    lose_manifest(project)
    capfd.readouterr()
    assert call(["adopt", "--style", style, "--json"]) == 0
    said = " ".join(json.loads(capfd.readouterr().out)["messages"])
    assert ("`notes` has later migrations" in said) == shown
    assert (path.rpartition("/")[2] in said) or not shown


@pytest.mark.slow
def test_what_was_edited_is_foreign(
    service: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "clinic"
    shutil.copytree(service, project)
    monkeypatch.chdir(project)
    route = project / "src/app/api/assessments/route.ts"
    route.write_text(route.read_text() + "// mine\n")
    errors = project / "src/lib/api/errors.ts"
    errors.write_text(errors.read_text().replace("\n", "\r\n"))
    readme = project / "README.md"
    readme.write_text("# Mine\n")
    (project / "tests/api/health.test.ts").unlink()
    lose_manifest(project)
    was = files(project)
    assert call(["adopt", "--style", "supabase"]) == 0
    assert call(["endpoint", "assessments", "title:string{1..200}"]) == 0
    manifest = load(project)
    assert manifest is not None
    assert manifest.foreign == ("README.md", "src/app/api/assessments/route.ts")
    assert not manifest.adopted
    now = files(project)
    assert {path for path in now if now[path] != was.get(path)} == {
        MANIFEST,
        "tests/api/health.test.ts",
    }


@pytest.mark.slow
@pytest.mark.parametrize("style", ["supabase", "fastapi"])
def test_copier_updates_an_adopted_project(
    style: str,
    tmp_path: Path,
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,
) -> None:
    start = "fastapi" if style == "fastapi" else "next"
    project = prepare(Case(start, {}), tmp_path, service)
    git(project, "init", "--quiet", "--initial-branch=main")
    assert run(["adopt", "--style", style], project).returncode == 0
    commit(project, "Adopted")
    update(project)
    assert git(project, "status", "--porcelain") == ""
    assert os.path.exists(project / MANIFEST)

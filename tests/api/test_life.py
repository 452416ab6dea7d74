"""What commands do to a project over time: nothing twice, nothing by trial, nothing to the user's lines."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.support.folders import foreign_app, tree
from tools.source import commit, git

COMMANDS = [
    ["endpoint", "comments", "body:text{1..2000}", "assessment:ref(assessments)"],
    ["model", "rubrics", "weight:int"],
    ["set", "rate_limit.max=30"],
    ["remove", "assessments"],
]


pytestmark = pytest.mark.slow


@pytest.fixture
def project(service: Path, tmp_path: Path) -> Path:
    """A committed copy of the service, to change."""
    copy = tmp_path / "clinic"
    shutil.copytree(service, copy)
    if git(copy, "status", "--porcelain"):
        commit(copy, "Endpoint")
    return copy


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_dry_run_says_what_the_real_run_does_and_writes_nothing(
    command: list[str], project: Path, run: Run
) -> None:
    before = tree(project)
    dry = run([*command, "--dry-run", "--json"], project)
    assert dry.returncode == 0, dry.stderr
    assert tree(project) == before
    real = run([*command, "--json"], project)
    assert json.loads(dry.stdout)["changes"] == json.loads(real.stdout)["changes"] != []
    assert tree(project) != before


@pytest.mark.parametrize("command", COMMANDS[:3], ids=lambda words: words[0])
def test_the_same_command_again_changes_nothing(
    command: list[str], project: Path, run: Run
) -> None:
    assert run(command, project).returncode == 0
    once = tree(project)
    again = run(command, project)
    assert again.returncode == 0, again.stderr
    assert "nothing to change" in again.stdout
    assert tree(project) == once


def test_remove_gives_the_tree_back(project: Path, run: Run) -> None:
    before = tree(project)
    assert run(["endpoint", "notes"], project).returncode == 0
    assert tree(project) != before
    assert run(["remove", "notes"], project).returncode == 0
    assert tree(project) == before
    assert git(project, "status", "--porcelain") == ""


def test_remove_keeps_and_names_what_was_edited(project: Path, run: Run) -> None:
    assert run(["endpoint", "notes"], project).returncode == 0
    route = project / "src/app/api/notes/route.ts"
    route.write_text(route.read_text() + "// mine\n")
    done = run(["remove", "notes"], project)
    assert done.returncode == 0
    assert "src/app/api/notes/route.ts" in done.stdout
    assert route.read_text().endswith("// mine\n")
    assert not (project / "src/resources/notes").exists()


def test_remove_keeps_a_table_that_a_migration_made(project: Path, run: Run) -> None:
    migration = project / "drizzle/0000_init.sql"
    migration.parent.mkdir()
    migration.write_text('CREATE TABLE "assessments" (\n);\n')
    done = run(["remove", "assessments"], project)
    assert done.returncode == 0
    assert (project / "src/db/schema/assessments.ts").exists()
    assert not (project / "src/app/api/assessments").exists()
    assert "--drop-table" in done.stdout
    assert run(["remove", "assessments"], project).returncode == 2
    assert run(["endpoint", "assessments", "title:string{1..200}"], project).returncode == 0
    assert git(project, "status", "--porcelain", "--", "src") == ""
    assert run(["remove", "assessments", "--drop-table"], project).returncode == 0
    assert not (project / "src/db/schema/assessments.ts").exists()


def test_a_parent_with_children_stays(project: Path, run: Run) -> None:
    assert run(COMMANDS[0], project).returncode == 0
    before = tree(project)
    done = run(["remove", "assessments"], project)
    assert done.returncode == 2
    assert "`comments`" in done.stderr
    assert tree(project) == before


def test_a_changed_convention_is_merged_into_edited_files(project: Path, run: Run) -> None:
    route = project / "src/app/api/assessments/route.ts"
    route.write_text(route.read_text().replace("const { items", "// mine\n    const { items"))
    done = run(["set", "rate_limit.max=30", "rate_limit.window=1h"], project)
    assert done.returncode == 0, done.stdout
    assert "// mine" in route.read_text()
    assert route.read_text().count("max: 30,\n") == route.read_text().count("window: '1h',") == 2


def test_a_conflict_keeps_both_sides_and_says_so(project: Path, run: Run) -> None:
    route = project / "src/app/api/assessments/route.ts"
    route.write_text(route.read_text().replace("max: 60", "max: 61"))
    done = run(["set", "rate_limit.max=30"], project)
    assert done.returncode == 1
    assert "src/app/api/assessments/route.ts" in done.stdout
    text = route.read_text()
    assert "max: 61," in text and "max: 30," in text and "<<<<<<<" in text
    assert run(["status"], project).returncode == 1
    before = tree(project)
    again = run(["set", "rate_limit.max=40"], project)
    assert again.returncode == 2
    assert "src/app/api/assessments/route.ts" in again.stderr
    assert tree(project) == before


def test_a_deleted_file_stays_deleted(project: Path, run: Run) -> None:
    route = project / "src/app/api/assessments/route.ts"
    route.unlink()
    assert run(["set", "rate_limit.max=30"], project).returncode == 0
    assert not route.exists()
    assert "deleted    src/app/api/assessments/route.ts" in run(["status"], project).stdout


def test_an_empty_folder_becomes_a_whole_service(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    done = run(["endpoint", "notes", "--style", "supabase"], folder)
    assert done.returncode == 0, done.stderr
    assert {"package.json", "tsconfig.json", "README.md"} <= set(tree(folder))


def test_a_project_without_an_alias_gets_relative_imports(tmp_path: Path, run: Run) -> None:
    app = foreign_app(tmp_path, "app")
    (app / "tsconfig.json").write_text("{}\n")
    done = run(["endpoint", "notes", "--style", "supabase"], app)
    assert done.returncode == 0, done.stderr
    assert "from '../../../lib/api/body'" in (app / "src/app/api/notes/route.ts").read_text()
    assert (
        "from '../../../../lib/api/body'" in (app / "src/app/api/notes/[id]/route.ts").read_text()
    )


def test_json_has_the_report(project: Path, run: Run) -> None:
    done = run(["endpoint", "notes", "--json", "--role", "editor"], project)
    data = json.loads(done.stdout)
    assert data["version"] == 1
    assert {item["method"] for item in data["report"]["endpoints"]} == {
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
    }
    assert "editor" in data["report"]["authentication"]
    assert data["report"]["rate_limit"] == "60/1m"
    assert "npm run db:generate" in data["next_steps"]

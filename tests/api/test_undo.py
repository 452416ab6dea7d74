"""`scaffold undo` after each command of the command line: the tree is what it was, byte for byte."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from scaffold.cli.application import build
from tests.conftest import Run
from tests.support.cases import Case, call, prepare, snapshot
from tests.support.projects import AGENTS
from tools.source import commit, git, make_source

NOTES = ["endpoint", "notes", "title:string{1..200}", "rank:int=1"]
# Command → what is run before it, and the command. One for every verb that writes (but `new`, which stays).
COMMANDS: dict[str, list[list[str]]] = {
    "endpoint": [NOTES],
    "model": [["model", "rubrics", "weight:int"]],
    "remove": [["remove", "assessments"]],
    "remove --drop-table": [["remove", "assessments", "--drop-table"]],
    "apply": [["apply", "resources.yml"]],
    "set": [["set", "rate_limit.max=30", "pagination.style=cursor", "data.soft_delete=true"]],
    "change": [["change", "assessments", "--unique", "owner,title", "--soft-delete", "--public"]],
    "field add": [["field", "add", "assessments", "weight:int{1..10}=1"]],
    "field change": [["field", "change", "assessments", "title:string{1..300}"]],
    "field remove": [NOTES, ["field", "remove", "notes", "rank"]],
    "field rename": [["field", "rename", "assessments", "title", "heading"]],
    "rename": [NOTES, ["rename", "notes", "remarks"]],
    "an endpoint with a parent": [NOTES, ["endpoint", "replies", "note:ref(notes)", "body:text"]],
}
# Quick ones; the others take a second each.
QUICK = {"endpoint", "remove --drop-table", "rename"}
# Verbs that need more than a service to do something: shown by tests of their own.
ELSEWHERE = {"new", "undo", "update", "resolve", "adopt"}


def _writing(command: Any, name: str = "") -> Iterator[str]:
    """Names of the commands that write, those in groups with the group's name before."""
    for verb, found in getattr(command, "commands", {}).items():
        yield from _writing(found, f"{name} {verb}".strip())
    if any(parameter.name == "dry_run" for parameter in command.params):
        yield name


def test_every_command_that_writes_is_here() -> None:
    assert {*_writing(typer.main.get_command(build()))} - {*COMMANDS} <= ELSEWHERE


@pytest.fixture
def project(service: Path, tmp_path: Path) -> Path:
    """A copy of the service, with what a test of modes and links needs."""
    copy = tmp_path / "clinic"
    shutil.copytree(service, copy, symlinks=True)
    (copy / "src/app/api/assessments/route.ts").chmod(0o755)
    (copy / "src/resources/assessments").chmod(0o750)
    moved = copy / "src/resources/assessments/schema.ts"
    moved.rename(copy / "src/resources/assessments/mine.ts")
    moved.symlink_to("mine.ts")
    (copy / "src/resources/notes").mkdir()
    (copy / "resources.yml").write_text("resources: {notes: , tags: {fields: ['a:int']}}\n")
    return copy


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow, id=name)
        for name in COMMANDS
    ],
)
def test_the_tree_is_what_it_was(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    if name.startswith("remove"):
        migration = project / "drizzle/0000_init.sql"
        migration.parent.mkdir()
        migration.write_text('CREATE TABLE "assessments" (\n);\n')
    *before, command = COMMANDS[name]
    for words in before:
        assert call(words) == 0, capfd.readouterr()
    was = snapshot(project)
    assert call(command) == 0, capfd.readouterr()
    now = snapshot(project)
    assert now != was
    capfd.readouterr()

    assert call(["undo", "--dry-run", "--diff"]) == 0
    assert snapshot(project) == now
    assert call(["undo"]) == 0, capfd.readouterr()
    assert f"undone: scaffold {' '.join(command[:2])}" in capfd.readouterr().out
    assert snapshot(project) == was


DAYS = [
    NOTES,
    ["model", "rubrics", "weight:int"],
    ["endpoint", "replies", "note:ref(notes)", "body:text", "--paginate", "cursor"],
    ["field", "add", "notes", "weight:int{1..10}=1"],
    ["field", "rename", "notes", "rank", "place"],
    ["rename", "replies", "answers"],
    ["field", "remove", "notes", "weight"],
    ["set", "rate_limit.max=31", "data.soft_delete=true"],
    ["remove", "answers", "--drop-table"],
    ["remove", "rubrics"],
]


@pytest.mark.slow
@pytest.mark.parametrize("style", [path.stem for path in AGENTS])
def test_ten_commands_one_by_one_in_every_style(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["new", "clinic", "--style", style]) == 0
    project = tmp_path / "clinic"
    monkeypatch.chdir(project)
    seen = []
    for words in DAYS:
        seen.append(snapshot(project))
        assert call(words) == 0, capfd.readouterr()
    for was in reversed(seen):
        assert call(["undo"]) == 0, capfd.readouterr()
        assert snapshot(project) == was
    assert call(["undo"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("command", ["endpoint grades", "model grades"])
@pytest.mark.parametrize("start", ["next", "fastapi", "empty"])
def test_the_first_command_in_a_project_of_somebody_elses(
    start: str,
    command: str,
    tmp_path: Path,
    service: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project = prepare(Case(start, {}), tmp_path, service)
    if start != "empty":
        (project / "src/lib").mkdir(parents=True)
        (project / "tests").mkdir(mode=0o700)
        (project / "tests/.keep").write_text("")
        (project / ".env.example").write_text("SHOP=1\n")
    was = snapshot(tmp_path)
    monkeypatch.chdir(project)
    style = "fastapi" if start == "fastapi" else "libsql"
    assert call([*command.split(), "--style", style]) == 0, capfd.readouterr()
    assert (project / ".scaffold/undo/1").is_dir()
    shown = start == "empty" or (project / ".env.example").read_text()
    assert call(["endpoint", "marks"]) == 0, capfd.readouterr()
    if start != "empty":
        assert "# DATABASE_URL=" in str(shown)
        assert (project / ".env.example").read_text() == shown
    for _ in range(2):
        assert call(["undo"]) == 0, capfd.readouterr()
    assert snapshot(tmp_path) == was


@pytest.mark.slow
def test_a_conflict_can_be_taken_back(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    route = project / "src/app/api/assessments/route.ts"
    route.write_text(route.read_text().replace("max: 60", "max: 61"))
    was = snapshot(project)
    assert call(["set", "rate_limit.max=30"]) == 1
    assert "<<<<<<<" in route.read_text()
    assert call(["undo"]) == 0, capfd.readouterr()
    assert snapshot(project) == was


@pytest.mark.slow
def test_nothing_to_change_is_not_on_record(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    was = snapshot(project)
    assert call(NOTES) == 0
    for _ in range(2):
        assert call(NOTES) == 0
    assert call(["undo"]) == 0
    assert snapshot(project) == was


def test_the_difference_is_shown(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert call(NOTES) == 0
    route = project / "src/app/api/notes/route.ts"
    route.write_text(route.read_text() + "// mine\n")
    (project / "tests/resources/notes.test.ts").unlink()
    (project / "src/resources/index.ts").chmod(0o600)
    was = snapshot(project)
    capfd.readouterr()
    assert call(["undo"]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "+// mine" in err
    assert "+++ /dev/null" in err
    assert "its mode was 644 and is 600" in err
    assert call(["undo", "--json"]) == 2
    answer = json.loads(capfd.readouterr().out)
    assert [item["path"] for item in answer["edited"]] == [
        "src/app/api/notes/route.ts",
        "src/resources/index.ts",
        "tests/resources/notes.test.ts",
    ]
    assert "+// mine" in answer["edited"][0]["diff"]
    assert "`scaffold endpoint notes" in answer["error"]["message"]
    assert snapshot(project) == was


@pytest.mark.slow
def test_migrations_that_a_tool_wrote_stay(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert call(NOTES) == 0
    (project / "drizzle").mkdir()
    (project / "drizzle/0001_notes.sql").write_text('CREATE TABLE "notes" (\n);\n')
    capfd.readouterr()
    assert call(["undo", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert (project / "drizzle/0001_notes.sql").exists()
    assert "`notes` stays" in answer["messages"][0]
    assert "npm run db:generate -- --drop" in answer["next_steps"]
    assert answer["undone"] == "scaffold endpoint notes 'title:string{1..200}' rank:int=1"


@pytest.mark.parametrize("is_made", [True, False])
def test_the_migration_of_a_field_stays(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    is_made: bool,
) -> None:
    monkeypatch.chdir(project)
    (project / "drizzle").mkdir()
    (project / "drizzle/0000_one.sql").write_text('CREATE TABLE "assessments" (\n\t"id" uuid\n);\n')
    assert call(["field", "add", "assessments", "points:int?"]) == 0
    if is_made:
        made = 'ALTER TABLE "assessments" ADD COLUMN "points" integer;\n'
        (project / "drizzle/0001_two.sql").write_text(made)
    capfd.readouterr()
    assert call(["undo", "--json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    told = [text for text in answer["messages"] if "column `points` to `assessments` stays" in text]
    assert len(told) == is_made
    assert ("npm run db:generate -- --drop" in answer["next_steps"]) == is_made
    assert "npm run db:generate" not in answer["next_steps"] or not is_made


@pytest.mark.slow
def test_an_update_can_be_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    templates = make_source(tmp_path / "source", "v1.0.0")
    monkeypatch.setenv("SCAFFOLD_SOURCE", str(templates))
    monkeypatch.chdir(tmp_path)
    assert call(["new", "clinic", "--style", "libsql"]) == 0
    monkeypatch.chdir(tmp_path / "clinic")
    assert call(NOTES) == 0
    changed = templates / "templates/nextjs/{{ source }}/lib/api/errors.ts.jinja"
    changed.write_text(changed.read_text() + "// new\n")
    gone = templates / "templates/nextjs/{{ use.service }}/{{ source }}/lib/api/startup.ts"
    gone.rename(gone.with_name("begin.ts"))
    commit(templates, "Change", "v1.1.0")
    was = snapshot(tmp_path / "clinic")
    assert call(["update"]) == 0, capfd.readouterr()
    assert (tmp_path / "clinic/src/lib/api/begin.ts").exists()
    assert call(["undo"]) == 0, capfd.readouterr()
    assert snapshot(tmp_path / "clinic") == was


@pytest.mark.slow
def test_what_resolve_wrote_can_be_taken_back(
    service: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project = tmp_path / "clinic"
    shutil.copytree(service, project)
    monkeypatch.chdir(project)
    commit(project, "Begin")
    git(project, "switch", "--quiet", "-c", "other")
    assert call(["endpoint", "marks"]) == 0
    commit(project, "Marks")
    git(project, "switch", "--quiet", "main")
    assert call(["endpoint", "memos"]) == 0
    commit(project, "Memos")
    merged = subprocess.run(["git", "-C", str(project), "merge", "other"], capture_output=True)
    assert merged.returncode == 1

    def files() -> dict[str, Any]:
        return {path: it for path, it in snapshot(project).items() if not path.startswith(".git/")}

    was = files()
    assert call(["resolve"]) == 0, capfd.readouterr()
    assert files() != was
    assert call(["undo"]) == 0, capfd.readouterr()
    assert files() == was


def test_git_does_not_see_it(service: Path, run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "clinic"
    shutil.copytree(service, copy)
    kept = [path for path in (copy / ".scaffold").rglob("*") if path.is_file()]
    # A file with an extension would be checked by formatters, which look into folders with a dot as well.
    assert {path.suffix for path in kept if path.name != ".gitignore"} == {""}
    assert ".scaffold" not in git(copy, "status", "--porcelain", "--untracked-files=all")

"""A generated file that the user moved gets its changes at its new place, with every command that changes it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.api import fields, status
from scaffold.api.remove import remove
from scaffold.api.set_ import set_values
from scaffold.api.undo import undo
from scaffold.planning.plan import Action, Keep
from tests.support.cases import snapshot
from tools.source import git

SCHEMA = "src/resources/assessments/schema.ts"
PLACE = "src/validation/assessments.ts"


@pytest.fixture
def project(service: Path, tmp_path: Path) -> Path:
    """A service whose user moved the validation, and an import with it."""
    folder = tmp_path / "clinic"
    shutil.copytree(service, folder, symlinks=True)
    (folder / PLACE).parent.mkdir()
    git(folder, "add", "--all")
    git(folder, "mv", SCHEMA, PLACE)
    (folder / PLACE).write_text((folder / PLACE).read_text() + "// mine\n")
    return folder


def state(project: Path) -> tuple[str, str, bool]:
    [file] = [file for file in status.status(str(project)).files if file.path == SCHEMA]
    return file.state, file.to, file.behind


def test_a_new_field(project: Path) -> None:
    assert state(project) == ("renamed", PLACE, False)
    before = snapshot(project / "src")
    done = fields.add_fields("assessments", ["points:int?"], project=str(project))
    [change] = [change for change in done.plan.changes if change.moved_from]
    assert (change.path, change.moved_from) == (PLACE, SCHEMA)
    assert (change.action, change.conflict, done.plan.kept) == (Action.MERGE, False, ())
    text = (project / PLACE).read_text()
    assert "points: " in text and text.endswith("// mine\n")
    assert not (project / SCHEMA).exists()
    assert state(project) == ("renamed", PLACE, False)
    assert any("db:generate" in step for step in done.next_steps)
    undo(project=str(project))
    assert snapshot(project / "src") == before


def test_a_moved_definition_asks_for_its_migration(project: Path) -> None:
    git(project, "mv", "src/db/schema/assessments.ts", "src/tables.ts")
    done = fields.add_fields("assessments", ["points:int?"], project=str(project))
    assert "points: " in (project / "src/tables.ts").read_text()
    assert any("db:generate" in step for step in done.next_steps)


def test_the_resource_has_another_name(project: Path) -> None:
    git(project, "mv", "src/resources/assessments/openapi.ts", "src/validation/openapi.ts")
    done = fields.rename("assessments", "exams", project=str(project))
    # Nothing in the validation has the resource's name.
    assert [change.path for change in done.plan.changes if change.moved_from] == [
        "src/validation/openapi.ts"
    ]
    assert done.plan.kept == ()
    text = (project / "src/validation/openapi.ts").read_text()
    assert "exam" in text and "assessment" not in text
    assert not (project / "src/resources/exams/openapi.ts").exists()
    fields.add_fields("exams", ["points:int?"], project=str(project))
    assert "points: " in (project / PLACE).read_text()


def test_a_convention(project: Path) -> None:
    git(project, "mv", "src/app/api/assessments/route.ts", "src/app/assessments-route.ts")
    done = set_values(["code.handlers=inline"], project=str(project))
    assert not any(entry.why is Keep.DELETED for entry in done.plan.kept)
    [change] = [
        change
        for change in done.plan.changes
        if change.moved_from == "src/app/api/assessments/route.ts"
    ]
    assert change.path == "src/app/assessments-route.ts"


def test_a_removed_resource_leaves_it(project: Path) -> None:
    text = (project / PLACE).read_text()
    done = remove("assessments", project=str(project))
    named = {entry.path: (entry.why, entry.to) for entry in done.plan.kept}
    assert named[SCHEMA] == (Keep.RENAMED, PLACE)
    assert (project / PLACE).read_text() == text

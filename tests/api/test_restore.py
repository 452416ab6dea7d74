"""`endpoint NAME --restore` and `model NAME --restore`: deleted files of a resource come back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.api.endpoint import endpoint, model
from scaffold.api.undo import undo
from scaffold.planning.plan import Action, Keep
from scaffold.support.errors import UserError
from tests.support.cases import Snapshot, call, snapshot

FOLDER = "src/resources/assessments"
ROUTE = "src/app/api/assessments/route.ts"


@pytest.fixture
def project(service: Path, tmp_path: Path) -> Path:
    """A service whose resource lost some of its files."""
    folder = tmp_path / "clinic"
    shutil.copytree(service, folder, symlinks=True)
    return folder


def lose(project: Path) -> dict[str, str]:
    lost = {
        path.relative_to(project).as_posix(): path.read_text()
        for path in sorted((project / FOLDER).iterdir())
    }
    shutil.rmtree(project / FOLDER)
    return lost


def test_they_come_back_as_they_were_and_edited_ones_stay(project: Path) -> None:
    lost = lose(project)
    (project / ROUTE).write_text(edited := (project / ROUTE).read_text() + "// mine\n")
    (project / "README.md").unlink()
    before = snapshot(project)
    shown = endpoint("assessments", [], project=str(project), restore=True, dry_run=True)
    assert snapshot(project) == before
    done = endpoint("assessments", [], project=str(project), restore=True)
    assert done.plan == shown.plan
    assert {change.path: change.action for change in done.plan.changes} == dict.fromkeys(
        lost, Action.CREATE
    )
    assert {path: (project / path).read_text() for path in lost} == lost
    assert (project / ROUTE).read_text() == edited
    assert not (project / "README.md").exists()  # it is no file of the resource
    undo(project=str(project))
    assert snapshot(project / "src") == snapshot_of(before, "src")


def snapshot_of(whole: Snapshot, folder: str) -> Snapshot:
    inside = f"{folder}/"
    return {
        path.removeprefix(inside): entry for path, entry in whole.items() if path.startswith(inside)
    }


def test_the_endpoint_again_names_what_is_deleted(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = lose(project)
    before = snapshot(project)
    done = endpoint("assessments", [], project=str(project))
    assert done.plan.changes == ()
    assert {entry.path: entry.why for entry in done.plan.kept} == dict.fromkeys(lost, Keep.DELETED)
    assert call(["endpoint", "assessments", "--project", str(project)]) == 0
    out = capsys.readouterr().out
    assert "nothing to change" in out and "scaffold endpoint assessments --restore" in out
    assert all(path in out for path in lost)
    assert snapshot(project) == before


def test_with_the_fields_that_it_has(project: Path) -> None:
    lost = lose(project)
    fields = ["title:string{1..200}"]
    done = endpoint("assessments", fields, project=str(project), restore=True)
    assert [change.path for change in done.plan.changes] == list(lost)


def test_nothing_is_deleted(project: Path) -> None:
    before = snapshot(project)
    done = endpoint("assessments", [], project=str(project), restore=True)
    assert (done.plan.changes, done.plan.kept, done.messages) == ((), (), ())
    assert snapshot(project) == before


def test_a_moved_file_does_not_come_back_twice(project: Path) -> None:
    (project / FOLDER / "schema.ts").rename(project / "src/notes-schema.ts")
    done = endpoint("assessments", [], project=str(project), restore=True)
    assert done.plan.changes == ()


def test_a_model(project: Path) -> None:
    model("rubrics", ["weight:int"], project=str(project))
    shutil.rmtree(project / "src/resources/rubrics")
    assert "scaffold model rubrics --restore" in str(
        model("rubrics", [], project=str(project)).messages
    )
    done = model("rubrics", [], project=str(project), restore=True)
    assert {change.action for change in done.plan.changes} == {Action.CREATE}
    assert (project / "src/resources/rubrics/schema.ts").is_file()


def test_the_model_of_an_endpoint(project: Path) -> None:
    lost = lose(project)
    done = model("assessments", [], project=str(project), restore=True)
    assert [change.path for change in done.plan.changes] == list(lost)


@pytest.mark.parametrize("name", ["endpoint", "model"])
def test_of_a_resource_that_is_not_there(project: Path, name: str) -> None:
    before = snapshot(project)
    command = endpoint if name == "endpoint" else model
    with pytest.raises(UserError, match="no resource `assessment`") as caught:
        command("assessment", [], project=str(project), restore=True)
    assert "`assessments`" in (caught.value.hint or "")
    assert snapshot(project) == before


def test_outside_of_a_project(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a scaffold project"):
        endpoint("notes", [], project=str(tmp_path), style="supabase", restore=True)


def test_a_file_is_where_the_folder_was(project: Path) -> None:
    lose(project)
    (project / FOLDER).write_text("mine\n")
    before = snapshot(project)
    with pytest.raises(UserError, match="parent folders is a file"):
        endpoint("assessments", [], project=str(project), restore=True)
    assert snapshot(project) == before


def test_the_folder_leads_out_of_the_project(project: Path, tmp_path: Path) -> None:
    lose(project)
    (tmp_path / "outside").mkdir()
    (project / FOLDER).symlink_to(tmp_path / "outside")
    with pytest.raises(UserError, match="leads out of the project"):
        endpoint("assessments", [], project=str(project), restore=True)
    assert [*(tmp_path / "outside").iterdir()] == []

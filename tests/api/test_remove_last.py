"""`remove` of the last resource in a project of somebody else's: what came only for scaffold's endpoints goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scaffold.api.endpoint import endpoint
from scaffold.api.remove import remove
from scaffold.api.undo import undo
from scaffold.planning.plan import Keep
from tests.support.cases import Case, call, prepare, snapshot
from tests.support.folders import tree

ROUTE = "src/app/api/grades/route.ts"


@pytest.fixture
def nextjs(tmp_path: Path) -> Path:
    """A Next.js app of somebody else's."""
    return prepare(Case("next", {}), tmp_path, tmp_path)


@pytest.fixture
def fastapi(tmp_path: Path) -> Path:
    """A FastAPI application of somebody else's."""
    return prepare(Case("fastapi", {}), tmp_path, tmp_path)


def start(project: Path, style: str = "supabase") -> None:
    endpoint("grades", ["title:string"], project=str(project), style=style)


def test_nothing_of_ours_is_left_in_nextjs(nextjs: Path) -> None:
    was = snapshot(nextjs)
    start(nextjs)
    full = tree(nextjs)
    shown = remove("grades", project=str(nextjs), dry_run=True)
    assert tree(nextjs) == full
    done = remove("grades", project=str(nextjs))
    assert done.plan == shown.plan
    assert not done.plan.kept and not done.plan.notes
    left = snapshot(nextjs)
    assert {path: left[path] for path in left if not path.startswith(".scaffold")} == was
    assert done.next_steps == ("npm install",)
    assert any("everything that came for scaffold's endpoints" in text for text in done.messages)
    undo(project=str(nextjs))
    assert tree(nextjs) == full
    undo(project=str(nextjs))
    assert snapshot(nextjs) == was


def test_while_a_resource_is_left_the_rest_stays(nextjs: Path) -> None:
    start(nextjs)
    before = tree(nextjs)
    endpoint("marks", [], project=str(nextjs))
    remove("marks", project=str(nextjs))
    assert tree(nextjs) == before


def test_several_commands_made_it(nextjs: Path) -> None:
    was = tree(nextjs)
    start(nextjs)
    endpoint("marks", ["day:date"], project=str(nextjs))
    remove("grades", project=str(nextjs))
    remove("marks", project=str(nextjs))
    assert tree(nextjs) == was


def test_edited_files_stay_and_are_named(nextjs: Path) -> None:
    was = tree(nextjs)
    start(nextjs)
    edited = (nextjs / ROUTE).read_text() + "// mine\n"
    (nextjs / ROUTE).write_text(edited)
    manifest = nextjs / ".copier-answers.yml"
    manifest.write_text(manifest.read_text() + "# a comment\n")
    done = remove("grades", project=str(nextjs))
    assert [(file.path, file.why) for file in done.plan.kept] == [(ROUTE, Keep.EDITED)]
    assert any("yours from now on" in text for text in done.messages)
    left = tree(nextjs)
    assert left.pop(ROUTE) == edited
    left["package.json"] = was["package.json"]  # what the edited route imports may stay in it
    assert left == was
    (nextjs / ROUTE).unlink()
    start(nextjs)  # begins anew
    assert (nextjs / ROUTE).is_file()


def test_what_their_code_uses_or_changed_stays_in_package_json(nextjs: Path) -> None:
    start(nextjs)
    file = nextjs / "package.json"
    data = json.loads(file.read_text())
    added = dict(data["dependencies"])
    assert {"zod", "drizzle-orm"} <= added.keys()
    data["dependencies"] |= {"drizzle-orm": "^0.99.0", "left-pad": "1.0.0"}
    data["scripts"]["ci"] = "npm run typecheck"
    file.write_text(json.dumps(data, indent=2) + "\n")
    (nextjs / "src/mine.ts").write_text('import { z } from "zod";\n')
    done = remove("grades", project=str(nextjs))
    now = json.loads(file.read_text())
    assert now["dependencies"] == {
        "next": "16.4.5",
        "zod": added["zod"],
        "drizzle-orm": "^0.99.0",
        "left-pad": "1.0.0",
    }
    notes = "\n".join(done.plan.notes)
    assert "package.json: `dependencies.zod` stays: your own files use it" in notes
    assert "package.json: `dependencies.drizzle-orm` stays: you made it `^0.99.0`" in notes
    assert now["scripts"] == {"typecheck": data["scripts"]["typecheck"], "ci": "npm run typecheck"}


def test_without_a_record_package_json_stays(nextjs: Path) -> None:
    start(nextjs)
    import shutil

    shutil.rmtree(nextjs / ".scaffold")
    before = (nextjs / "package.json").read_bytes()
    done = remove("grades", project=str(nextjs))
    assert (nextjs / "package.json").read_bytes() == before
    assert any("no command on record shows" in note and "`zod`" in note for note in done.plan.notes)
    assert not (nextjs / ROUTE).exists()


def test_what_was_theirs_before_stays(nextjs: Path) -> None:
    start(nextjs)
    ours = json.loads((nextjs / "package.json").read_text())["dependencies"]["zod"]
    remove("grades", project=str(nextjs))
    package = {"name": "shop", "dependencies": {"next": "16.4.5", "zod": ours}}
    (nextjs / "package.json").write_text(text := json.dumps(package))
    start(nextjs)
    remove("grades", project=str(nextjs))
    assert (nextjs / "package.json").read_text() == text


def test_a_migrated_table_keeps_what_it_needs(nextjs: Path) -> None:
    was = tree(nextjs)
    start(nextjs)
    made = nextjs / "drizzle/0000_first.sql"
    made.parent.mkdir(exist_ok=True)
    made.write_text('CREATE TABLE "grades" (\n')
    remove("grades", project=str(nextjs))
    assert (nextjs / "drizzle.config.ts").is_file()
    done = remove("grades", project=str(nextjs), drop_table=True)
    assert (nextjs / "drizzle.config.ts").is_file()
    assert any("`scaffold remove grades --drop-table` again" in text for text in done.messages)
    remove("grades", project=str(nextjs), drop_table=True)
    left = tree(nextjs)
    del left["drizzle/0000_first.sql"]  # the ORM's tool wrote it
    assert left == was


def test_nothing_of_ours_is_left_in_fastapi(fastapi: Path) -> None:
    was = tree(fastapi)
    start(fastapi, "fastapi")
    full = tree(fastapi)
    # Its migrations are scaffold's files, and may have run anywhere.
    remove("grades", project=str(fastapi))
    remove("grades", project=str(fastapi), drop_table=True)
    assert (fastapi / "app/rest").is_dir()
    (fastapi / "app/jobs.py").write_text(jobs := "from app.rest.db import x\n")
    done = remove("grades", project=str(fastapi), drop_table=True)
    left = tree(fastapi)
    assert left.pop("app/jobs.py") == jobs
    (fastapi / "app/jobs.py").unlink()
    assert "app/jobs.py imports `app.rest`, which goes with scaffold's files" in done.plan.notes
    assert left.pop("requirements.txt") == full["requirements.txt"]
    assert left == {path: text for path, text in was.items() if path != "requirements.txt"}
    assert any(note.startswith("requirements.txt: dependencies stay") for note in done.plan.notes)
    for _ in range(3):
        undo(project=str(fastapi))
    assert tree(fastapi) == full


def test_a_call_that_they_changed_stays_and_is_named(fastapi: Path) -> None:
    start(fastapi, "fastapi")
    main = fastapi / "app/main.py"
    main.write_text(text := main.read_text().replace("install(app)", "x = 1\ninstall(app)  # ours"))
    for more in (False, True):
        remove("grades", project=str(fastapi), drop_table=more)
    done = remove("grades", project=str(fastapi), drop_table=True)
    assert main.read_text() == text
    assert any(note.startswith("app/main.py: not as scaffold wrote it") for note in done.plan.notes)


@pytest.mark.slow
def test_a_service_of_ours_keeps_everything(service: Path, tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "clinic"
    shutil.copytree(service, folder, symlinks=True)
    remove("assessments", project=str(folder))
    assert (folder / ".copier-answers.yml").is_file()
    assert (folder / "package.json").is_file()


def test_as_typed(
    nextjs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(nextjs)
    assert call(["endpoint", "grades", "--style", "supabase"]) == 0, capfd.readouterr()
    assert call(["remove", "grades", "--dry-run", "--diff"]) == 0, capfd.readouterr()
    assert call(["remove", "grades"]) == 0, capfd.readouterr()
    assert "`scaffold undo` in this folder brings it back" in capfd.readouterr().out
    assert call(["undo"]) == 0, capfd.readouterr()

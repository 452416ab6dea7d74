"""The kind `job` through the commands, and under another name: no Python knows what it is called."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from scaffold.manifest import manifest as manifests
from scaffold.manifest.manifest import Manifest
from tests.support import plain_copier
from tests.support.cases import call
from tests.support.chores import renamed
from tests.support.folders import tree
from tools.source import commit, git

RENDER = "'project:ref(projects)' 'format:enum(obj,stl)' --retries 5 --unique project"


class Shop:
    """A service with a resource, whose templates call the kind `kind`."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.kind = folder, kind

    def run(self, *lines: str) -> None:
        """Each command line, with KIND for the kind, which has to work."""
        for line in lines:
            assert call(shlex.split(line.replace("KIND", self.kind))) == 0, line

    def refuses(self, line: str, capsys: pytest.CaptureFixture[str]) -> str:
        """What a command line that is refused says; it changes nothing."""
        before = tree(self.folder)
        capsys.readouterr()
        assert call(shlex.split(line.replace("KIND", self.kind))) == 2, line
        assert tree(self.folder) == before
        return capsys.readouterr().err

    @property
    def manifest(self) -> Manifest:
        found = manifests.load(self.folder)
        assert found is not None
        return found

    def text(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")


@pytest.fixture(scope="module", params=["job", "chore"])
def start(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The templates, and beside them a service with a resource, committed."""
    top = tmp_path_factory.mktemp("jobs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAFFOLD_SOURCE", str(renamed(top / "source", request.param)))
        patch.chdir(top)
        assert call(["new", "shop", "--style", "libsql"]) == 0
        patch.chdir(top / "shop")
        assert call(["endpoint", "projects", "title:string"]) == 0
        commit(top / "shop", "Projects")
    return Shop(top / "shop", request.param)


@pytest.fixture
def shop(start: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A copy of that service, to stand in."""
    folder = tmp_path / "shop"
    shutil.copytree(start.folder, folder, symlinks=True)
    monkeypatch.chdir(folder)
    return Shop(folder, start.kind)


def test_a_life(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run(f"add KIND render {RENDER}", "status --check")
    assert shop.manifest.kept == ("background_jobs",)
    work = shop.folder / "src/jobs/render/work.ts"
    work.write_text(work.read_text("utf-8") + "// Mine.\n", "utf-8")
    assert "unique: (input) => [input.projectId]" in shop.text("src/jobs/render/job.ts")
    shop.run(
        "field add KIND/render quality:int=5",
        "field rename KIND/render project target",
        "field change KIND/render 'quality:int{1..9}=5'",
        "rename projects models",
        "rename KIND/render draw",
        "add KIND draw --concurrency 2",
    )
    text = shop.text("src/jobs/draw/job.ts")
    assert "unique: (input) => [input.targetId]" in text and "concurrency: 2" in text
    # What the table calls it stays.
    assert "type: 'render'" in text and "'models'" not in text
    assert "// Mine." in shop.text("src/jobs/draw/work.ts")
    said = shop.refuses("field remove KIND/draw target", capsys)
    assert "names its field `target_id` (--unique)" in said
    shop.run("field remove KIND/draw quality", "remove KIND/draw", "status")
    # A database may know the migration.
    assert (shop.folder / "migrations/background_jobs/0001_create.sql").exists()
    assert not (shop.folder / "src/jobs/index.ts").exists()
    shop.run(*["undo"] * 8)
    work.write_text(work.read_text("utf-8").replace("// Mine.\n", ""), "utf-8")
    shop.run("undo")
    assert not shop.manifest.kept and not shop.manifest.things


def test_what_does_not_fit(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    for line, says in (
        (f"add KIND render {RENDER} --retries -1", "it is from 0 to 100"),
        (f"add KIND render {RENDER} --concurrency 0", "it is from 1 to 1000"),
        ("add KIND render --unique project", "there is no field `project`"),
        (f"add KIND render {RENDER} --schedule '0 25 * * *'", "minute, hour"),
        (f"add KIND render {RENDER} --timout 5m", "--timeout"),
    ):
        assert says in shop.refuses(line, capsys), line
    shop.run("endpoint jobs title:string")
    assert "the resource `jobs` has it" in shop.refuses(f"add KIND render {RENDER}", capsys)
    shop.run("rename jobs openings")
    assert "a table keeps its name" in shop.refuses(f"add KIND render {RENDER}", capsys)
    shop.run("undo", "undo", f"add KIND render {RENDER}")
    for line in ("endpoint jobs", "model background_jobs", "rename projects jobs"):
        assert f"the kind `{shop.kind}`" in shop.refuses(line, capsys)
    shop.run("remove KIND/render")
    assert "keeps the name" in shop.refuses("model background_jobs", capsys)


def test_a_file_brings_it_about(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run(f"add KIND render {RENDER} --role STUDENT", "add KIND nightly --schedule '0 3 * * *'")
    capsys.readouterr()
    shop.run("list --yaml")
    stated = shop.folder.parent / "resources.yml"
    stated.write_text(capsys.readouterr().out, "utf-8")
    made = shop.manifest
    shop.run("remove KIND/render", "remove KIND/nightly", f"apply {stated}")
    assert shop.manifest == made


def test_two_branches(shop: Shop) -> None:
    git(shop.folder, "switch", "--quiet", "--create", "other")
    shop.run("add KIND nightly --schedule '0 3 * * *'")
    commit(shop.folder, "Nightly")
    git(shop.folder, "switch", "--quiet", "main")
    shop.run(f"add KIND render {RENDER}")
    commit(shop.folder, "Render")
    merge = ["git", "-C", str(shop.folder), "merge", "--quiet", "other"]
    subprocess.run(merge, capture_output=True)
    shop.run("resolve", "status")
    assert [thing.name for thing in shop.manifest.things] == ["nightly", "render"]
    assert shop.manifest.kept == ("background_jobs",)
    assert "[nightlyJob, renderJob]" in shop.text("src/jobs/index.ts")


@pytest.mark.slow
@pytest.mark.parametrize("style", ["clerk", "fastapi", "libsql", "prisma", "supabase"])
def test_plain_copier(
    start: Shop, style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCAFFOLD_SOURCE", str(start.folder.parent / "source"))
    shop = Shop(tmp_path / "shop", start.kind)
    shop.run(f"new shop --style {style}")
    monkeypatch.chdir(shop.folder)
    shop.run(
        "endpoint projects title:string",
        f"add KIND render {RENDER}",
        "add KIND remind 'project:ref(projects)' --schedule '*/5 * * * *'",
        "rename KIND/remind remember",
    )
    plain_copier.copy(shop.manifest, tmp_path / "copied")
    ours = {
        path: text
        for path, text in tree(shop.folder).items()
        if not path.startswith((".git/", ".scaffold"))
    }
    assert tree(tmp_path / "copied") == ours

"""Sources that somebody else's project names: a command that only looks reads none that is new to this user."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest
from scaffold.support.cache_dir import cache_dir
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support.cases import call
from tests.support.folders import tree
from tools.source import git

LOOKS = [
    "status",
    "status --diff",
    "show assessments",
    "doctor",
    "agents show supabase",
    "endpoint grades --dry-run",
    "field add assessments rank:int? --dry-run",
    "set rate_limit.max=5 --dry-run",
    "remove assessments --dry-run",
    "update --dry-run",
    "resolve --dry-run",
]


@pytest.fixture(params=["path", "URL"])
def cloned(
    request: pytest.FixtureRequest, service: Path, source: Path, tmp_path: Path
) -> tuple[Path, str]:
    """A project of somebody else's, and where its templates are."""
    git(tmp_path, "clone", "--quiet", "--bare", str(source), str(tmp_path / "theirs.git"))
    theirs = tmp_path / "theirs.git"
    src_path = str(theirs) if request.param == "path" else f"git+{theirs.as_uri()}"
    project = tmp_path / "clinic"
    shutil.copytree(service, project, symlinks=True)
    text = (project / MANIFEST).read_text().replace(f'"{source}"', f'"{src_path}"')
    assert src_path in text
    (project / MANIFEST).write_text(text)
    return project, src_path


def is_cached(src_path: str) -> bool:
    """Whether anything of that source is kept."""
    pack = hashlib.sha256(src_path.encode()).hexdigest()[:12]
    copy = hashlib.sha256(src_path.removeprefix("git+").encode()).hexdigest()[:16]
    return (cache_dir() / pack).exists() or (cache_dir() / "copies" / f"{copy}.git").exists()


def test_what_only_looks_reads_no_new_source(
    cloned: tuple[Path, str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    project, src_path = cloned
    monkeypatch.chdir(project)
    before = tree(project)
    for line in LOOKS:
        code = call(line.split())
        out, err = capfd.readouterr()
        assert code == (1 if line == "doctor" else 2), (line, out, err)
        assert src_path.removeprefix("git+") in out + err and "this command only looks" in out + err
        assert not is_cached(src_path), line
    assert call(["list"]) == 0
    assert tree(project) == before

    # A command that writes is the user's word for it.
    version = git(Path(os.environ["SCAFFOLD_SOURCE"]), "describe", "--tags").strip()
    assert call(["update", "--to", version]) == 0
    assert tree(project) == before
    assert call(["status"]) == 0
    assert is_cached(src_path)


def test_a_source_that_the_user_names_is_known(cloned: tuple[Path, str], tmp_path: Path) -> None:
    _, src_path = cloned
    words = ["new", str(tmp_path / "shop"), "--style", "supabase", "--source", src_path]
    assert call([*words, "--dry-run"]) == 0
    assert call(words) == 0


def test_looking_asks_no_new_machine() -> None:
    with only_known(), pytest.raises(UserError, match="this command only looks") as caught:
        newest("https://scaffold.invalid/templates.git")
    assert "the command without `--dry-run`" in str(caught.value.hint)

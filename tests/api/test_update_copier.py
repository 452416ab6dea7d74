"""`scaffold update` and plain `copier update`: the same where nothing was edited, and what docs/update.md says else."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.api.update import update
from scaffold.sources.address import Version
from tests.conftest import Run
from tests.support import tiny
from tests.support.folders import tree
from tests.support.plain_copier import update as copier_update
from tools.source import commit, git, make_source

TEN = "".join(f"{name}: a line of this file\n" for name in "abcdefghij")
NEW = TEN.replace("b: a line", "b: a new line")


def test_the_same_files_where_nothing_that_changes_was_edited(tmp_path: Path) -> None:
    """The quick one, on templates of a few files; edits are in files that stay as they are."""
    old = {"one.txt": TEN, "two.txt": TEN, "gone.txt": "gone\n", "here/gone.txt": "gone\n"}
    source = tiny.release(tmp_path / "source", old, "v1.0.0")
    ours, theirs = _pair(tmp_path, source)
    for folder in (ours, theirs):
        (folder / "two.txt").write_text("all mine\n")
        commit(folder, "Mine")
    tiny.release(source, {"one.txt": NEW, "two.txt": TEN, "new/fresh.txt": "fresh\n"}, "v1.1.0")
    update(project=str(ours))
    copier_update(theirs)
    assert tree(ours) == tree(theirs)
    assert "here" not in {path.name for path in ours.iterdir()}


@pytest.mark.slow
@pytest.mark.parametrize("style", ["supabase", "fastapi"])
def test_the_same_files_in_each_framework(style: str, run: Run, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v1.0.0")
    env = {"SCAFFOLD_SOURCE": str(source)}
    ours = tmp_path / "project"
    for words in (
        ["new", str(ours), "--style", style],
        ["endpoint", "courses", "title:string{1..200}"],
        ["endpoint", "lessons", "name:string", "course:ref(courses)", "--paginate", "cursor"],
        ["set", "rate_limit.window=2m"],
    ):
        done = run(words, ours if ours.exists() else tmp_path, env)
        assert done.returncode == 0, done.stderr
    readme = ours / "README.md"
    readme.write_text(readme.read_text() + "\nA line of mine.\n")
    (ours / "AGENTS.md").unlink()
    commit(ours, "Project")

    _another_version(source, "nextjs" if style == "supabase" else style)
    theirs = tmp_path / "copy/project"
    shutil.copytree(ours, theirs, symlinks=True)
    done = run(["update"], ours, env)
    assert done.returncode == 0, done.stdout + done.stderr
    copier_update(theirs)
    assert tree(ours) == tree(theirs)
    changed = git(ours, "status", "--porcelain").splitlines()
    assert {line[:2].strip() for line in changed} == {"M", "D", "??"}
    assert run(["status", "--check"], ours, env).returncode == 0


def _another_version(source: Path, framework: str) -> None:
    """Changes what an agent says and a default, and templates of every kind; adds one, and drops one."""
    top = source / "templates" / framework
    for path in sorted(top.rglob("*.jinja")):
        name = str(path.relative_to(top))
        if path.suffixes[-2:] in ([".ts", ".jinja"], [".py", ".jinja"]) and "yield" in name:
            mark = "//" if framework == "nextjs" else "#"
            path.write_text(f"{path.read_text()}{mark} A line of the new version.\n")
    for agent in (source / "agents").glob("*.md"):
        agent.write_text(agent.read_text().replace("max: 60", "max: 61"))
    schema = source / "templates/conventions.yml"
    schema.write_text(schema.read_text().replace("default: 100,", "default: 101,"))
    (top / "docs").mkdir()
    (top / "docs/{{ name }}.md.jinja").write_text("# {{ name }}\n")
    dropped = next(path for path in sorted(top.rglob("*")) if path.name.startswith(".env.example"))
    dropped.unlink()
    commit(source, "Another version", "v1.1.0")


@pytest.mark.slow
def test_an_edited_file_that_is_dropped(tmp_path: Path) -> None:
    source = tiny.release(tmp_path / "source", {"one.txt": TEN, "two.txt": TEN}, "v1.0.0")
    ours, theirs = _pair(tmp_path, source)
    for folder in (ours, theirs):
        (folder / "one.txt").write_text("mine\n" + TEN)
        commit(folder, "Mine")
    tiny.release(source, {"two.txt": NEW}, "v1.1.0")
    outcome = update(project=str(ours))
    copier_update(theirs)
    assert not (theirs / "one.txt").exists()
    assert (ours / "one.txt").read_text() == "mine\n" + TEN
    assert [(item.path, item.why.value) for item in outcome.plan.kept] == [("one.txt", "edited")]


@pytest.mark.slow
def test_an_edit_in_one_of_two_alike_blocks(tmp_path: Path) -> None:
    block = "begin\n  one\n  two\n  three\n  four\nend\n"
    source = tiny.release(tmp_path / "source", {"f.txt": block * 2}, "v1.0.0")
    ours, theirs = _pair(tmp_path, source)
    edited = block + block.replace("  two\n", "  two\n  mine\n")
    for folder in (ours, theirs):
        (folder / "f.txt").write_text(edited)
        commit(folder, "Mine")
    new = "intro\n" * 6 + block + "between\n" * 6 + block
    tiny.release(source, {"f.txt": new}, "v1.1.0")
    update(project=str(ours))
    assert (ours / "f.txt").read_text() == "intro\n" * 6 + block + "between\n" * 6 + edited[
        len(block) :
    ]
    copier_update(theirs)
    # Into the first block, with exit code 0.
    wrong = "intro\n" * 6 + edited[len(block) :] + "between\n" * 6 + block
    assert (theirs / "f.txt").read_text() == wrong


@pytest.mark.slow
def test_a_file_of_the_users_where_a_new_one_comes(tmp_path: Path) -> None:
    source = tiny.release(tmp_path / "source", {"one.txt": TEN}, "v1.0.0")
    ours, theirs = _pair(tmp_path, source)
    for folder in (ours, theirs):
        (folder / "fresh.txt").write_text("mine\n")
        commit(folder, "Mine")
    tiny.release(source, {"one.txt": NEW, "fresh.txt": "fresh\n"}, "v1.1.0")
    update(project=str(ours))
    copier_update(theirs)
    assert (ours / "fresh.txt").read_text() == "mine\n"
    assert "<<<<<<<" in (theirs / "fresh.txt").read_text()


@pytest.mark.slow
def test_a_conflict_and_uncommitted_changes(tmp_path: Path) -> None:
    source = tiny.release(tmp_path / "source", {"one.txt": TEN}, "v1.0.0")
    ours, theirs = _pair(tmp_path, source)
    for folder in (ours, theirs):
        (folder / "one.txt").write_text(TEN.replace("b: a line", "b: my line"))
        commit(folder, "Mine")
    tiny.release(source, {"one.txt": NEW}, "v1.1.0")
    (ours / "other.txt").write_text("not committed\n")
    assert [change.path for change in update(project=str(ours)).plan.conflicts] == ["one.txt"]
    copier_update(theirs)  # which asserts exit code 0
    assert "<<<<<<<" in (theirs / "one.txt").read_text()
    again = subprocess.run(
        [sys.executable, "-m", "copier", "update"],
        cwd=theirs,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert again.returncode
    assert "dirty" in again.stderr


def _pair(tmp_path: Path, source: Path) -> tuple[Path, Path]:
    """Two projects alike, each a git repository of its own, in folders of the same name."""
    folders = (tmp_path / "ours/project", tmp_path / "theirs/project")
    for folder in folders:
        tiny.make(folder, source, Version(str(source), "v1.0.0"))
        git(folder, "init", "--quiet", "--initial-branch=main")
        commit(folder, "Begin")
    return folders

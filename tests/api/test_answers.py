"""The manifest under plain Copier: it knows every key, and writes each one again."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.manifest import manifest as manifests
from scaffold.manifest.edits import with_fields
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.migration_order import KEY
from scaffold.manifest.table_history import recorded
from scaffold.rendering.render import Templates
from scaffold.resources.fields import parse_fields
from scaffold.sources.address import Version, fetch
from scaffold.support.project_files import MANIFEST
from tests.conftest import Run
from tests.support.projects import resource
from tools.source import ROOT, commit, git, make_source

LAYOUT: dict[str, dict[str, str]] = {
    "nextjs": {"style": "libsql", "source": "app/src", "alias": "~/"},
    "fastapi": {"style": "fastapi", "source": "app", "alias": "app"},
}

HOST: dict[str, dict[str, str]] = {
    "nextjs": {"zod": "zod/v4"},
    "fastapi": {"session": "app.db:get_session"},
}


def whole(framework: str, version: Version) -> Manifest:
    """A manifest that has a value for each key."""
    orm = {"nextjs": "libsql", "fastapi": "sqlalchemy"}[framework]
    stack = {"framework": framework, "orm": orm}
    if framework == "nextjs":
        stack |= {"database": "sqlite"}
    start = Manifest(
        version=version,
        name="clinic",
        service=False,
        overrides={"rate_limit": {"max": 7}},
        foreign=("README.md",),
        document="docs/our way.md",
        stated={"stack": stack, "data": {"soft_delete": False}},
        entities={"rooms": {"fields": "name:string"}},
        origins={"data.soft_delete": 'Data: "deletes are real"'},
        unsupported=("cache = redis",),
        adopted=True,
        host=HOST[framework],
        style=LAYOUT[framework]["style"],
        source=LAYOUT[framework]["source"],
        alias=LAYOUT[framework]["alias"],
    )
    rooms = resource("rooms", "name:string")
    start = start.with_resource(rooms).with_resource(resource("lessons", "room:ref(rooms)"))
    more = start.with_resource(with_fields(rooms, parse_fields(["seats:int=1"]), has_rows=True))
    values = Templates(fetch(version)).context(start)["conventions"]
    return recorded(start, more, values, values)


def answers(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / MANIFEST).read_text("utf-8"))
    return found


def project(folder: Path, manifest: Manifest) -> Path:
    """What scaffold makes of the manifest, committed."""
    for path, text in Templates(fetch(manifest.version)).render(manifest).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Project")
    return folder


def copier(folder: Path) -> subprocess.CompletedProcess[str]:
    """`copier update` without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "copier", "update"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_every_key_is_a_question() -> None:
    questions = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    stored = {
        name
        for name, question in questions.items()
        if name[0] != "_" and question.get("when") is not False
    }
    assert stored == {*manifests._KEYS} - {"_commit", "_src_path"}
    assert {name for name in stored if questions[name]["ask"] is not False} == set()


@pytest.mark.slow
@pytest.mark.parametrize("framework", LAYOUT)
def test_every_key_survives_an_update(framework: str, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v1.0.0")
    folder = project(tmp_path / "clinic", whole(framework, Version(str(source), "v1.0.0")))
    before = answers(folder)
    assert before.keys() == manifests._KEYS
    assert all(value is not None and value != [] and value != {} for value in before.values())
    (source / "templates/conventions.yml").open("a").write("# A comment.\n")
    commit(source, "Another version", "v1.1.0")
    done = copier(folder)
    assert done.returncode == 0, done.stderr
    assert answers(folder) == {**before, "_commit": "v1.1.0"}
    assert git(folder, "diff", "--name-only").split() == [MANIFEST]


@pytest.mark.slow
@pytest.mark.parametrize("framework", LAYOUT)
def test_without_the_order_it_says_what_to_run(framework: str, run: Run, tmp_path: Path) -> None:
    """A manifest of before: the version that it is at does not ask for the order, the next one does."""
    source = make_source(tmp_path / "source", "v1.0.0")
    questions = (source / "copier.yml").read_text()
    start, end = questions.index(f"{KEY}:"), questions.index("table_steps:")
    derive = source / "templates/parts/derive.jinja"
    macros = derive.read_text()
    (source / "copier.yml").write_text(questions[:start] + questions[end:])
    derive.write_text(macros.replace("if use.migrations else []", "if use.nothing else []"))
    commit(source, "Before", "v1.1.0")
    manifest = whole(framework, Version(str(source), "v1.1.0"))
    folder = project(tmp_path / "clinic", replace(manifest, adopted=False))
    assert KEY not in answers(folder)
    (source / "copier.yml").write_text(questions)
    derive.write_text(macros)
    commit(source, "After", "v1.2.0")

    stopped = copier(folder)
    assert stopped.returncode == 1
    last = stopped.stderr.strip().splitlines()[-1]
    assert KEY in last and "run `scaffold update` in place of this command" in last
    assert not git(folder, "status", "--porcelain")

    done = run(["update"], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert answers(folder)[KEY] == manifest.answers()[KEY]
    commit(folder, "Updated")
    (source / "templates/conventions.yml").open("a").write("# A comment.\n")
    commit(source, "Another version", "v1.3.0")
    done = copier(folder)
    assert done.returncode == 0, done.stderr
    assert git(folder, "diff", "--name-only").split() == [MANIFEST]


@pytest.fixture
def rooms(run: Run, tmp_path: Path) -> Path:
    """A service whose migrations scaffold writes, with a parent and a child."""
    folder = tmp_path / "clinic"
    for args, cwd in (
        (["new", str(folder), "--style", "fastapi"], tmp_path),
        (["endpoint", "rooms", "name:string"], folder),
        (["endpoint", "lessons", "room:ref(rooms)"], folder),
    ):
        done = run(args, cwd)
        assert done.returncode == 0, done.stderr
    return folder


def test_the_next_command_completes_a_manifest(rooms: Path, run: Run) -> None:
    text = (rooms / MANIFEST).read_text()
    for words in (["update"], ["endpoint", "rooms", "name:string"]):
        (rooms / MANIFEST).write_text(text.partition(f"{KEY}:")[0])
        assert run(["list"], rooms).returncode == 0
        done = run([*words, "--json"], rooms)
        assert done.returncode == 0, done.stderr
        assert (rooms / MANIFEST).read_text() == text, words
    # A comment of the user's is no reason to write.
    (rooms / MANIFEST).write_text(f"{text}# mine\n")
    assert "newest version" in run(["update"], rooms).stdout
    assert (rooms / MANIFEST).read_text() == f"{text}# mine\n"


@pytest.mark.slow
def test_resolve_puts_an_edit_by_hand_right(rooms: Path, run: Run) -> None:
    text = (rooms / MANIFEST).read_text()
    stale = text.replace('[["rooms", "0001_create"]]', "[]")
    for _ in range(2):
        (rooms / MANIFEST).write_text(stale)
        for words in (["status"], ["show", "rooms"], ["endpoint", "marks"], ["update"]):
            done = run(words, rooms)
            assert done.returncode == 2, words
            assert f"`{KEY}`" in done.stderr and "`scaffold resolve`" in done.stderr
        assert (rooms / MANIFEST).read_text() == stale
        assert "computed anew" in run(["resolve", "--dry-run"], rooms).stdout
        assert (rooms / MANIFEST).read_text() == stale
        assert "computed anew" in run(["resolve"], rooms).stdout
        assert (rooms / MANIFEST).read_text() == text
        done = run(["resolve"], rooms)
        assert "nothing to resolve" in done.stdout or "no merge to settle" in done.stderr
        # Again, outside of git.
        shutil.rmtree(rooms / ".git", ignore_errors=True)

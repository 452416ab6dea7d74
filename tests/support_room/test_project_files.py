"""Where a path of a project really is: as the system says, and refused where that is outside."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from scaffold.support.errors import UserError
from scaffold.support.project_files import STAGE, ProjectFiles, regular_bytes
from tests.support.cases import call
from tests.support.folders import written


@pytest.mark.parametrize("seed", range(20))
def test_real_is_what_the_system_follows(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    top = tmp_path / "project"
    top.mkdir()
    (tmp_path / "outside").mkdir()
    folders = [top]
    for number in range(12):
        place = dice.choice(folders) / f"d{number}"
        if dice.random() < 0.4:
            goal = dice.choice([*folders, tmp_path / "outside", top / "nowhere"])
            text = os.path.relpath(goal, place.parent) if dice.random() < 0.5 else str(goal)
            place.symlink_to(text)
        else:
            place.mkdir()
            folders.append(place)
        if place.is_dir():
            (place / "file").write_text(place.name)
    places = ProjectFiles(top)
    paths = [
        "/".join(dice.choice([f"d{dice.randrange(12)}", "file"]) for _ in range(dice.randint(1, 4)))
        for _ in range(200)
    ]
    inside = 0
    for path in paths:
        real = os.path.realpath(top / path)
        if real.startswith(f"{top}{os.sep}") or real == str(top):
            assert places.real(path) == real
            assert places.locate(path) == f"{top}/{path}"
            inside += 1
        else:
            with pytest.raises(UserError, match="leads out of the project"):
                places.real(path)
    assert inside > 50


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "a//b", "a/../b", "./a", "a\0", f"{STAGE}/now"]
)
def test_what_is_no_path_of_a_project(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match="is not a path inside the project"):
        ProjectFiles(tmp_path).read(path)


def test_a_link_to_the_stage(tmp_path: Path) -> None:
    (tmp_path / STAGE).mkdir()
    (tmp_path / "here").symlink_to(STAGE)
    with pytest.raises(UserError, match="leads out of the project"):
        ProjectFiles(tmp_path).read("here/journal")


def test_what_stands_there(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\r\nb\r\n")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    places = ProjectFiles(tmp_path)
    assert places.disk("file") == (b"a\r\nb\r\n", True)
    assert places.disk("file").text == "a\nb\n"
    assert places.disk("file").encode("c\n") == b"c\r\n"
    assert places.disk("none") == (None, False)
    assert places.disk("dangling") == (None, True)
    for path, what in {
        "folder": "is a folder",
        "pipe": "is not a regular file",
        "file/x": "one of its parent folders is a file",
    }.items():
        with pytest.raises(UserError, match=what):
            places.read(path)


@pytest.mark.parametrize(
    "path",
    [
        ".git/hooks/pre-commit",
        "app/.GIT/config",
        ".git",
        "a/.git /config",
        ".git./config",
        "GIT~1/config",
        ".git::$INDEX_ALLOCATION/config",
        ".g\u200cit/config",
        "\ufeff.git/config",
    ],
)
def test_nobody_writes_where_git_is(path: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="git's own folder"):
        ProjectFiles(tmp_path).locate(path)


@pytest.mark.parametrize("path", [".gitignore", ".github/workflows/a.yml", "git/config", "a.git"])
def test_what_only_looks_like_it_is_written(path: str, tmp_path: Path) -> None:
    assert ProjectFiles(tmp_path).locate(path) == f"{tmp_path}/{path}"


_NEXT = {
    "package.json": '{"dependencies": {"next": "16.4.5"}}',
    "tsconfig.json": "{}",
    "src/app/page.tsx": "",
}
_FASTAPI = {
    "requirements.txt": "fastapi\n",
    "app/__init__.py": "",
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}


class Waits(BaseException):
    """No error that anybody handles."""


@pytest.mark.parametrize(
    ("files", "style", "path"),
    [
        *((_NEXT, "supabase", path) for path in (".copier-answers.yml", *_NEXT, "src/proxy.ts")),
        *((_FASTAPI, "fastapi", path) for path in (".copier-answers.yml", *_FASTAPI, "setup.py")),
        (_FASTAPI, "fastapi", "pyproject.toml"),
        (_FASTAPI, "fastapi", "app/db.py"),
        (_FASTAPI, "fastapi", "tests/conftest.py"),
    ],
)
def test_a_pipe_in_place_of_a_file_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], style: str, path: str
) -> None:
    written(tmp_path, files)
    place = tmp_path / path
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(place)
    monkeypatch.chdir(tmp_path)

    def stop(*_: object) -> None:
        raise Waits(path)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(20)
    try:
        assert call(["endpoint", "notes", "--style", style, "--dry-run"]) in (0, 2)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("path", ["/dev/zero", "/", "nowhere"])
def test_only_a_regular_file_has_bytes(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert regular_bytes(tmp_path / "link") == b"x"
    opened = len(os.listdir("/dev/fd"))
    with pytest.raises(IsADirectoryError):
        regular_bytes(tmp_path)
    assert len(os.listdir("/dev/fd")) == opened
    (tmp_path / "odd").symlink_to(path)
    with pytest.raises(OSError):
        regular_bytes(tmp_path / "odd")

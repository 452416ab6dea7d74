"""Steps begin with the way to the project."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scaffold.frameworks.standing import enter, from_here


@pytest.mark.parametrize("here", [".", "apps/web/src", "apps", "link", "apps/a b", "-x"])
@pytest.mark.parametrize("there", ["apps/web", "apps/a b", "-x", "."])
def test_the_way_is_right(
    here: str, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("apps/web/src", "apps/a b", "-x", "other/deep"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "link").symlink_to("other/deep")
    monkeypatch.chdir(tmp_path / here)
    monkeypatch.setenv("PWD", str(tmp_path / here))
    script = "\n".join([f'cd "{tmp_path}/{here}"', *from_here(tmp_path / there, ["pwd -P"])])
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str((tmp_path / there).resolve())


def test_in_the_project_there_is_no_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert from_here(tmp_path, ["npm test"]) == ("npm test",)
    (tmp_path / "apps/web").mkdir(parents=True)
    assert from_here(tmp_path / "apps/web", ["npm test"]) == ("cd apps/web", "npm test")
    assert from_here(tmp_path / "apps/web", []) == ()


def test_names_are_quoted() -> None:
    assert enter("apps/web") == "cd apps/web"
    assert enter("a b; rm") == "cd 'a b; rm'"
    assert enter("-P") == "cd ./-P"

"""What `doctor` says of a FastAPI project's Python, and that it starts nothing that came with a clone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.cases import call
from tests.support.folders import written

_PLANT = "from pathlib import Path\n\nPath('ran').write_text('x')\n"
_PROJECT = {
    "requirements.txt": "fastapi\n",
    "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
}


def _project(root: Path) -> Path:
    written(root, _PROJECT)
    written(
        root,
        dict.fromkeys(("fastapi.py", "sqlalchemy.py", "sys.py", "alembic/__init__.py"), _PLANT),
    )
    program = (
        written(root, {".venv/bin/python": "#!/bin/sh\ntouch ran\necho 3 12\n"})
        / ".venv/bin/python"
    )
    program.chmod(0o755)
    return root


@pytest.mark.parametrize("environment", [True, False])
def test_doctor_starts_nothing_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: bool
) -> None:
    root = _project(tmp_path)
    monkeypatch.chdir(root)
    assert call(["endpoint", "notes", "--style", "fastapi"]) == 0
    if not environment:
        (root / ".venv/bin/python").unlink()
    assert call(["doctor"]) in (0, 1)
    assert not (root / "ran").exists()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("version = 3.12.4\n", "ok       Python 3.11 or newer"),
        ("home = /usr\nversion_info = 3.9.1.final.0\n", "is 3.9"),
        # Nobody knows, so nothing is wrong.
        ("", "ok       Python 3.11 or newer"),
    ],
)
def test_the_version_of_an_environment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: str,
    shown: str,
) -> None:
    monkeypatch.chdir(_project(tmp_path))
    (tmp_path / ".venv/pyvenv.cfg").write_text(said)
    call(["doctor"])
    assert shown in capsys.readouterr().out


def test_the_packages_of_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(_project(tmp_path))
    assert call(["endpoint", "notes", "--style", "fastapi"]) == 0
    for found, name in ((False, "fastapi"), (False, "SQLAlchemy"), (True, "alembic")):
        (tmp_path / f".venv/lib/python3.12/site-packages/{name}-1.2.3.dist-info").mkdir(
            parents=True
        )
        capsys.readouterr()
        call(["doctor"])
        (line,) = [line for line in capsys.readouterr().out.splitlines() if "dependencies" in line]
        assert ("ok" in line.split()) is found, line


def test_an_environment_that_shares_the_packages_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(_project(tmp_path))
    assert call(["endpoint", "notes", "--style", "fastapi"]) == 0
    (tmp_path / ".venv/pyvenv.cfg").write_text("include-system-site-packages = true\n")
    capsys.readouterr()
    call(["doctor"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "dependencies" in line]
    assert "ok" in line.split()


def test_a_relative_path_names_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _project(tmp_path)
    program = root / ".venv/bin/python"
    monkeypatch.chdir(root)
    assert call(["endpoint", "notes", "--style", "fastapi"]) == 0
    (root / "bin").mkdir()
    program.rename(root / "bin/python3")
    monkeypatch.setenv("PATH", f"bin{os.pathsep}{os.environ['PATH']}")
    assert call(["doctor"]) in (0, 1)
    assert not (root / "ran").exists()

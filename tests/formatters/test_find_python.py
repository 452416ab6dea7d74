"""Which formatter a Python project has, and what sorts its imports."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from scaffold.formatters.find_python import find, said_in


def project(top: Path, files: dict[str, str]) -> Path:
    """A project with these files."""
    (top / ".git").mkdir()
    for path, text in files.items():
        (top / path).write_text(text)
    return top


PYPROJECT = "pyproject.toml"


@pytest.fixture(autouse=True)
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ruff and Black are there, as scaffold's own development tools."""
    own = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{own}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({}, None),
        ({PYPROJECT: "[tool.black]\n"}, "black"),
        ({PYPROJECT: "[tool.ruff]\nline-length = 100\n"}, "ruff"),
        ({"ruff.toml": ""}, "ruff"),
        ({PYPROJECT: "[tool.ruff]\n[tool.black]\n"}, "black"),
        ({".pre-commit-config.yaml": "- id: ruff-format\n"}, "ruff"),
        ({".pre-commit-config.yaml": "- id: black\n", "ruff.toml": ""}, "black"),
        ({PYPROJECT: '[dependency-groups]\ndev = ["ruff>=0.9", "pytest"]\n'}, "ruff"),
        ({"requirements-dev.txt": "pytest\nblack==24.1\n"}, "black"),
        ({"requirements.txt": "ruffian==1\n"}, None),
        ({PYPROJECT: "[tool.ruff\n"}, None),
    ],
)
def test_which_it_is(files: dict[str, str], name: str | None, tmp_path: Path) -> None:
    tool = find(project(tmp_path, files))
    assert (tool.name if tool else None) == name


@pytest.mark.parametrize(
    ("files", "sorts"),
    [
        ({PYPROJECT: '[tool.ruff.lint]\nextend-select = ["I"]\n'}, True),
        ({PYPROJECT: '[tool.ruff]\nselect = ["E", "I001"]\n'}, True),
        ({"ruff.toml": 'lint.select = ["ALL"]\n'}, True),
        ({"ruff.toml": 'lint.select = ["ALL"]\nlint.ignore = ["I001"]\n'}, False),
        ({"ruff.toml": 'lint.select = ["E"]\n'}, False),
    ],
)
def test_what_sorts_imports(files: dict[str, str], sorts: bool, tmp_path: Path) -> None:
    tool = find(project(tmp_path, files))
    assert tool is not None and tool.name == "ruff" and tool.is_installed
    assert [command[1] for command in tool.commands] == ["format", *(["check"] if sorts else [])]


def test_blank_lines_cost_their_number(tmp_path: Path) -> None:
    """Not its square, which was ten seconds for a file that `make trust` made."""
    top = project(tmp_path, {"requirements.txt": "fastapi==0.165.0" + "\n" * 60_000})
    begin = time.process_time()
    assert find(top) is None
    assert time.process_time() - begin < 1


def test_a_formatter_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    tool = find(project(tmp_path, {"ruff.toml": ""}))
    assert tool is not None and not tool.is_installed
    assert tool.install.endswith("pip install ruff")


def test_the_projects_own_comes_first(tmp_path: Path) -> None:
    top = project(tmp_path, {"ruff.toml": ""})
    packages = top / ".venv/lib/python3.12/site-packages/ruff-0.9.1.dist-info"
    packages.mkdir(parents=True)
    program = top / ".venv/bin/ruff"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    tool = find(top)
    assert tool is not None
    assert tool.commands[0][0] == str(program)
    assert tool.packages == (program,)
    assert tool.shown_version == "0.9.1"


def test_what_pyproject_says_of_formatting() -> None:
    one = said_in('[project]\nname = "a"\n[tool.ruff]\nline-length = 88\n')
    assert one == said_in(
        '[project]\nname = "b"\ndependencies = []\n[tool.ruff]\nline-length = 88\n'
    )
    assert one != said_in("[tool.ruff]\nline-length = 99\n")
    assert said_in("[[") == said_in("")

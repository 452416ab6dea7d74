"""How somebody else's Python project is installed and called."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.frameworks.base import Change
from scaffold.frameworks.fastapi.framework import FastApi
from scaffold.frameworks.fastapi.install_steps import (
    FOR_TESTS,
    python_tool,
    with_tests,
    workspace_of,
)
from scaffold.frameworks.registry import orm_of
from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version
from tools.source import ROOT

PROJECT = "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['fastapi']\n"
BUILD = "[build-system]\nrequires = ['hatchling']\n"
POETRY = "[tool.poetry]\nname = 'shop'\n[tool.poetry.dependencies]\nfastapi = '*'\n"
SYNC = "uv sync --all-extras --all-groups"
NEWER = "python -m pip install --upgrade 'pip>=25.1'"


def make(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize(
    ("files", "install", "python"),
    [
        ({"pyproject.toml": PROJECT, "uv.lock": ""}, [SYNC], "uv run python"),
        ({"pyproject.toml": PROJECT + "[tool.uv]\n"}, [SYNC], "uv run python"),
        (
            {
                "pyproject.toml": PROJECT
                + "[dependency-groups]\ntest = ['pytest']\n[tool.uv]\nconflicts = [[]]\n"
            }
            | {"uv.lock": ""},
            ["uv sync --group test"],
            "uv run python",
        ),
        (
            {"pyproject.toml": POETRY, "shop/__init__.py": ""},
            ["poetry lock", "poetry install"],
            "poetry run python",
        ),
        (
            {"pyproject.toml": POETRY},
            ["poetry lock", "poetry install --no-root"],
            "poetry run python",
        ),
        (
            {"pyproject.toml": POETRY + "[tool.poetry.group.test]\noptional = true\n"}
            | {"shop.py": ""}
            | {
                "pyproject.toml": POETRY
                + "[tool.poetry.group.test]\noptional = true\n[tool.poetry.group.test.dependencies]\npytest = '*'\n"
            },
            ["poetry lock", "poetry install --with test"],
            "poetry run python",
        ),
        (
            {
                "pyproject.toml": PROJECT + "[tool.poetry]\npackage-mode = false\n",
                "poetry.lock": "",
            },
            ["poetry lock", "poetry install"],
            "poetry run python",
        ),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, ["pdm install"], "pdm run python"),
        (
            {
                "pyproject.toml": PROJECT
                + "[project.optional-dependencies]\ndev = ['pytest']\n[tool.pdm]\n"
            },
            ["pdm install -G :all"],
            "pdm run python",
        ),
        ({"Pipfile": "[packages]\nfastapi = '*'\n"}, ["pipenv install --dev"], "pipenv run python"),
        ({"requirements.txt": "fastapi\n"}, ["pip install -r requirements.txt"], "python"),
        (
            # Another machine's pins contradict ours.
            {
                "requirements.txt": "fastapi\n",
                "requirements.windows.txt": "fastapi==0.104.0\n",
                "requirements-dev.txt": "fastapi\npytest\n",
            },
            ["pip install -r requirements.txt -r requirements-dev.txt"],
            "python",
        ),
        (
            {
                "requirements.txt": "fastapi\n",
                "dev-requirements.txt": "pytest\n",
                "pyproject.toml": "[tool.uv]\n",
            },
            ["pip install -r requirements.txt -r dev-requirements.txt"],
            "python",
        ),
        (
            {"pyproject.toml": PROJECT, "shop/a.py": "", "tests/a.py": ""},
            ["pip install -e ."],
            "python",
        ),
        (
            {"pyproject.toml": PROJECT + "[project.optional-dependencies]\ntest = ['pytest']\n"},
            ["pip install -e '.[test]'"],
            "python",
        ),
        (
            {"pyproject.toml": PROJECT + "[project.optional-dependencies]\npdf = ['weasyprint']\n"},
            ["pip install -e ."],
            "python",
        ),
        (
            {
                "pyproject.toml": PROJECT
                + "[dependency-groups]\ntest = ['pytest']\nlint = ['ruff']\n"
            },
            [NEWER, "pip install -e . --group test"],
            "python",
        ),
        (
            {"pyproject.toml": PROJECT + "[dependency-groups]\nlint = ['ruff']\n"},
            ["pip install -e ."],
            "python",
        ),
        # setuptools refuses two packages side by side, and nothing says that it should not be asked.
        (
            {
                "pyproject.toml": PROJECT
                + "[project.optional-dependencies]\ndev = ['pytest>=8', 'shop', '--index-url http://x']\n",
                "app/a.py": "",
                "worker/a.py": "",
            },
            ["pip install fastapi 'pytest>=8'"],
            "python",
        ),
        (
            {"pyproject.toml": PROJECT + BUILD, "app/a.py": "", "worker/a.py": ""},
            ["pip install -e ."],
            "python",
        ),
    ],
)
def test_each_tool(files: dict[str, str], install: list[str], python: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    tool = python_tool(make(tmp_path, files))
    assert (list(tool.install), tool.python) == (install, python)


def test_a_member_of_a_workspace(tmp_path: Path) -> None:
    space = "[tool.uv.workspace]\nmembers = ['services/*']\nexclude = ['services/old']\n"
    make(tmp_path, {"pyproject.toml": space, "uv.lock": "", "services/api/pyproject.toml": PROJECT})
    make(tmp_path, {"services/old/pyproject.toml": PROJECT, "services/own/pyproject.toml": PROJECT})
    make(tmp_path, {"services/own/pdm.lock": ""})
    assert python_tool(tmp_path / "services/api").install == (SYNC,)
    assert workspace_of(tmp_path / "services/api") == tmp_path
    assert python_tool(tmp_path / "services/old").install == ("pip install -e .",)
    assert python_tool(tmp_path / "services/own").install == ("pdm install",)


def test_the_project_has_its_own_environment(tmp_path: Path) -> None:
    make(tmp_path, {"requirements.txt": "fastapi\n", ".venv/bin/python": ""})
    assert python_tool(tmp_path) == (
        ("uv pip install --python .venv/bin/python -r requirements.txt",),
        ".venv/bin/python",
        False,
    )
    make(tmp_path, {".venv/lib/python3.12/site-packages/pip/__init__.py": ""})
    assert python_tool(tmp_path).install == (".venv/bin/python -m pip install -r requirements.txt",)


@pytest.mark.parametrize(
    ("source", "alias", "files", "python"),
    [
        ("app/rest", "app.rest", {"requirements.txt": ""}, "python"),
        ("src/shop/rest", "shop.rest", {"requirements.txt": ""}, "PYTHONPATH=src python"),
        ("src/shop/rest", "shop.rest", {"pyproject.toml": PROJECT + BUILD}, "python"),
        (
            "src/shop/rest",
            "shop.rest",
            {"pyproject.toml": PROJECT, "uv.lock": ""},
            "PYTHONPATH=src uv run python",
        ),
        (
            "back end/app/rest",
            "app.rest",
            {"pyproject.toml": PROJECT + BUILD, "uv.lock": ""},
            "PYTHONPATH='back end' uv run python",
        ),
    ],
)
def test_the_package_is_found(
    source: str, alias: str, files: dict[str, str], python: str, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    make(tmp_path, files)
    manifest = Manifest(Version("", ""), "fastapi", "shop")
    manifest = replace(manifest, service=False, source=source, alias=alias)
    orm = orm_of({"framework": "fastapi", "orm": "sqlalchemy"})
    change = Change(None, manifest, [f"{source}/migrations/versions/a.py"])
    steps = FastApi().after_change(orm, tmp_path, change)
    assert steps == [f"{python} -m {alias}.migrate", f"{python} -m pytest tests/endpoints"]


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "project = 1",
        "tool = []",
        "[tool]\nuv = 3\npoetry = 'x'\npdm = []\n",
        "\0",
        "a=" + "[" * 5000,
        "[project]\nname = 3\ndependencies = 'x'\n[dependency-groups]\n'; rm' = ['pytest']\n",
        "[dependency-groups]\ndev = 3\n[tool.poetry]\ngroup = 1\n",
        "[tool.poetry]\nname = '../..'\ndependencies = 1\n",
    ],
    ids=range(9),
)
def test_odd_files(text: str, tmp_path: Path) -> None:
    make(tmp_path, {"pyproject.toml": text, "a/pyproject.toml": text})
    (tmp_path / "uv.lock").mkdir()
    for root in (tmp_path, tmp_path / "a"):
        assert "rm" not in " ".join(python_tool(root).install)


@pytest.mark.parametrize(
    ("files", "more"),
    [
        ({"requirements.txt": "fastapi\n"}, " 'httpx2>=2.0' 'pytest>=7.4'"),
        ({"requirements.txt": "fastapi\nhttpx2\n"}, " 'pytest>=7.4'"),
        ({"requirements.txt": "fastapi\npytest\n"}, ""),
        ({"requirements.txt": "fastapi\n", "requirements-dev.txt": "ruff\n"}, ""),
    ],
)
def test_what_the_tests_need_comes_with_the_step(
    files: dict[str, str], more: str, tmp_path: Path
) -> None:
    make(tmp_path, files)
    install = python_tool(tmp_path).install
    assert with_tests(tmp_path, install) == (install[0] + more,)


def test_what_the_tests_need_is_what_the_template_says() -> None:
    text = (ROOT / "templates/fastapi/pyproject.toml.jinja").read_text()
    for one in FOR_TESTS:
        name, _, version = one.partition(">=")
        assert re.search(rf'"{name}\{{\{{ .* else \'>={re.escape(version)}\' \}}\}}"', text)

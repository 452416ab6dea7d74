"""The commands that install and run somebody else's Python project, by the tool that it uses."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks.workspaces import above, counts_in, read_small

_PYPROJECT: Final = "pyproject.toml"
FOR_TESTS: Final = ("httpx2>=2.0", "pytest>=7.4")
"""What the generated tests need, as templates/fastapi/pyproject.toml.jinja has it for somebody else's project."""
_WORD: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
# What setuptools leaves out when it looks for the one package of a project.
_NO_PACKAGE: Final = re.compile(
    "_.*|ci|bin|debian|docs?|documentation|manpages|news|newsfragments|changelog|tests?|unit_tests?|examples?"
    "|scripts|tools|utils?|python|build|benchmarks?|exercises?|htmlcov|tasks|fabfile|site_scons"
)


class PythonTool(NamedTuple):
    """How a project is installed, with what its tests need, and how its Python is called."""

    install: tuple[str, ...]
    python: str = "python"
    packaged: bool = False
    """Whether the installation puts the project's own packages where Python finds them."""


def python_tool(root: Path) -> PythonTool:
    """What the project in `root` uses: uv, Poetry, PDM, Pipenv or pip. Never fails, whatever its files hold."""
    data = _toml(root / _PYPROJECT)
    tool = _table(data, "tool")
    packaged = "build-system" in data
    for name in _managers(root, data):
        if name == "uv":
            packaged = _table(tool, "uv").get("package", packaged) is True
            return PythonTool((_uv_sync(data),), "uv run python", packaged)
        if name == "poetry":
            return _poetry(root, data)
        if name == "pdm":
            extras = " -G :all" if _table(data, "project").get("optional-dependencies") else ""
            return PythonTool((f"pdm install{extras}",), "pdm run python", packaged)
        return PythonTool(("pipenv install --dev",), "pipenv run python")
    return _pip(root, data)


def with_tests(root: Path, install: tuple[str, ...]) -> tuple[str, ...]:
    """The commands, where requirements have no place for what the generated tests need: the last one brings it, too."""
    if not install or " -r " not in install[-1]:
        return install
    from scaffold.dependencies.requirements_txt import named
    from scaffold.frameworks.fastapi.application import DEV

    files = _requirements(root)
    names = {one.name.lower() for file in files for one in named(read_small(root / file))}
    if "pytest" in names or any(DEV.search(file) for file in files):
        return install
    words = [shlex.quote(one) for one in FOR_TESTS if one.partition(">=")[0] not in names]
    return (*install[:-1], " ".join((install[-1], *words)))


def workspace_of(root: Path) -> Path | None:
    """The folder of the uv workspace that counts the project in, if there is one."""
    root = root.resolve()
    for folder in above(root).folders:
        space = _table(_table(_table(_toml(folder / _PYPROJECT), "tool"), "uv"), "workspace")
        path = root.relative_to(folder).as_posix()
        if counts_in(space.get("members"), path) and not counts_in(space.get("exclude"), path):
            return folder
    return None


def _managers(root: Path, data: Mapping[str, Any]) -> list[str]:
    """The tools that the project shows, the strongest sign first: a lock file, a table, a workspace."""
    tool = _table(data, "tool")
    # uv, PDM and Poetry 2 install what `[project]` names: without it these files only hold settings.
    project = "project" in data
    signs = {
        "uv": project and (root / "uv.lock").is_file(),
        "poetry": bool(data) and (root / "poetry.lock").is_file(),
        "pdm": project and (root / "pdm.lock").is_file(),
        "pipenv": (root / "Pipfile.lock").is_file(),
    }
    found = [name for name, there in signs.items() if there]
    if not found and "poetry" in tool and (project or "dependencies" in _table(tool, "poetry")):
        found.append("poetry")
    if not found and project:
        found += [name for name in ("pdm", "uv") if name in tool]
    if not found and (root / "Pipfile").is_file():
        found.append("pipenv")
    if not found and project and workspace_of(root):
        found.append("uv")
    return found


def _uv_sync(data: Mapping[str, Any]) -> str:
    if not _table(_table(data, "tool"), "uv").get("conflicts"):
        return "uv sync --all-extras --all-groups"
    kind, name = _tests(data)
    return f"uv sync --{kind} {name}" if kind else "uv sync"


def _poetry(root: Path, data: Mapping[str, Any]) -> PythonTool:
    poetry, project = _table(_table(data, "tool"), "poetry"), _table(data, "project")
    options = ["--all-extras"] * bool(project.get("optional-dependencies") or poetry.get("extras"))
    kind, name = _tests(data)
    if kind == "with" and _table(_table(poetry, "group"), name).get("optional") is True:
        options.append(f"--with {name}")
    packaged = poetry.get("package-mode", True) is True
    if packaged and "packages" not in poetry:
        own = next(
            (text for text in (project.get("name"), poetry.get("name")) if isinstance(text, str)),
            "",
        )
        own = re.sub(r"[-.]+", "_", own).lower()
        packaged = bool(re.fullmatch(r"\w+", own)) and any(
            (root / place).exists() for place in (own, f"src/{own}", f"{own}.py", f"src/{own}.py")
        )
        # Poetry ends with an error where it does not find the package that it should install.
        options += [] if packaged else ["--no-root"]
    return PythonTool(
        ("poetry lock", " ".join(["poetry install", *options])), "poetry run python", packaged
    )


def _pip(root: Path, data: Mapping[str, Any]) -> PythonTool:
    install, python = _environment(root)
    project = _table(data, "project")
    files = _requirements(root)
    if files and not project.get("dependencies"):
        listed = " ".join(f"-r {shlex.quote(file)}" for file in files)
        return PythonTool((f"{install} {listed}",), python)
    kind, name = _tests(data)
    first = _newer(install, python) if kind == "group" else ()
    if project and not _installs(root, data):
        return PythonTool((*first, f"{install} {_one_by_one(data)}"), python)
    what = f"'.[{name}]'" if kind == "extra" else "."
    group = f" --group {name}" if kind == "group" else ""
    return PythonTool((*first, f"{install} -e {what}{group}"), python, True)


def _one_by_one(data: Mapping[str, Any]) -> str:
    """What a project names that cannot be installed as a package, as arguments of pip."""
    from scaffold.dependencies.pep508 import name_of, parse

    project = _table(data, "project")
    kind, name = _tests(data)
    extra = _table(project, "optional-dependencies").get(name) if kind == "extra" else None
    words = [
        shlex.quote(str(parsed))
        for items in (project.get("dependencies"), extra)
        for text in (items if isinstance(items, list) else ())
        if isinstance(text, str)
        and (parsed := parse(text))
        and name_of(parsed.name) != project.get("name")
    ]
    return " ".join([*words, *(["--group", name] if kind == "group" else [])])


def _newer(install: str, python: str) -> tuple[str, ...]:
    """What brings a pip that knows `--group`."""
    return () if install.startswith("uv ") else (f"{python} -m pip install --upgrade 'pip>=25.1'",)


def _installs(root: Path, data: Mapping[str, Any]) -> bool:
    """Whether `pip install .` finds what to install: setuptools refuses a folder with several packages."""
    setuptools = _table(_table(data, "tool"), "setuptools")
    if "build-system" in data or setuptools.keys() & {"packages", "py-modules"}:
        return True
    if (root / "src").is_dir() or any(
        (root / name).is_file() for name in ("setup.py", "setup.cfg")
    ):
        return True
    try:
        names = [path.name for path in root.iterdir() if path.is_dir()]
    except OSError:
        return True
    return sum(name.isidentifier() and not _NO_PACKAGE.fullmatch(name) for name in names) <= 1


def _environment(root: Path) -> tuple[str, str]:
    """How pip's `install` and Python are called: in the project's own environment, else in the active one."""
    for folder in (".venv", "venv"):
        python = f"{folder}/bin/python"
        if not (root / python).exists():
            continue
        if any((root / folder).glob("lib/python*/site-packages/pip")):
            return f"{python} -m pip install", python
        # uv made it: there is no pip in it.
        return f"uv pip install --python {python}", python
    return "pip install", "python"


def _requirements(root: Path) -> list[str]:
    """The files of requirements, the plain one first."""
    from scaffold.frameworks.fastapi.application import requirement_files

    every = [path for path in requirement_files(root) if path.endswith(".txt")]
    return [path for path in every if "/" not in path] or every


def _tests(data: Mapping[str, Any]) -> tuple[str, str]:
    """Where what the tests need is named: `group`, `extra` or `with` (a group of Poetry's), and its name."""
    from scaffold.dependencies.pyproject import dev_place

    path = dev_place(data) or ("",)
    kinds = {
        ("dependency-groups",): "group",
        ("project", "optional-dependencies"): "extra",
        ("tool", "poetry", "group"): "with",
    }
    kind = kinds.get(path[:-1]) or kinds.get(path[:-2], "")
    name = path[3] if kind == "with" else path[-1]
    return (kind, name) if kind and _WORD.fullmatch(name) else ("", "")


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(read_small(path))
    except (ValueError, RecursionError):
        return {}


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}

"""Somebody else's Python project: what it depends on, and where its FastAPI application is made."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.frameworks.base import Application
from scaffold.frameworks.fastapi.syntax import parsed
from scaffold.frameworks.workspaces import read_small
from scaffold.support.errors import UserError
from scaffold.support.project_files import NOT_SOURCE, regular_bytes
from scaffold.support.text import codec_of

# Besides pyproject.toml: files that may name dependencies.
DEV: Final = re.compile(r"(?:^|[-_/.])(?:dev|test|tests|testing|develop|development)(?=[-_/.])")
"""Names of files of requirements for working on a project."""
_TEXTS = ("*requirements*.txt", "*requirements*.in", "requirements/*.txt", "requirements/*.in")
_SETUP = ("setup.cfg", "setup.py")
_SKIP = NOT_SOURCE | {"tests", "test", "migrations", "alembic"}
# Where an application usually is; the first of these lines that has one decides.
_USUAL = (
    ("main.py",),
    ("app.py",),
    ("app/main.py",),
    ("src/*/main.py", "src/*/app.py", "src/main.py"),
    ("*/main.py", "*/app.py"),
)
_CHOOSE = 'name one in pyproject.toml: `[tool.fastapi]`, then `entrypoint = "pkg.mod:app"`'
PACKAGES = ("rest", "rest_api", "scaffold_rest")


class Python(NamedTuple):
    """What a folder's files say about a Python project: `files` maps each to the packages that it names."""

    name: str | None
    files: dict[str, set[str]]
    entrypoint: str | None

    def where(self, package: str) -> str | None:
        """The first file that names the package."""
        return next((path for path, names in self.files.items() if package in names), None)


def read_python(root: Path) -> Python:
    """The Python project in `root`, with empty `files` if there is none.

    Raises UserError if it cannot read one of its files.
    """
    from scaffold.dependencies import pyproject

    files: dict[str, set[str]] = {}
    name = entrypoint = None
    for path in ("pyproject.toml", "Pipfile"):
        if (root / path).is_file():
            data = pyproject.read(text_of(root, path), path)
            files[path] = pyproject.named(data)
            if path == "pyproject.toml":
                name = pyproject.project_name(data)
                entrypoint = _entrypoint(data)
    for path in requirement_files(root):
        from scaffold.dependencies.pep508 import name_of
        from scaffold.dependencies.requirements_txt import named

        found = (name_of(requirement.name) for requirement in named(text_of(root, path)))
        files[path] = {package for package in found if package}
    for path in _SETUP:
        if (root / path).is_file():
            words = re.findall(r"^[ \t]*[\"']?([A-Za-z][\w.-]*)", text_of(root, path), re.MULTILINE)
            words += re.findall(r"[\"']([A-Za-z][\w.-]*)", text_of(root, path))
            files[path] = {word.lower() for word in words}
    return Python(name, files, entrypoint)


def requirement_files(root: Path) -> list[str]:
    """Requirements files of a project, the plain one first; others only if they are text."""
    found = {
        path.relative_to(root).as_posix()
        for pattern in _TEXTS
        for path in root.glob(pattern)
        if path.is_file() and (path.name == "requirements.txt" or _is_text(path))
    }
    found -= set(_alternatives(root, found))
    return sorted(found, key=lambda path: (path != "requirements.txt", path))


def _alternatives(root: Path, paths: Collection[str]) -> Iterator[str]:
    """What stands for requirements.txt elsewhere, such as requirements.windows.txt: files that name fastapi, too."""
    if "requirements.txt" not in paths or not _names_fastapi(root, "requirements.txt"):
        return
    others = (path for path in paths if path not in ("requirements.txt", "requirements.in"))
    yield from (path for path in others if not DEV.search(path) and _names_fastapi(root, path))


def _names_fastapi(root: Path, path: str) -> bool:
    from scaffold.dependencies.requirements_txt import named

    text = read_small(root / path)
    return any(requirement.name.lower() == "fastapi" for requirement in named(text))


def _is_text(path: Path) -> bool:
    try:
        raw = regular_bytes(path)
        raw.decode(codec_of(raw))
    except (OSError, UnicodeDecodeError):
        return False
    return True


def text_of(root: Path, path: str) -> str:
    """A file of the user's. Raises UserError if it is neither UTF-8 nor marked as UTF-16."""
    try:
        raw = regular_bytes(root / path)
        return raw.decode(codec_of(raw))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read `{path}`: {error}") from error


def _entrypoint(data: dict[str, Any]) -> str | None:
    value: Any = data
    for key in ("tool", "fastapi", "entrypoint"):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_][\w.]*(?::[A-Za-z_]\w*)?", value):
        raise UserError(
            f"`[tool.fastapi] entrypoint` in pyproject.toml is `{value}`",
            'it must name a module and a variable: `entrypoint = "app.main:app"`',
        )
    return value


def find_application(root: Path, entrypoint: str | None, ours: str = "") -> Application:
    """Where a FastAPI project makes its application; skips the folder `ours`.

    Raises UserError if there is none, or more than one.
    """
    if entrypoint:
        dotted, _, variable = entrypoint.partition(":")
        path = dotted.replace(".", "/")
        for place in (
            f"{path}.py",
            f"src/{path}.py",
            f"{path}/__init__.py",
            f"src/{path}/__init__.py",
        ):
            if (root / place).is_file():
                package = dotted if place.endswith("__init__.py") else dotted.rpartition(".")[0]
                return Application(place, place.rpartition("/")[0], package, variable or None)
        raise UserError(
            f"`[tool.fastapi] entrypoint` names `{dotted}`, but there is no such module in `{root}`",
            'for example `entrypoint = "app.main:app"` for app/main.py',
        )
    modules = [
        path
        for path in _modules(root)
        if not (ours and path.startswith(f"{ours}/")) and _makes_application(root, path)
    ]
    for patterns in _USUAL:
        # `*` of fnmatch also takes `/`, so the number of folders has to agree.
        found = [
            path
            for path in modules
            if any(
                fnmatch.fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
                for pattern in patterns
            )
        ]
        if found:
            break
    else:
        found = modules
    if not found:
        raise UserError(
            f"`{root}` depends on fastapi, but no module in it makes an application: `FastAPI(...)`",
            _CHOOSE,
        )
    if len(found) > 1:
        listed = ", ".join(f"`{path}`" for path in found[:5])
        raise UserError(f"more than one module makes an application: {listed}", _CHOOSE)
    folder = found[0].rpartition("/")[0]
    return Application(found[0], folder, _package(root, found[0]))


def free_package(root: Path, application: Application) -> tuple[str, str]:
    """Folder and import path of the package for our code, next to the application.

    Raises UserError if every name for it is taken.
    """
    for name in PACKAGES:
        folder = f"{application.folder}/{name}" if application.folder else name
        if not os.path.lexists(root / folder) and not os.path.lexists(root / f"{folder}.py"):
            return folder, f"{application.package}.{name}" if application.package else name
    taken = ", ".join(f"`{name}`" for name in PACKAGES)
    raise UserError(
        f"the generated code needs a package next to `{application.module}`, but {taken} exist already",
        "rename one of them",
    )


def _modules(root: Path) -> Iterator[str]:
    for path in python_files(root):
        name = path.rpartition("/")[2]
        if not name.startswith("test_") and name != "conftest.py":
            yield path


def python_files(root: Path) -> Iterator[str]:
    """The project's own Python files, with its tests."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIP
            and not name.startswith(".")
            and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py"):
                yield (Path(folder) / name).relative_to(root).as_posix()


def _makes_application(root: Path, path: str) -> bool:
    try:
        text = regular_bytes(root / path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    from scaffold.frameworks.fastapi.install_call import makes_application

    return makes_application(text)


def _package(root: Path, module: str) -> str:
    """The import path of the package that a module is in; empty if it is in none.

    If folders have no `__init__.py`, or are below one that has none, the module's own imports show from
    which folder Python finds it.
    """
    parts = module.split("/")[:-1]
    top = len(parts)
    while top and (root / "/".join(parts[:top]) / "__init__.py").is_file():
        top -= 1
    names = _imported(root, module)
    for at in range(min(top + 1, len(parts))):
        if parts[at] in names:
            return ".".join(parts[at:])
    beside = root / "/".join(parts)
    if top == len(parts) and any(
        (beside / f"{name}.py").is_file() or (beside / name / "__init__.py").is_file()
        for name in names
    ):
        return ""
    start = int(parts[:1] == ["src"] and top > 0 and len(parts) > 1)
    return ".".join(parts[max(start, top if top < len(parts) else 0) :])


def _imported(root: Path, module: str) -> set[str]:
    """First names of the module's absolute imports."""
    try:
        tree = parsed(regular_bytes(root / module).decode("utf-8-sig"))
    except (OSError, SyntaxError, ValueError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names

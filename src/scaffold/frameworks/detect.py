"""The target: where it is and what it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.frameworks.fastapi.application import (
    Application,
    Python,
    find_application,
    free_package,
    read_python,
)
from scaffold.manifest.manifest import Manifest
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST, NOT_SOURCE

# Files by which other frameworks are known; only used to say what was found.
_OTHERS = {
    "Gemfile": "a Ruby project",
    "mix.exs": "an Elixir project",
    "manage.py": "a Django project",
    "pyproject.toml": "a Python project",
    "requirements.txt": "a Python project",
    "Pipfile": "a Python project",
    "setup.py": "a Python project",
    "setup.cfg": "a Python project",
    "go.mod": "a Go module",
    "Cargo.toml": "a Rust crate",
    "pom.xml": "a Java project",
    "composer.json": "a PHP project",
}


# Folder of the source code of a new service, and its import alias.
LAYOUTS = {"nextjs": ("src", "@/"), "fastapi": ("app", "app")}
FRAMEWORKS = {"nextjs": "Next.js", "fastapi": "FastAPI"}


class Recognised(NamedTuple):
    """The framework of a folder without a manifest, None where it is empty; `why` says what shows it."""

    framework: str | None
    why: str = ""
    python: Python | None = None


class Detected(NamedTuple):
    """What a folder without a manifest is: empty, or somebody's Next.js or FastAPI application.

    `foreign` are paths that are the user's from the start, `application` is where a FastAPI application
    is made.
    """

    service: bool
    name: str
    source: str
    alias: str
    framework: str | None = None
    foreign: tuple[str, ...] = ()
    application: Application | None = None


def find_root(project: str | None) -> Path:
    """The project's folder: `--project`, else the nearest one above with a manifest, else this one.

    Raises UserError where `--project` is no folder.
    """
    if project is not None:
        if not project.strip():
            raise UserError("`--project` is empty", "name a folder: `--project apps/web`")
        root = Path(project)
        if root.exists() and not root.is_dir():
            raise UserError(f"`{project}` is a file; `--project` takes a folder")
        if not root.exists():
            raise UserError(
                f"there is no folder `{project}`",
                "`scaffold new PATH --style supabase` makes a service",
            )
        return root.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / MANIFEST).is_file():
            return folder
    return here


def require_project(root: Path) -> Path:
    """The folder itself. Raises UserError where it has no manifest."""
    if not (root / MANIFEST).is_file():
        raise UserError(
            f"`{root}` is not a scaffold project: it has no {MANIFEST}",
            "`scaffold endpoint NAME --style supabase` begins one here",
        )
    return root


def recognise(root: Path) -> Recognised:
    """Which framework the project in `root` uses.

    Raises UserError, saying what was found, where it is none of ours or not one alone.
    """
    names = [name for name in os.listdir(root) if name not in (".git", ".DS_Store")]
    if not names:
        return Recognised(None)
    package = root / "package.json"
    sections: list[Any] = []
    if package.is_file():
        data = _json(package)
        sections = [data.get(key) for key in ("dependencies", "devDependencies")]
    is_next = any(isinstance(section, dict) and "next" in section for section in sections)
    python = read_python(root)
    file = python.where("fastapi")
    if is_next and file:
        raise UserError(
            f"`{root}` has both: package.json depends on `next`, and {file} on `fastapi`",
            "name the folder of one of them: `scaffold endpoint NAME --project apps/web`",
        )
    if file:
        return Recognised("fastapi", f"{file} depends on `fastapi`", python)
    if is_next:
        return Recognised("nextjs", "package.json depends on `next`")
    if package.is_file():
        raise UserError(
            f"`{root}` is not a Next.js or FastAPI project: its package.json does not depend on `next`",
            "in a monorepo name the app: `scaffold endpoint NAME --project apps/web`",
        )
    found = next((words for file, words in _OTHERS.items() if file in names), None)
    if found == "a Python project":
        known = next((name for name in ("django", "flask") if python.where(name)), None)
        found = f"a {known.title()} project" if known else "a Python project without fastapi"
    raise UserError(
        f"`{root}` is not a Next.js or FastAPI project "
        f"(found {found or 'neither package.json nor pyproject.toml'})",
        "run it in such a project, in an empty folder, or make a service: "
        "`scaffold new clinic --style supabase`",
    )


def detect(root: Path, recognised: Recognised | None = None) -> Detected:
    """What `root` is.

    Raises UserError, saying what was found, where endpoints cannot be added to it.
    """
    recognised = recognised or recognise(root)
    if recognised.python is not None:
        return _fastapi(root, recognised.python)
    if recognised.framework is None:
        return Detected(True, slug(root.name), "src", "@/")
    return _nextjs(root)


def detect_adopted(root: Path, manifest: Manifest) -> Detected | None:
    """What an adopted project is, where more than its manifest is needed to add the first endpoint.

    Raises UserError as `detect` does.
    """
    recognised = recognise(root)
    if manifest.service or recognised.python is None:
        return None
    application = find_application(root, recognised.python.entrypoint, manifest.source)
    return Detected(
        False, manifest.name, manifest.source, manifest.alias, "fastapi", (), application
    )


def _fastapi(root: Path, python: Python) -> Detected:
    application = find_application(root, python.entrypoint)
    source, alias = free_package(root, application)
    name = slug(python.name or root.name)
    # Never written, whether it is there or not: what it would say goes into the user's own files.
    return Detected(False, name, source, alias, "fastapi", ("pyproject.toml",), application)


def _nextjs(root: Path) -> Detected:
    if not (root / "tsconfig.json").is_file():
        raise UserError(
            f"`{root}` has no tsconfig.json; the generated code is TypeScript",
            "`npx tsc --init`, or let `next dev` make one",
        )
    inside = (root / "src").is_dir() and not any(
        (root / name).is_dir() for name in ("app", "pages")
    )
    source = "src" if inside else "."
    name = _json(root / "package.json").get("name")
    name = slug(name if isinstance(name, str) else root.name)
    return Detected(False, name, source, _alias(root, source), "nextjs")


def _alias(root: Path, source: str) -> str:
    """The source folder's import alias in tsconfig.json, or empty: then imports are relative."""
    options = _json(root / "tsconfig.json").get("compilerOptions")
    paths = options.get("paths") if isinstance(options, dict) else None
    if not isinstance(paths, dict):
        return ""
    base = options.get("baseUrl", ".") if isinstance(options, dict) else "."
    for pattern, targets in paths.items():
        if not re.fullmatch(r"(?:[A-Za-z0-9@~#$_-]+/)+\*|[@~#]\*", pattern) or not isinstance(
            targets, list
        ):
            continue
        for target in targets:
            if not isinstance(target, str) or not target.endswith("*"):
                continue
            folder = os.path.normpath(os.path.join(str(base), target[:-1] or "."))
            if folder == source:
                return str(pattern[:-1])
            if folder == ".":
                return f"{pattern[:-1]}{source}/"
    return ""


def slug(text: str) -> str:
    """A project name that npm, PostgreSQL and a Docker tag would take."""
    word = re.sub(r"[^a-z0-9._-]+", "-", text.rsplit("/", 1)[-1].lower()).strip("-._")
    return word[:60] or "service"


def has_migration(root: Path, table: str) -> bool:
    """Whether a migration creates that table, so that dropping its definition would drop rows."""
    made = re.compile(
        rf"CREATE TABLE (?:IF NOT EXISTS )?\"{table}\" \(|create_table\(\s*[\"']{table}[\"']",
        re.IGNORECASE,
    )
    return any(made.search(path.read_text("utf-8", "replace")) for path in _migrations(root))


def _migrations(root: Path) -> Iterator[Path]:
    """Files of Drizzle, Prisma and libSQL in folders of their own, of Alembic in any folder `versions`."""
    for pattern in ("drizzle/*.sql", "prisma/migrations/*/*.sql", "migrations/*/*.sql"):
        yield from root.glob(pattern)
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if name not in NOT_SOURCE and not name.startswith(".")
        ]
        if Path(folder).name == "versions":
            yield from (Path(folder) / name for name in files if name.endswith(".py"))


def _json(path: Path) -> dict[str, Any]:
    """A JSON file that may hold comments and trailing commas, as tsconfig.json does."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read `{path}`: {error}") from error
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        # Strings are matched first, so that `//` inside one is left alone.
        token = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
        bare = token.sub(lambda match: match[1] or "", text)
        bare = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda match: match[1] or "", bare)
        try:
            data = json.loads(bare)
        except json.JSONDecodeError as error:
            raise UserError(
                f"`{path}` is not valid JSON: {error.msg} (line {error.lineno})"
            ) from None
    if not isinstance(data, dict):
        raise UserError(f"`{path}` is not a JSON object")
    return data

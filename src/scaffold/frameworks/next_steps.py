"""What to do after a command, by framework: install, migrate, test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.manifest.manifest import Manifest

# The folder of definitions that an ORM's own tool makes migrations of; others have theirs from scaffold.
_DEFINITIONS = {"drizzle": "db/schema/", "prisma": "prisma/schema/"}
_GENERATE = "npm run db:generate"
_MIGRATE = "npm run db:migrate"
_DROP = f"{_GENERATE} -- --drop"
_VENV = "python -m venv .venv && .venv/bin/pip install -e '.[dev]'"


def after_change(
    stack: Mapping[str, str],
    root: Path,
    manifest: Manifest,
    changed: Iterable[str],
    before: Manifest | None = None,
) -> tuple[str, ...]:
    """The next steps; `stack` are the conventions of that group, `changed` the paths that the command wrote.

    `before` is the manifest as it was, where there was one: what went out of it is to be dropped.
    """
    paths = list(changed)
    if stack["framework"] == "fastapi":
        return tuple(_python(root, manifest, paths))
    steps = []
    if "package.json" in paths or not (root / "node_modules").is_dir():
        steps.append("npm install")
    definitions = _DEFINITIONS.get(stack["orm"])
    if definitions and any(f"/{definitions}" in f"/{path}" for path in paths):
        steps.append(_DROP if before and _loses_columns(before, manifest) else _GENERATE)
    elif not definitions and any(path.startswith("migrations/") for path in paths):
        steps.append(_MIGRATE)
    return (*steps, "npm test")


def _loses_columns(before: Manifest, after: Manifest) -> bool:
    tables = {item.stored_in: {one.stored_in for one in item.fields} for item in after.resources}
    return any(
        not {one.stored_in for one in item.fields} <= tables[item.stored_in]
        for item in before.resources
        if item.stored_in in tables
    )


def after_new(stack: Mapping[str, str], path: str) -> tuple[str, ...]:
    """The first steps in a new service."""
    if stack["framework"] == "fastapi":
        start = [_VENV, "cp .env.example .env", ".venv/bin/uvicorn main:app --reload"]
    else:
        start = ["npm install", *[_GENERATE] * (stack["orm"] in _DEFINITIONS), "npm run dev"]
    return (f"cd {path}", *start, "scaffold endpoint NAME FIELD ...")


def after_drop(stack: Mapping[str, str], root: Path, manifest: Manifest) -> tuple[str, ...]:
    """The steps after a table's definition was taken out: its migration is for when nothing reads it any more."""
    if stack["framework"] == "fastapi":
        return tuple(_python(root, manifest, ["/versions/"]))
    if stack["orm"] in _DEFINITIONS:
        return (_DROP, "npm test")
    return (_MIGRATE, "npm test")


def _python(root: Path, manifest: Manifest, paths: list[str]) -> list[str]:
    migrates = any("/versions/" in path for path in paths)
    if manifest.service:
        install = [] if (root / ".venv").is_dir() else [_VENV]
        migrate = [f".venv/bin/python -m {manifest.alias}.migrate"] * migrates
        return [*install, *migrate, ".venv/bin/pytest"]
    names = {path.rsplit("/", 1)[-1] for path in paths}
    touched = any(
        name in ("pyproject.toml", "Pipfile") or name.endswith((".txt", ".in")) for name in names
    )
    steps = install_python(root) if touched else []
    if migrates:
        steps.append(f"python -m {manifest.alias}.migrate")
    return [*steps, "pytest"]


def install_python(root: Path) -> list[str]:
    """The commands that install a Python project of somebody else's, with what its tests need."""
    text = _read(root / "pyproject.toml")
    if (root / "uv.lock").exists():
        return ["uv sync --all-extras --all-groups"]
    if "[tool.poetry" in text:
        return ["poetry lock", "poetry install"]
    if (root / "Pipfile").exists():
        return ["pipenv install --dev"]
    files = [path.name for path in sorted(root.glob("requirements*.txt"))]
    if files and "dependencies = [" not in text:
        return ["pip install " + " ".join(f"-r {file}" for file in files)]
    if "[dependency-groups]" in text:
        return ["pip install -e . --group dev"]
    return [
        (
            "pip install -e '.[dev]'"
            if "[project.optional-dependencies]" in text
            else "pip install -e ."
        )
    ]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""

"""The commands that install somebody else's Python project."""

from __future__ import annotations

from pathlib import Path


def install_python(root: Path) -> list[str]:
    """The commands that install somebody else's Python project, with what its tests need."""
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

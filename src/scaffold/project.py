"""The target: where it is and what it is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.errors import UserError
from scaffold.manifest import FILE

# Files by which other frameworks are known; only used to say what was found.
_OTHERS = {
    "Gemfile": "a Ruby project",
    "mix.exs": "an Elixir project",
    "manage.py": "a Django project",
    "pyproject.toml": "a Python project",
    "go.mod": "a Go module",
    "Cargo.toml": "a Rust crate",
    "pom.xml": "a Java project",
    "composer.json": "a PHP project",
}


# Folder of the source code of a new service, and its import alias.
LAYOUTS = {"nextjs": ("src", "@/"), "fastapi": ("app", "app")}


class Detected(NamedTuple):
    """What a folder without a manifest is: empty, or somebody's Next.js app."""

    service: bool
    name: str
    source: str
    alias: str


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
        if (folder / FILE).is_file():
            return folder
    return here


def detect(root: Path) -> Detected:
    """What `root` is.

    Raises UserError, saying what was found, where endpoints cannot be added to it.
    """
    names = [name for name in os.listdir(root) if name not in (".git", ".DS_Store")]
    if not names:
        return Detected(True, slug(root.name), "src", "@/")
    package = root / "package.json"
    if not package.is_file():
        found = next((words for file, words in _OTHERS.items() if file in names), "no package.json")
        raise UserError(
            f"`{root}` is not a Next.js project (found {found})",
            "run it in a Next.js project, in an empty folder, or make a service: "
            "`scaffold new clinic --style supabase`",
        )
    data = _json(package)
    sections = [data.get(key) for key in ("dependencies", "devDependencies")]
    if not any(isinstance(section, dict) and "next" in section for section in sections):
        raise UserError(
            f"`{root}` is not a Next.js project: its package.json does not depend on `next`",
            "in a monorepo name the app: `scaffold endpoint NAME --project apps/web`",
        )
    if not (root / "tsconfig.json").is_file():
        raise UserError(
            f"`{root}` has no tsconfig.json; the generated code is TypeScript",
            "`npx tsc --init`, or let `next dev` make one",
        )
    inside = (root / "src").is_dir() and not any(
        (root / name).is_dir() for name in ("app", "pages")
    )
    source = "src" if inside else "."
    name = data.get("name")
    return Detected(
        False, slug(name if isinstance(name, str) else root.name), source, _alias(root, source)
    )


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
    wanted = f'CREATE TABLE "{table}" ('
    return any(
        wanted in path.read_text("utf-8", "replace") for path in (root / "drizzle").glob("*.sql")
    )


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

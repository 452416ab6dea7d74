"""The target: where it is and what it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from scaffold.frameworks.base import Detected, Framework
from scaffold.frameworks.registry import frameworks
from scaffold.manifest.manifest import Manifest
from scaffold.resources.names import slug
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST

# Files that other frameworks are known by; they only serve to say what was found.
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


class Recognised(NamedTuple):
    """The framework of a folder without a manifest, None if it is empty; `why` says what shows it."""

    framework: Framework | None
    why: str = ""


def find_root(project: str | None) -> Path:
    """The project's folder: `--project`, else the nearest one above with a manifest, else this one.

    Raises UserError if `--project` is not a folder.
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
    """The folder itself. Raises UserError if it has no manifest."""
    if not (root / MANIFEST).is_file():
        raise UserError(
            f"`{root}` is not a scaffold project: it has no {MANIFEST}",
            "`scaffold endpoint NAME --style supabase` begins one here",
        )
    return root


def recognise(root: Path) -> Recognised:
    """Which framework the project in `root` uses.

    Raises UserError, saying what was found, if it is none of ours or more than one.
    """
    every = recognise_all(root)
    if len(every) == 1:
        return every[0]
    (_, first), *others = every
    raise UserError(
        f"`{root}` has both: {first}, and {' and '.join(why.replace(' depends', '', 1) for _, why in others)}",
        "say which by a style, `--style supabase` or `--style fastapi`; or name the folder of one of them: "
        "`scaffold endpoint NAME --project apps/web`",
    )


def recognise_all(root: Path) -> list[Recognised]:
    """Each framework that the project in `root` uses; one, without a framework, if the folder is empty.

    Raises UserError, saying what was found, if it is none of ours.
    """
    names = [name for name in os.listdir(root) if name not in (".git", ".DS_Store")]
    if not names:
        return [Recognised(None)]
    found = [(framework, framework.evidence(root)) for framework in frameworks()]
    known = [(framework, *why) for framework, why in found if why]
    if known:
        return [Recognised(one, f"{file} depends on `{package}`") for one, file, package in known]
    if (root / "package.json").is_file():
        raise UserError(
            f"`{root}` is not {_one_of_ours()}: its package.json does not depend on `next`",
            "in a monorepo name the app: `scaffold endpoint NAME --project apps/web`",
        )
    other = next((words for file, words in _OTHERS.items() if file in names), None)
    if other == "a Python project":
        from scaffold.frameworks.fastapi.application import read_python

        python = read_python(root)
        name = next((name for name in ("django", "flask") if python.where(name)), None)
        other = f"a {name.title()} project" if name else "a Python project without fastapi"
    raise UserError(
        f"`{root}` is not {_one_of_ours()} (found {other or 'neither package.json nor pyproject.toml'})",
        "run it in such a project, in an empty folder, or make a service: "
        "`scaffold new clinic --style supabase`",
    )


def _one_of_ours() -> str:
    return f"a {' or '.join(framework.title for framework in frameworks())} project"


def detect(root: Path, recognised: Recognised | None = None) -> Detected:
    """What `root` is.

    Raises UserError, saying what was found, if endpoints cannot be added to it.
    """
    framework = (recognised or recognise(root)).framework
    if framework is None:
        return Detected(True, slug(root.name), "src", "@/")
    return framework.detect(root)


def detect_adopted(root: Path, manifest: Manifest, needed: Framework) -> Detected | None:
    """What an adopted project of the framework `needed` is, if its first endpoint needs more than the manifest says.

    Raises UserError as `detect` does.
    """
    found = any(one.framework is needed for one in recognise_all(root))
    return needed.detect_adopted(root, manifest) if found else None

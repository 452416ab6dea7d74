"""`new`: a whole service."""

from __future__ import annotations

import os
import re
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

from scaffold.agents import following
from scaffold.agents.choice import Choice
from scaffold.agents.stated import overridden
from scaffold.api.run import Outcome
from scaffold.frameworks import next_steps
from scaffold.frameworks.registry import framework_of, laid_out, stack_of
from scaffold.manifest.manifest import Manifest
from scaffold.planning.plan import Action, FileChange, Plan, make_plan
from scaffold.rendering.render import Templates
from scaffold.resources.names import slug
from scaffold.resources.options import Options, as_settings
from scaffold.sources.address import fetch
from scaffold.sources.repository import only_known
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from scaffold.support.text import printable
from scaffold.writing.apply import apply, lock

_LONGEST: Final = 255
"""Bytes of a file's name, on nearly every file system (limits.h, NAME_MAX)."""


def new(
    path: str,
    *,
    style: str | None,
    name: str | None = None,
    options: Options | None = None,
    source: str | None = None,
    dry_run: bool = False,
    accept: bool = False,
) -> Outcome:
    """Makes a whole service in a folder that does not exist or is empty, with a git repository and a first commit.

    `source` names a repository of templates other than scaffold's own. Raises UserError with nothing
    written.
    """
    from scaffold.support.git import commit_all, is_inside_repository

    if not path.strip():
        raise UserError(
            "the path of the new service is empty", "scaffold new clinic --style supabase"
        )
    if "\0" in path or any(len(os.fsencode(part)) > _LONGEST for part in path.split("/")):
        raise UserError(
            f"`{printable(path[:60])}…` has a name that no file system takes: at most {_LONGEST} bytes each",
            "scaffold new clinic --style supabase",
        )
    root = Path(path)
    if root.is_symlink() and not root.exists():
        raise UserError(
            f"`{path}` is a link that leads nowhere", "remove it, or name another folder"
        )
    if root.exists() and not root.is_dir():
        raise UserError(
            f"`{path}` is a file",
            "name a folder that does not exist: `scaffold new clinic --style supabase`",
        )
    if root.exists() and any(root.iterdir()):
        raise UserError(
            f"`{path}` is not empty",
            "`scaffold endpoint NAME --style supabase` adds to an existing project; `new` needs an empty folder",
        )
    root = root.resolve()
    project_name = name if name is not None else root.name
    if slug(project_name) != project_name:
        raise UserError(
            f"`{printable(project_name)}` cannot be a project's name: at most 60 of a-z, 0-9, `.`, `_` and `-`",
            f"scaffold new {printable(path)} --name {slug(project_name)}",
        )
    options = options or Options()
    with only_known() if dry_run else nullcontext():
        version = newest(source)
        templates = Templates(fetch(version))
    choice = Choice((*options.settings, *as_settings(options)), accept)
    # Documents are named from here: the folder of the service does not exist yet.
    follows, messages = following.followed(templates, style, Path.cwd(), choice)
    manifest = follows.put_into(Manifest(version, follows.style, project_name))
    manifest = replace(
        manifest, overrides=overridden(templates, manifest, choice.settings, options=True)
    )
    manifest = laid_out(templates, manifest)
    tree = templates.render(manifest)
    _require_own_name(
        project_name, path, framework_of(stack_of(templates, manifest)).packages(tree)
    )
    follow = next_steps.after_new(stack_of(templates, manifest), path)
    if dry_run:
        made = [FileChange(path, Action.CREATE, None, text.encode()) for path, text in tree.items()]
        return Outcome(
            "new", root, manifest, Plan(tuple(made)), True, next_steps=follow, messages=messages
        )
    with lock(root):
        plan = make_plan(root, {}, tree)
        apply(root, plan, keep=False)
    if is_inside_repository(root.parent):
        messages = (
            *messages,
            "This folder is inside a git repository, so `new` did not make another; commit when you like.",
        )
    else:
        commit_all(root, f"Add {project_name}, made by scaffold in the style {manifest.style}")
    return Outcome("new", root, manifest, plan, False, next_steps=follow, messages=messages)


def _require_own_name(name: str, path: str, packages: set[str]) -> None:
    """Raises UserError if the service has the name of a package that it installs."""
    # PEP 503: what differs in `.`, `_` and `-` only is one name; npm keeps such names apart, and nobody wants both.
    plain = re.sub(r"[._-]+", "-", name).lower()
    if plain in packages:
        raise UserError(
            f"`{name}` is a package that the service installs, and it cannot have the same name",
            f"scaffold new {printable(path)} --name {name}-service",
        )

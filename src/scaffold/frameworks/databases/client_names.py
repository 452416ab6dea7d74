"""How generated code names the module of a database client, and which file that is."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Final

from scaffold.manifest.manifest import Manifest
from scaffold.support.errors import UserError
from scaffold.support.text import printable

FOLDER: Final = "api-db"
"""Our folder for what belongs to the database, in a project that has its own."""

_ENDINGS: Final = ("ts", "tsx", "mts", "js", "mjs", "jsx")


def module_at(path: str, source: str, alias: str) -> str:
    """How a file of our folder imports that file of the project."""
    bare = re.sub(r"(?:/index)?\.[cm]?[jt]sx?\Z", "", path)
    inside = bare if source == "." else bare.removeprefix(f"{source}/")
    if alias and (source == "." or inside != bare):
        return f"{alias}{inside}"
    return posixpath.relpath(bare, FOLDER if source == "." else f"{source}/{FOLDER}")


def resolved(root: Path, said: str, manifest: Manifest) -> str:
    """What the user said for `--db`, as our code names it: `./` begins in the project's folder.

    Raises UserError if no file is there.
    """
    module, _, name = said.rpartition("#")
    path = _path_of(module, manifest)
    if path is None:
        return said  # a package
    place = _file_of(root, path)
    if place is None:
        raise UserError(
            f"`--db {printable(said)}`: there is no module `{printable(path)}`",
            f"name a module and what it exports, such as `--db '{manifest.alias or './'}lib/db#db'`",
        )
    if module.startswith("./"):
        return f"{module_at(place, manifest.source, manifest.alias)}#{name}"
    return said


def place_of(root: Path, said: str, manifest: Manifest) -> str | None:
    """The file that has a client; None if a package has it."""
    from scaffold.frameworks.next_modules import Modules

    specifier = said.rpartition("#")[0]
    path = _path_of(specifier, manifest)
    if path is not None:
        return _file_of(root, path)
    # Their tsconfig may have more than one alias.
    module = Modules(root, manifest.source, manifest.alias).at(specifier)
    return module.path if module else None


def _path_of(module: str, manifest: Manifest) -> str | None:
    """The path of a module as our code names it, without its ending; None for that of a package."""
    source = "" if manifest.source == "." else f"{manifest.source}/"
    if module.startswith("./"):
        return posixpath.normpath(module)
    if manifest.alias and module.startswith(manifest.alias):
        return source + module.removeprefix(manifest.alias)
    if module.startswith("../"):
        return posixpath.normpath(f"{source}{FOLDER}/{module}")
    return None


def _file_of(root: Path, path: str) -> str | None:
    """The file of a module; None if there is none, or it leads out of the project."""
    if path.startswith(".."):
        return None
    bare = re.sub(r"\.[cm]?[jt]sx?\Z", "", path)
    endings = [f"{index}.{end}" for index in ("", "/index") for end in _ENDINGS]
    return next((bare + end for end in endings if (root / (bare + end)).is_file()), None)

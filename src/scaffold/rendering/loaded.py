"""One version of the templates as it is read: its files, what `copier.yml` says, its compiled language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scaffold.rendering import tree_cache
from scaffold.sources.pack import Texts, open_texts
from scaffold.support.yaml import mapping_of

if TYPE_CHECKING:
    from scaffold.rendering.sandbox import Language


# A template that names none of these looks the same whatever resources the project has.
RESOURCE_VARIABLES: Final = (
    "resources",
    "things",
    "kinds",
    "models",
    "migration_order",
    "table_keys",
    "table_steps",
    "column_changes",
    "live",
    "endpoints",
    "items",
    "_copier_answers",
)
# What is included sees all variables, too.
_NAMES_RESOURCES = re.compile(
    r"(?<![\w.])(?:" + "|".join(RESOURCE_VARIABLES) + r"|include|extends)\b"
)
# A word in a string, such as the path of an import, is no variable.
_STRING = re.compile(r"""('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\")""", re.DOTALL)
# An import that sees the variables of who imports, and the expression of its path.
_SEES = re.compile(
    r"^[-+]?\s*(?:import|from)\s(.+?)\s(?:as|import)\s.*\bwith\s+context\b", re.DOTALL
)
_JINJA = re.compile(r"\{[{%](.*?)[}%]\}", re.DOTALL)


class Loaded:
    """What all commands of a process share of one version; everything is read when it is asked for.

    `stamp` names the version in keys of caches; it is None for a folder, which may change.
    """

    def __init__(self, root: Path, stamp: str | None) -> None:
        self._root = root
        self.stamp = stamp
        self._indexes: dict[str, dict[str, bool]] = {}

    @cached_property
    def texts(self) -> Texts:
        """The files."""
        return open_texts(self._root)

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """What `copier.yml` says."""
        return mapping_of("copier.yml", self.texts["copier.yml"], "_subdirectory")

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The conventions, with defaults and what is allowed: `templates/conventions.yml`."""
        name = "templates/conventions.yml"
        return mapping_of(name, self.texts[name])

    @cached_property
    def language(self) -> Language:
        """The templates, compiled as they are needed. Raises UserError if an option is not allowed."""
        # Imported only to render something: often all of it is kept already.
        from scaffold.rendering.sandbox import Language

        return Language(self.texts, self.config.get("_envops", {}))

    def index(self, subdirectory: str) -> Mapping[str, bool]:
        """Every template below a folder, by its path in there, and whether it names resources."""
        if subdirectory not in self._indexes:
            key = tree_cache.key_of(self.stamp or "", subdirectory)
            known = tree_cache.load("index", key) if self.stamp else None
            if known is None:
                known = self._names_resources(f"{subdirectory}/")
                if self.stamp:
                    tree_cache.store("index", key, known)
            self._indexes[subdirectory] = known
        return self._indexes[subdirectory]

    def _names_resources(self, inside: str) -> dict[str, bool]:
        known: dict[str, bool] = {}
        return {
            path.removeprefix(inside): self._depends(path, known)
            for path in self.texts
            if path.startswith(inside)
        }

    def _depends(self, path: str, known: dict[str, bool]) -> bool:
        """Whether a template names resources, or what it imports with its variables does."""
        if path not in known:
            # What is not there fails when it is rendered, with its line.
            if path not in self.texts:
                return True
            known[path] = False
            known[path] = any(
                _NAMES_RESOURCES.search(_STRING.sub("", code))
                or ((sees := _SEES.match(code)) and self._any_depends(sees[1], known))
                for code in _JINJA.findall(self.texts[path])
            )
        return known[path]

    def _any_depends(self, expression: str, known: dict[str, bool]) -> bool:
        """The same of the templates whose path an expression may come to: between its strings is anything."""
        parts = _STRING.split(expression)
        pattern = "".join(
            re.escape(part[1:-1]) if number % 2 else ".*" * bool(part.strip())
            for number, part in enumerate(parts)
        )
        if ".*" not in pattern:
            return self._depends("".join(part[1:-1] for part in parts[1::2]), known)
        paths = [path for path in self.texts if re.fullmatch(pattern, path)]
        return not paths or any(self._depends(path, known) for path in paths)


def load(root: Path) -> Loaded:
    """The version in that pack or folder."""
    stamp = tree_cache.stamp_of(root)
    return _kept(root, stamp) if stamp else Loaded(root, None)


@lru_cache(maxsize=4)
def _kept(root: Path, stamp: str) -> Loaded:
    return Loaded(root, stamp)


__all__ = ["RESOURCE_VARIABLES", "Loaded", "load"]

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
    "models",
    "migration_order",
    "table_steps",
    "live",
    "endpoints",
    "items",
    "_copier_answers",
)
_NAMES_RESOURCES = re.compile(r"(?<![\w.])(?:" + "|".join(RESOURCE_VARIABLES) + r")\b")
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
        found = {}
        for path in self.texts:
            if path.startswith(inside):
                code = " ".join(_JINJA.findall(self.texts[path]))
                found[path.removeprefix(inside)] = bool(_NAMES_RESOURCES.search(code))
        return found


def load(root: Path) -> Loaded:
    """The version in that pack or folder."""
    stamp = tree_cache.stamp_of(root)
    return _kept(root, stamp) if stamp else Loaded(root, None)


@lru_cache(maxsize=4)
def _kept(root: Path, stamp: str) -> Loaded:
    return Loaded(root, stamp)


__all__ = ["RESOURCE_VARIABLES", "Loaded", "load"]

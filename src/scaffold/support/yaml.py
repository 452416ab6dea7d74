"""YAML, read once: importing PyYAML and parsing with it cost a small command more than all its own work."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.support.cache_dir import cache_dir, put, trim
from scaffold.support.errors import UserError

# Documents kept; templates have a handful for each version, a project has its manifest.
_MOST = 300


class YamlError(Exception):
    """Text that is no YAML: what is wrong with it, and the line (from 1; 0 where unknown)."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@cache
def load(text: str) -> Any:
    """What the text means. Callers share it, so they must not change it. Raises YamlError."""
    path = cache_dir() / "yaml" / hashlib.sha256(text.encode()).hexdigest()
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        data = _parse(text)
    _remember(path, data)
    return data


def mapping_of(name: str, text: str, *needed: str) -> dict[str, Any]:
    """The mapping in a file of the templates. Raises UserError where it is none, or lacks a key that is needed."""
    try:
        data = load(text)
    except YamlError as error:
        data, needed = None, (f"valid YAML: {error.problem}",)
    if not isinstance(data, dict) or not set(needed) <= set(data):
        raise UserError(
            f"the templates' `{name}` lacks {', '.join(needed) or 'a mapping'}",
            "correct it in the repository of the templates, commit, and tag a version",
        )
    return data


def _parse(text: str) -> Any:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # An alias can stand for itself a billion times; nothing that is read here has one.
        if "*" in text:
            for event in yaml.parse(text, Loader=loader):
                if isinstance(event, yaml.AliasEvent):
                    at = event.start_mark.line + 1 if event.start_mark else 0
                    raise YamlError(f"the alias `*{event.anchor}` is not allowed", at)
        return yaml.load(text, Loader=loader)
    except (ValueError, RecursionError) as error:
        raise YamlError(f"a value in it cannot be read ({str(error)[:80]})", 0) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlError(
            str(getattr(error, "problem", None) or error), mark.line + 1 if mark else 0
        ) from None


def _remember(place: Path, data: Any) -> None:
    """Keeps a document that JSON can hold as it is; a full or unwritable cache is no error."""
    try:
        encoded = json.dumps(data)
        if json.loads(encoded) == data:
            put(place, encoded.encode())
            trim(place.parent, _MOST)
    except (TypeError, ValueError, OSError):
        return

"""YAML, parsed once and cached: to import and run PyYAML takes longer than the rest of a small command."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from scaffold.support.cache_dir import cache_dir, put, trim
from scaffold.support.errors import UserError

# Each template version has a handful of documents, each project its manifest.
_MOST = 300


class YamlError(Exception):
    """Invalid YAML: what is wrong with it, and on which line (from 1; 0 if unknown)."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


@cache
def load(text: str) -> Any:
    """The data in the text. Callers share it and must not change it. Raises YamlError."""
    path = cache_dir() / "yaml" / hashlib.sha256(text.encode()).hexdigest()
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        data = _parse(text)
    _remember(path, data)
    return data


def mapping_of(name: str, text: str, *needed: str) -> dict[str, Any]:
    """The mapping in the templates' file `name`.

    Raises UserError if the text is anything else, or lacks one of the `needed` keys.
    """
    try:
        data = load(text)
    except YamlError as error:
        data, needed = None, (f"valid YAML: {error.problem}",)
    if not isinstance(data, dict) or not set(needed) <= set(data):
        raise UserError(
            f"the templates' `{name}` lacks {', '.join(needed) or 'a mapping'}",
            "fix it in the templates' repository, commit, and tag a version",
        )
    return data


def _parse(text: str) -> Any:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        # Nested aliases can expand a billion times; no document that scaffold reads needs one.
        if "*" in text:
            for event in yaml.parse(text, Loader=loader):
                if isinstance(event, yaml.AliasEvent):
                    at = event.start_mark.line + 1 if event.start_mark else 0
                    raise YamlError(f"the alias `*{event.anchor}` is not allowed", at)
        return yaml.load(text, Loader=loader)
    except (ValueError, RecursionError) as error:
        raise YamlError(f"it has an unreadable value ({str(error)[:80]})", 0) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise YamlError(
            str(getattr(error, "problem", None) or error), mark.line + 1 if mark else 0
        ) from None


def _remember(place: Path, data: Any) -> None:
    """Cache a document that survives a round trip through JSON; ignore a full or unwritable cache."""
    try:
        encoded = json.dumps(data)
        if json.loads(encoded) == data:
            put(place, encoded.encode())
            trim(place.parent, _MOST)
    except (TypeError, ValueError, OSError):
        return

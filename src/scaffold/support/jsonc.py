"""JSON with comments and trailing commas, as in tsconfig.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from scaffold.support.errors import UserError
from scaffold.support.project_files import regular_bytes
from scaffold.support.text import BOM, lf


def read_object(path: Path) -> dict[str, Any]:
    """The object in the file. Raises UserError if the file is unreadable or holds anything else."""
    try:
        text = lf(regular_bytes(path).decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read `{path}`: {error}") from error
    try:
        data = _parsed(text)
    except json.JSONDecodeError as error:
        raise UserError(f"`{path}` is not valid JSON: {error.msg} (line {error.lineno})") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"`{path}` is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise UserError(f"`{path}` is not a JSON object")
    return data


def object_of(text: str) -> dict[str, Any]:
    """The object that the text holds; empty if it holds anything else."""
    try:
        data = _parsed(text.removeprefix(BOM))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Match strings first, to leave `//` inside them alone.
        token = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
        bare = token.sub(lambda match: match[1] or "", text)
        bare = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda match: match[1] or "", bare)
        return json.loads(bare)

"""JSON files that people edit: comments and trailing commas are allowed, as in tsconfig.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from scaffold.support.errors import UserError


def read_object(path: Path) -> dict[str, Any]:
    """The object in the file. Raises UserError where it cannot be read or is not an object."""
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

"""What the generated code uses of a project that scaffold did not make, under the names that it has there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

_MODULE: Final = r"[@~#\w./-]{1,200}#[A-Za-z_$][\w$]{0,99}"
_DOTTED: Final = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*"
PATTERNS: Final[Mapping[str, str]] = {
    "zod": r"zod/v4",
    "db": _MODULE,
    "auth": _MODULE,
    "current_user": _DOTTED,
    "session": _DOTTED,
}
"""Each key with the form of its value. Templates write the values into code."""


def problems(host: Mapping[Any, Any]) -> list[str]:
    """What is wrong with the answer `host` of a manifest, in sentences."""
    return [
        f"`host.{key}` has the invalid value `{str(value)[:60]}`"
        for key, value in host.items()
        if key in PATTERNS
        and not (isinstance(value, str) and re.fullmatch(PATTERNS[key], value, re.ASCII))
    ]


def unknown(host: Mapping[Any, Any]) -> list[str]:
    """Keys that only a newer scaffold knows."""
    return [f"host.{key}" for key in host if key not in PATTERNS]

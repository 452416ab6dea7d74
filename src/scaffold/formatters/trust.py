"""Which formatter may run: one that came from an installer, configured by data, or by what this user agreed to.

A repository is somebody else's. What git tracks could be their own program under the name of a formatter; a
configuration in JavaScript and a plugin run when the formatter reads them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

from scaffold.formatters.tool import Tool
from scaffold.support.cache_dir import cache_dir, put
from scaffold.support.git import git

_SAID: Final = "formatters.json"
_MOST: Final = 500


class Reason(NamedTuple):
    """Why a formatter does not run, and the command that helps."""

    why: str
    helps: str

    def __str__(self) -> str:
        return f"{self.why}, so what scaffold writes is in its own format: `{self.helps}`"


def why_not(tool: Tool) -> Reason | None:
    """Why the tool must not run in its project; None if it may."""
    if not tool.is_installed:
        return Reason(f"{tool.title} is configured ({tool.where}) and not installed", tool.install)
    if _is_tracked(tool.top, tool.packages):
        why = f"git tracks the {tool.title} of this project, so it is no installation of yours and does not run"
        return Reason(why, "--formatter none")
    if tool.runs_code and not is_agreed(tool):
        files = ", ".join(tool.runs_code[:3])
        return Reason(
            f"{files}: {tool.title} would run code of this repository, which you have not agreed to",
            f"--formatter {tool.name}",
        )
    return None


def agree(tool: Tool) -> None:
    """Remembers for this user that the tool may run in its project, with its configuration as it is now."""
    known = _known()
    known.pop(_project(tool), None)
    known = dict([*known.items()][-_MOST:])
    put(cache_dir() / _SAID, json.dumps({**known, _project(tool): _fingerprint(tool)}).encode())


def is_agreed(tool: Tool) -> bool:
    """Whether this user said so, and the configuration is what it was then."""
    return _known().get(_project(tool)) == _fingerprint(tool)


def _is_tracked(top: Path, packages: Iterable[Path]) -> bool:
    """Whether git tracks a package, or a folder of packages that it is in, wherever links lead."""
    folders: dict[str, None] = {}
    for place in (one for package in packages for one in (package, package.resolve())):
        if not place.is_relative_to(top):
            continue
        parts = place.relative_to(top).parts
        for depth, name in enumerate(parts):
            if name in ("node_modules", ".venv", "venv") or depth == len(parts) - 1:
                folders["/".join(parts[: depth + 1])] = None
    if not folders or not os.path.lexists(top / ".git"):
        return False
    done = git("--literal-pathspecs", "ls-files", "-z", "--", *folders, folder=top)
    return done.returncode != 0 or bool(done.stdout)


def _project(tool: Tool) -> str:
    return f"{tool.name}:{tool.root}"


def _fingerprint(tool: Tool) -> str:
    found = "\0".join(f"{one.path}\0{one.text}" for one in tool.configs)
    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()


def _known() -> dict[str, Any]:
    try:
        data = json.loads((cache_dir() / _SAID).read_bytes())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}

"""Options of somebody else's next.config that decide whether, and below which path, our routes answer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from scaffold.frameworks import installed
from scaffold.frameworks.base import Finding
from scaffold.frameworks.databases import javascript
from scaffold.frameworks.databases.javascript import Property, Unreadable
from scaffold.support.errors import UserError
from scaffold.support.text import printable

NAMES: Final = tuple(f"next.config.{end}" for end in ("ts", "mts", "js", "mjs", "cjs"))


def require(root: Path) -> None:
    """Raises UserError if the app has no server, or takes no file `route.ts` for a route."""
    for one in findings(root):
        raise UserError(one.what, one.hint)


def findings(root: Path) -> list[Finding]:
    """What `doctor` says about options that have to change."""
    where, found = _options(root)
    said = javascript.strings(found["output"].value) if "output" in found else None
    if said == ["export"]:
        return [
            Finding(
                f"{where} has `output: 'export'`: the app becomes files, and endpoints need a server",
                False,
                "make a service of its own beside it: `scaffold new api --style supabase`",
            )
        ]
    said = javascript.strings(found["pageExtensions"].value) if "pageExtensions" in found else None
    if said and "ts" not in said:
        listed = printable(", ".join(said)[:80])
        return [
            Finding(
                f"{where} has `pageExtensions` without `ts` ({listed}), so no `route.ts` is a route",
                False,
                f"add 'ts' to `pageExtensions` in {where}",
            )
        ]
    return []


def notes(root: Path) -> tuple[str, ...]:
    """A sentence about the path that Next.js puts before all of the app's."""
    where, found = _options(root)
    said = javascript.strings(found["basePath"].value) if "basePath" in found else None
    if not said or not said[0].startswith("/"):
        return ()
    path = printable(said[0][:80])
    return (f"{where}: `basePath` is `{path}`, so callers write {path} before each of these paths",)


def _options(root: Path) -> tuple[str, dict[str, Property]]:
    """The config's file and its plain options; none where it is computed."""
    top = installed.folders_up(root)[-1]
    for name in NAMES:
        text = installed.bounded_text(os.path.join(root, name), top)
        if text is None:
            continue
        try:
            exported = javascript.default_export(javascript.tokens(text))
        except Unreadable:
            return name, {}
        found = javascript.properties(exported) if exported else None
        return name, {one.name: one for one in found or () if one.name}
    return "", {}

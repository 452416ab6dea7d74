"""The names of our scripts in somebody else's package.json: `test`, and `scaffold:test` if `test` is theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scaffold.frameworks.workspaces import read_small

_PREFIX: Final = "scaffold:"
# A package manager runs these before `dev` and `build`, so no other name will do.
_BEFORE: Final = "pre"

Scripts = Mapping[str, Any]


def renamed(wanted: str, here: str, earlier: str | None) -> tuple[str, tuple[str, ...]]:
    """Our package.json with a prefix for each script whose name is theirs in `here`, and sentences about the rest.

    A name is ours if it is free, or has the value that we want now or wanted in `earlier`. It keeps its
    prefix for good: other commands and people go by it.
    """
    from scaffold.dependencies import package_json
    from scaffold.support.merge import same

    data = json.loads(wanted)
    ours: dict[str, Any] = data.get("scripts", {})
    theirs = package_json.sections(here.removeprefix("\ufeff")).get("scripts", {})
    before = package_json.sections(earlier).get("scripts", {}) if earlier else {}
    scripts: dict[str, Any] = {}
    reports = []
    for name, value in ours.items():
        values = [value, *([before[name]] if name in before else [])]
        free = name not in theirs or any(same(theirs[name], one) for one in values)
        if name.startswith(_BEFORE):
            if free:
                scripts[name] = value
            elif value not in str(theirs[name]):
                reports.append(f"`scripts.{name}` is yours: begin it with `{value} && `")
        else:
            scripts[name if free and _PREFIX + name not in theirs else _PREFIX + name] = value
    if "scripts" in data:
        data["scripts"] = scripts
    return json.dumps(data, indent=2) + "\n", tuple(reports)


def settled(here: str, wanted: str, earlier: str | None) -> str:
    """The text of their package.json in which scripts that are as we wanted them `earlier` are as `wanted`, or gone."""
    from scaffold.dependencies import package_json

    there, now, before = (
        package_json.sections(text.removeprefix("\ufeff")).get("scripts", {})
        for text in (here, wanted, earlier or "")
    )
    text, gone = here, set()
    for name, value in before.items():
        key = ours(there, name)
        if there.get(key) != value:
            continue
        if key not in now:
            gone.add(key)
        elif now[key] != value:
            text = package_json.with_value(text, "scripts", key, now[key]) or text
    return package_json.without(text, {"scripts": gone}, "") if gone else text


def scripts_of(root: Path, planned: bytes | None = None) -> Scripts:
    """The scripts of a package.json as a command leaves it; none if they cannot be read. Never fails."""
    from scaffold.dependencies import package_json

    text = planned.decode("utf-8", "replace") if planned else read_small(root / "package.json")
    return package_json.sections(text.removeprefix("\ufeff")).get("scripts", {})


def ours(scripts: Scripts, name: str) -> str:
    """The name of our script in a package.json that has it."""
    return _PREFIX + name if _PREFIX + name in scripts else name

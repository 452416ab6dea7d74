"""What brings new models into somebody else's database and client: the commands of their Prisma, by their scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from scaffold.frameworks import installed
from scaffold.frameworks.databases import prisma_schema
from scaffold.frameworks.package_managers import NodeProject

_OPTIONS: Final = r"(?:\s+--?[\w-]+(?:[= ](?!-)[\w./]+)?)*\s*"
_PLAIN: Final = re.compile(r"[\w:.-]{1,60}", re.ASCII)


def steps(root: Path, project: NodeProject, names: Sequence[str]) -> list[str]:
    """What brings the schema into their database and their client, by the scripts that they have."""
    scripts = _scripts(root)
    manager = project.manager
    tool = f"{manager.program} prisma"
    named = {kind: _script(scripts, kind) for kind in ("migrate dev", "db push", "generate")}
    # Else Prisma asks for a name.
    options = ("--name", names[0] if names else "api")
    if named["db push"] and not named["migrate dev"] and not migrations(root):
        first = manager.run(named["db push"])
    elif named["migrate dev"]:
        takes = "--name" not in scripts[named["migrate dev"]]
        first = manager.run(named["migrate dev"], *(options if takes else ()))
    else:
        first = " ".join([tool, "migrate dev", *options])
    generate = named["generate"]
    return [first, manager.run(generate) if generate else f"{tool} generate"]


def migrations(root: Path) -> Sequence[Path]:
    """Their migrations."""
    schema = prisma_schema.find(root)
    folder = prisma_schema.migrations_of(root, schema)
    if not folder or folder.startswith(("/", "..")):
        return []
    return sorted((root / folder).glob("*/migration.sql"))


def _script(scripts: Mapping[str, Any], kind: str) -> str:
    """The script of package.json that runs that command of Prisma and nothing else; empty if there is none."""
    pattern = re.compile(rf"(?:[\w-]+ )?prisma\s+{kind.replace(' ', chr(92) + 's+')}{_OPTIONS}")
    names = [
        name
        for name, command in scripts.items()
        if isinstance(command, str)
        and pattern.fullmatch(command.strip()[:300])
        and _PLAIN.fullmatch(name)
        and not name.startswith(("pre", "post"))
    ]
    return min(names, key=len, default="")


def _scripts(root: Path) -> Mapping[str, Any]:
    top = installed.folders_up(root)[-1]
    scripts = installed.json_of(str(root / "package.json"), top).get("scripts")
    return scripts if isinstance(scripts, dict) else {}

"""What a project's own files show about its conventions: they outrank any document."""

from __future__ import annotations

from pathlib import Path

from scaffold.agents.choice import FRAMEWORK, Fact
from scaffold.frameworks.base import Framework
from scaffold.support.jsonc import read_object

_ORM = "stack.orm"
# The first that a project depends on counts: Drizzle runs on the client of libSQL, too.
_NODE = {
    "drizzle-orm": "drizzle",
    "@prisma/client": "prisma",
    "prisma": "prisma",
    "@libsql/client": "libsql",
}


def facts_of(root: Path, framework: Framework | None) -> dict[str, Fact]:
    """What the project in `root` shows, by the keys of conventions; nothing if it is empty."""
    if framework is None:
        return {}
    evidence = framework.evidence(root)
    file = Path(evidence[0]).name if evidence else "package.json"
    facts = {FRAMEWORK: Fact(framework.name, file)}
    if framework.name == "nextjs":
        data = read_object(root / "package.json")
        sections = [data.get(key) for key in ("dependencies", "devDependencies")]
        named = {name for section in sections if isinstance(section, dict) for name in section}
        orm = next((orm for package, orm in _NODE.items() if package in named), None)
        if orm:
            facts[_ORM] = Fact(orm, file)
    return facts

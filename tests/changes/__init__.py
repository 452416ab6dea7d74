"""Which files follow from one value in an agent's front matter: lists that are committed, for each framework."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from scaffold.rendering.render import Templates, Tree
from tests.support.projects import CHECKOUT, manifest_of, rich
from tools.source import PARTS, ROOT

HERE = ROOT / "tests/changes"
# The agent that stands for a framework.
SUBJECTS = {"nextjs": "supabase", "fastapi": "fastapi"}
# What to change, and how: each gets the conventions of the front matter.
CHANGES: dict[str, dict[str, Any]] = {
    "rate_limit.max": {"rate_limit": {"max": 37}},
    "errors.conflict": {"errors": {"conflict": {"code": "ALREADY_THERE", "status": 409}}},
    "envelope": {
        "envelope": {
            "success": {"result": "$data"},
            "list": {
                "result": "$items",
                "paging": {"page": "$page", "limit": "$limit", "total": "$total"},
            },
            "cursor": {"result": "$items", "paging": {"next": "$next"}},
            "error": {"problem": {"code": "$code", "message": "$message"}},
        }
    },
    "routing.prefix": {"routing": {"prefix": "/services/v7"}},
    "pagination.default_limit": {"pagination": {"default_limit": 9}},
}
Stated = dict[str, dict[str, Any]]


def merged(*changes: Mapping[str, Mapping[str, Any]]) -> Stated:
    """One mapping of group → key → value."""
    found: Stated = {}
    for change in changes:
        for group, keys in change.items():
            found.setdefault(group, {}).update(copy.deepcopy(dict(keys)))
    return found


@contextmanager
def edited(style: str, change: Mapping[str, Mapping[str, Any]]) -> Iterator[Path]:
    """A source of templates where the agent's front matter has other values."""
    with TemporaryDirectory(prefix="scaffold-") as folder:
        root = Path(folder)
        for part in PARTS:
            if part != "agents":
                (root / part).symlink_to(ROOT / part)
        shutil.copytree(ROOT / "agents", root / "agents")
        path = root / "agents" / f"{style}.md"
        _, front, body = path.read_text("utf-8").split("---\n", 2)
        data = yaml.safe_load(front)
        data["conventions"] = merged(data["conventions"], change)
        front = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        path.write_text(f"---\n{front}---\n{body}", "utf-8")
        yield root


def tree_of(root: Path, style: str) -> Tree:
    """A project of the agent with a resource of every kind."""
    templates = CHECKOUT if root == ROOT else Templates(root)
    # The document is read as the templates of that folder have it.
    manifest = manifest_of(root / "agents" / f"{style}.md", templates, ours=True)
    return templates.render(rich(manifest))


def follows(style: str, change: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Paths that differ: `+` and `-` in front of those that come and go."""
    before = tree_of(ROOT, style)
    with edited(style, change) as root:
        after = tree_of(root, style)
    found = []
    for path in sorted({*before, *after}):
        if path not in before:
            found.append(f"+ {path}")
        elif path not in after:
            found.append(f"- {path}")
        elif before[path] != after[path]:
            found.append(path)
    return found


def committed(framework: str) -> dict[str, list[str]]:
    """The lists as they are in the repository."""
    found: dict[str, list[str]] = yaml.safe_load((HERE / f"{framework}.yml").read_text())
    return found


def frameworks() -> list[str]:
    """Those whose agent is there."""
    return [name for name, style in SUBJECTS.items() if (ROOT / f"agents/{style}.md").exists()]


def rewrite() -> None:
    """Writes the lists again."""
    for framework in frameworks():
        lists = {name: follows(SUBJECTS[framework], change) for name, change in CHANGES.items()}
        head = "# Files that change with one value of the agent's front matter: `make changes` writes this.\n"
        text = yaml.safe_dump(lists, sort_keys=False, width=1000)
        (HERE / f"{framework}.yml").write_text(head + text)

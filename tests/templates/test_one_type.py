"""A resource whose fields are all of one type imports what it uses, and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scaffold.resources.fields import TYPES
from tests.support.projects import CHECKOUT, CLERK, manifest_of, resource
from tools.source import ROOT

GIVEN = {"enum": "enum(a,b)", "ref": "ref(users)"}
NAMED = re.compile(r"^import (?:type )?\{([^}]*)\} from|^import \* as (\w+) from", re.MULTILINE)


@pytest.mark.parametrize("style", [CLERK, ROOT / "agents/fastapi.md"], ids=lambda path: path.stem)
@pytest.mark.parametrize("name", TYPES)
def test_nothing_is_imported_that_is_not_used(name: str, style: Path) -> None:
    templates = CHECKOUT
    field = f"given:{GIVEN.get(name, name)}"
    tree = templates.render(manifest_of(style, templates).with_resource(resource("marks", field)))
    read = {".py": _python, ".ts": _typescript}
    left = [
        f"{path}: {word}"
        for path, text in tree.items()
        if "marks" in path and path[-3:] in read and not path.endswith("__init__.py")
        for word in read[path[-3:]](text)
        if len(re.findall(rf"\b{word}\b", text)) < 2
    ]
    assert left == []


def _python(text: str) -> Iterator[str]:
    """What a module imports, under the names that it has there."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.split(".")[0] for one in node.names)


def _typescript(text: str) -> Iterator[str]:
    for listed, everything in NAMED.findall(text):
        for one in filter(str.strip, listed.split(",")):
            yield one.split(" as ")[-1].removeprefix(" ").removeprefix("type ").strip()
        if everything:
            yield everything

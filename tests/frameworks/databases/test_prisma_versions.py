"""Which Prisma a project has, and which versions of its packages fit that."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scaffold.frameworks.databases.prisma_versions import fitted, is_six
from tests.support.folders import written
from tests.support.projects import AGENTS, CHECKOUT, hosted, manifest_of


def has(root: Path, said: dict[str, str], there: str | None = None) -> None:
    """A project that asks for those, and has that client installed."""
    dev = {name: one for name, one in said.items() if name == "prisma"}
    other = {name: one for name, one in said.items() if name not in dev}
    written(root, {"package.json": json.dumps({"dependencies": other, "devDependencies": dev})})
    if there:
        path = "node_modules/@prisma/client/package.json"
        written(root, {path: json.dumps({"version": there})})


@pytest.mark.parametrize(
    ("said", "there", "six"),
    [
        ({"@prisma/client": "^6.16.0"}, None, True),
        ({"prisma": "6.19.3"}, None, True),
        ({"@prisma/client": "^5"}, None, True),
        ({"@prisma/client": "^6 || ^7"}, "6.19.3", True),
        ({"@prisma/client": "^6 || ^7"}, "7.10.0", False),
        ({"@prisma/client": "^6 || ^7"}, None, False),
        ({"@prisma/client": ">=6"}, None, False),
        ({"@prisma/client": "latest", "prisma": "^6.16.0"}, None, False),
        ({"@prisma/client": "workspace:*", "prisma": "^6.16.0"}, None, True),
        ({"@prisma/client": "^7.0.0"}, None, False),
        ({}, "6.19.3", False),
    ],
)
def test_which_one_it_is(
    said: dict[str, str], there: str | None, six: bool, tmp_path: Path
) -> None:
    has(tmp_path, said, there)
    assert is_six(tmp_path) is six


def ours(**host: str) -> str:
    """Our package.json in a host."""
    templates = CHECKOUT
    document = next(path for path in AGENTS if path.stem == "prisma")
    return templates.render(hosted(manifest_of(document, templates), **host))["package.json"]


@pytest.mark.parametrize(
    ("said", "there", "version", "engine"),
    [
        ("^6.16.0", None, "6.19.3", "7.1.1-3."),
        ("^6.16.0", "6.16.2", "6.16.2", "6.16.0-7."),
        ("~6.17.0", None, "6.17.1", "6.17.1-1."),
        ("6.18.0", None, "6.18.0", "6.18.0-8."),
        # One that came later, and what is none at all.
        ("^6.16.0", "6.20.1", "6.20.1", "7.1.1-3."),
        ("^6.16.0", '6.20.1", "x": "y', "6.19.3", "7.1.1-3."),
        ("6.99.0", None, "6.99.0", "7.1.1-3."),
    ],
)
def test_its_packages_have_its_version(
    said: str, there: str | None, version: str, engine: str, tmp_path: Path
) -> None:
    has(tmp_path, {"@prisma/client": said}, there)
    package = json.loads(fitted(tmp_path, ours(prisma="6", prisma_client="@prisma/client")))
    named = package["dependencies"] | package["devDependencies"]
    wasm = named.pop("@prisma/schema-engine-wasm")
    assert wasm.startswith(engine) and re.fullmatch(r"[\w.-]+\.[0-9a-f]{40}", wasm)
    of_prisma = {
        one for name, one in named.items() if name.partition("/")[0] in ("@prisma", "prisma")
    }
    assert of_prisma == {version}


def test_prisma_7_has_ours(tmp_path: Path) -> None:
    has(tmp_path, {"@prisma/client": "^6.16.0"})
    assert fitted(tmp_path, ours()) == ours()

"""What the FastAPI templates emit is what Black would write, for any names and fields; a wrong width is found out.

A day has its share of the lengths; `SCAFFOLD_SOAK=1` (`make soak`) has all of them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.fields import Field
from scaffold.resources.resource import Resource
from scaffold.resources.table_steps import TableStep
from scaffold.sources.address import Version
from tests.support.days import DAY, SOAK
from tests.support.grids import LENGTHS, at_random, field, grid, keys_over, name_of
from tools.source import ROOT

pytestmark = pytest.mark.slow

STYLE = "fastapi"
# Each is a service in which other lines have the user's words in them.
MIXTURES: dict[str, dict[str, dict[str, Any]]] = {
    "as the agent says": {},
    "numbers, camel case, versions": {
        "data": {"id": "int", "json_case": "camel", "optimistic_version": True},
        "routing": {"prefix": ""},
        "operations": {"idempotency": ["POST", "PUT"]},
        "rate_limit": {"algorithm": "token_bucket", "key": "ip", "store": "memory"},
        "envelope": {"success": "$data", "list": "$items", "error": {"detail": "$message"}},
    },
    "short ids, deep envelopes": {
        "data": {"id": "cuid", "soft_delete": False},
        "routing": {"prefix": "/" + "p" * 40 + "/" + "q" * 31},
        "operations": {"idempotency": ["PUT"]},
        "auth": {"api_keys": False},
        "envelope": {
            "success": {"jsonapi": {"version": "1.0"}, "data": "$data", "class": {"x-y": None}},
            "list": {"a" * 40: {"b" * 40: {"c" * 40: "$items", "d": "$total?"}}},
            "error": {"errors": [{"code": "$code", "detail": "$message", "meta": "$details?"}]},
        },
    },
}
ODD = ("class", "metadata", "json", "copy", "datetime", "uuid", "sa", "self", "page", "sort")


def render(
    templates: Path,
    folder: Path,
    resources: list[Resource],
    overrides: dict[str, dict[str, Any]],
    alias: str = "app",
) -> int:
    """Writes what the templates make of the resources; returns how many files that are."""
    parents = Resource("parents", "parent", (field_of("name", "string"),))
    manifest = Manifest(
        Version("x", "x"),
        STYLE,
        "clinic",
        source=alias.replace(".", "/"),
        alias=alias,
        overrides=overrides,
    )
    for item in (parents, *resources):
        manifest = manifest.with_resource(item)
    tree = Templates(templates).render(manifest)
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return len(tree)


def field_of(name: str, kind: str) -> Field:
    """A field that the grammar has for sure."""
    made = field(name, kind, "", "")
    assert made is not None
    return made


def odd_names() -> list[Resource]:
    """Names that Python, pydantic and SQLAlchemy have taken."""
    fields = tuple(field_of(name, kind) for name, kind in zip(ODD, KINDS, strict=True))
    external = replace(field_of("user", "ref"), ref="users", external=True)
    return [Resource(name, name, (*fields, external)) for name in ("class", "imports", "item9s")]


def evolved(item: Resource) -> Resource:
    """The resource after every step that a table can take: each field went and came back, by other names."""
    length = len(item.name)
    fields = tuple(
        replace(one, column=name_of((length * 7 + place) % 40 + 1, "cdfghjkl"[place % 8]))
        for place, one in enumerate(item.fields[:8])
    )
    stored = tuple(replace(one, name=one.stored_in, column=None) for one in fields)
    table = f"t{item.name}"[: 40 - length % 9]
    history = [TableStep(1, "create", stored, version=True), TableStep(2, "version")]
    for one in stored:
        level = history[-1].id
        history += [TableStep(level + 1, "drop", (one,)), TableStep(level + 2, "add", (one,))]
    keys = keys_over(item, fields)
    for key in keys:
        level = history[-1].id
        history += [
            TableStep(level + 1, "key", keys=(key,)),
            TableStep(level + 2, "drop_key", keys=(key,)),
        ]
    level = history[-1].id
    history += [
        TableStep(level + 1, "version", version=True),
        TableStep(level + 2, "soft_delete", soft_delete=True),
        TableStep(level + 3, "soft_delete"),
        TableStep(level + 4, "drop_table"),
        TableStep(level + 5, "create", stored, keys=keys),
        # Two branches.
        TableStep(level + 6, "soft_delete", soft_delete=True),
        TableStep(level + 6, "version"),
        TableStep(level + 7, "version", version=True),
    ]
    return replace(item, fields=fields, table=table, history=tuple(history), keys=keys)


KINDS = ("string", "enum", "json", "bool", "datetime", "uuid", "decimal", "int", "date", "time")


def changed(folder: Path, part: str = ".") -> str:
    """What Black would change: a diff, or nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "black", "--quiet", "--fast", "--diff", part],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout[:4000]


def unsorted_imports(folder: Path) -> str:
    """What the linter says of imports, which have widths, too."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--quiet", "--select=I,F,E7", "."],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.stdout[:4000]


def share(days: int) -> list[int]:
    """The lengths of today: in that many days all of them, `SCAFFOLD_SOAK=1` has them at once."""
    return [length for length in LENGTHS if SOAK or (length + DAY) % days == 0]


@pytest.mark.parametrize("name", MIXTURES)
def test_the_length_grid_is_formatted(name: str, tmp_path: Path) -> None:
    # Field by field once; for the other mixtures some lengths are enough.
    resources = [*grid(share(9 if MIXTURES[name] else 3)), *odd_names()]
    assert render(ROOT, tmp_path, resources, MIXTURES[name]) > 9 * len(resources)
    assert changed(tmp_path) == ""
    assert unsorted_imports(tmp_path) == ""


@pytest.mark.parametrize("name", MIXTURES)
def test_what_evolved_is_formatted(name: str, tmp_path: Path) -> None:
    every = [evolved(item) for item in grid(share(18))]
    tables: dict[str, Resource] = {item.stored_in: item for item in every}
    assert render(ROOT, tmp_path, list(tables.values()), MIXTURES[name]) > 20 * len(tables)
    assert changed(tmp_path) == ""
    assert unsorted_imports(tmp_path) == ""


@pytest.mark.parametrize(
    "alias", ["app", "app.rest", "shop.rest", "a_company_backend.services.http"]
)
def test_random_resources_are_formatted(alias: str, tmp_path: Path) -> None:
    assert render(ROOT, tmp_path, at_random(12), {}, alias=alias) > 100
    assert changed(tmp_path) == ""
    assert unsorted_imports(tmp_path) == ""


@pytest.mark.parametrize("width", [87, 89])
def test_a_width_off_by_one_is_found(width: int, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    for part in ("templates", "agents"):
        shutil.copytree(ROOT / part, templates / part)
    shutil.copy2(ROOT / "copier.yml", templates)
    macros = templates / "templates/parts/fastapi/text.jinja"
    text = macros.read_text()
    assert "width = 88" in text
    macros.write_text(text.replace("width = 88", f"width = {width}"))
    (tmp_path / "out").mkdir()
    (tmp_path / "out/pyproject.toml").write_text("[tool.black]\nline-length = 88\n")
    render(templates, tmp_path / "out", grid(range(24, 37, 3)), {})
    assert changed(tmp_path / "out", "app/schemas") != ""

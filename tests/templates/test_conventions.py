"""A convention is there for the templates: its value decides what they emit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from scaffold.conventions.schema import check
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates, Tree
from scaffold.support.project_files import MANIFEST
from tests.support.pairwise import ENVELOPES, TRIED
from tests.support.projects import AGENTS, MIXTURES, manifest_of, rich
from tools.source import ROOT

# What no template reads, and who does.
ELSEWHERE = {
    "stack.framework": "copier.yml: the folder of the templates; no other value goes with the rest of a project",
    "stack.database": "nobody: the ORM decides it, and a document may say it for its readers",
    "routing.methods": "`scaffold endpoint`, which writes the methods into the new resource",
}
# Files that say every convention, whoever reads it.
SAID = {MANIFEST, "AGENTS.md"}


def others(dotted: str, spec: dict[str, Any], value: Any) -> Iterator[Any]:
    """Values to try in place of one."""
    _group, _, key = dotted.partition(".")
    yield from (other for other in spec.get("allowed", ()) if other != value)
    yield from (other for other in TRIED.get(dotted, {}).values() if other != value)
    kind = spec.get("type")
    if kind == "bool":
        yield not value
    elif kind == "int":
        yield from (other for other in (value - 1, value + 1))
    elif kind == "error":
        yield {**value, "code": "ANOTHER_CODE"}
    elif kind == "envelope":
        yield from (shape[key] for shape in ENVELOPES.values() if key in shape)
    elif kind == "methods":
        yield ["get"]


def unread(root: Path, *only: str) -> list[str]:
    """Keys (all, or those named) of which another value changes no file of any project, apart from those of SAID."""
    templates = Templates(root)
    schema = templates.schema
    projects = [rich(manifest_of(path, templates)) for path in (*AGENTS, *MIXTURES)]

    def tree(manifest: Manifest) -> Tree:
        return {path: text for path, text in templates.render(manifest).items() if path not in SAID}

    def decides(group: str, key: str) -> bool:
        for project in projects:
            stated = templates.context(project)["conventions"]
            for other in others(f"{group}.{key}", schema[group][key], stated[group][key]):
                changed = {**stated, group: {**stated[group], key: other}}
                if check(schema, changed):
                    continue
                overrides = {**project.overrides, group: changed[group]}
                if tree(replace(project, overrides=overrides)) != tree(project):
                    return True
        return False

    asked = only or [f"{group}.{key}" for group, keys in schema.items() for key in keys]
    return [dotted for dotted in asked if not decides(*dotted.split("."))]


@pytest.mark.slow
def test_every_convention_decides_what_is_emitted() -> None:
    assert unread(ROOT) == list(ELSEWHERE)


@pytest.mark.slow
def test_a_convention_that_no_template_reads_is_found(tmp_path: Path) -> None:
    for part in ("agents", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "copier.yml", tmp_path)
    path = tmp_path / "templates/conventions.yml"
    schema = yaml.safe_load(path.read_text("utf-8"))
    schema["data"]["shards"] = {"default": False, "type": "bool", "doc": "rows by shard"}
    path.write_text(yaml.safe_dump(schema, sort_keys=False), "utf-8")
    assert unread(tmp_path, "data.shards", "data.id") == ["data.shards"]

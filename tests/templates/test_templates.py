"""Rules that hold for every agent and every template."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.agents import document
from scaffold.conventions.schema import check, fill
from scaffold.conventions.values import wrong_value
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from tests.support.projects import CHECKOUT
from tools.source import ROOT

AGENTS = sorted((ROOT / "agents").glob("*.md"))


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_an_agent_states_only_what_the_templates_cover(path: Path) -> None:
    found = document.read(path.read_text(), CHECKOUT.schema, path.name)
    assert found.problems == ()
    assert found.front_matter["name"] == path.stem


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_an_agent_is_no_template(path: Path) -> None:
    # Copier includes the document, so Jinja would run what stands in it.
    assert not re.search(r"\{\{|\{%|\{#", path.read_text())


def test_every_default_is_a_value_that_is_allowed() -> None:
    schema = CHECKOUT.schema
    assert check(schema, fill(schema)) == []
    for framework in schema["stack"]["framework"]["allowed"]:
        assert check(schema, fill(schema, {"stack": {"framework": framework}})) == []
    assert all(spec["doc"] for keys in schema.values() for spec in keys.values())


def test_all_mistakes_of_a_document_are_reported_at_once_with_their_lines() -> None:
    text = """---
name: odd
conventions:
  rate_limt: {max: 1}
  rate_limit:
    max: many
    windw: 1m
  stack: {orm: typeorm}
  envelope:
    success: {ok: true}
    list: {items: $items, more: $items}
    error: {message: $message, why: $reason}
---
"""
    problems = document.read(text, CHECKOUT.schema, "odd.md").problems
    assert [(item.line, item.key) for item in problems] == [
        (4, "rate_limt"),
        (6, "rate_limit.max"),
        (7, "rate_limit.windw"),
        (8, "stack.orm"),
        (10, "envelope.success"),
        (11, "envelope.list.more"),
        (12, "envelope.error.why"),
    ]
    assert "rate_limit" in problems[0].text and "drizzle" in problems[3].text


@pytest.mark.parametrize("value", ["*/", "`${x}`", "{{ 7 }}", "'; DROP TABLE", "a\nb", '"'])
def test_hostile_words_never_become_conventions(value: str) -> None:
    schema = CHECKOUT.schema
    assert wrong_value(schema["routing"]["prefix"], value)
    assert wrong_value(schema["errors"]["conflict"], {"code": value, "status": 409})
    assert wrong_value(schema["envelope"]["success"], {value: "$data"})
    assert wrong_value(schema["envelope"]["success"], {"data": "$data", "kind": value})


@pytest.mark.slow
def test_remembered_texts_are_those_of_a_fresh_rendering(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold.manifest.manifest import load
    from scaffold.sources.address import fetch

    manifest = load(service)
    assert manifest is not None
    fresh = {}
    for number, with_it in enumerate((True, False)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / str(number)))
        one = manifest if with_it else manifest.without_resource("assessments")
        fresh[with_it] = Templates(fetch(manifest.version)).render(one)
    # The cache of the second has the tree without the resource; what is left comes from it.
    warm = Templates(fetch(manifest.version))
    assert warm.render(manifest.without_resource("assessments")) == fresh[False]
    assert warm.render(manifest) == fresh[True]
    assert Templates(fetch(manifest.version)).render(manifest) == fresh[True]


def test_kept_trees_are_read_and_old_ones_go(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold.manifest.manifest import load
    from scaffold.rendering import tree_cache
    from scaffold.support.cache_dir import cache_dir

    manifest = load(service)
    assert manifest is not None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tree_cache, "MOST", 4)
    kept = fetch(manifest.version)
    tree = Templates(kept).render(manifest)
    with monkeypatch.context() as patch:
        patch.setattr(Templates, "_render", None)
        assert Templates(kept).render(manifest) == tree
    for number in range(5):
        Templates(kept).render(replace(manifest, name=f"n{number}"))
    assert len(list((cache_dir() / "trees").iterdir())) <= 4
    # Damage is no error, nor is a folder that cannot be written.
    for path in (cache_dir() / "trees").iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert Templates(kept).render(manifest) == tree


@pytest.mark.slow
def test_old_compiled_templates_go(
    service: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scaffold.manifest.manifest import load
    from scaffold.rendering import loaded, sandbox
    from scaffold.support.cache_dir import cache_dir

    manifest = load(service)
    assert manifest is not None
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sandbox, "_MOST", 8)
    templates = Templates(fetch(manifest.version))
    tree = templates.render(manifest)
    kept = set((cache_dir() / "bytecode").iterdir())
    assert len(kept) > 8
    # As another process: what this one compiled, it has in memory.
    loaded._kept.cache_clear()
    Templates(fetch(manifest.version)).render(replace(manifest, style="libsql"))
    # What both have was compiled again; of the rest half of what may stay is left.
    gone = [path for path in kept if not path.exists()]
    assert len(gone) > 8
    shutil.rmtree(cache_dir() / "trees")
    assert Templates(fetch(manifest.version)).render(manifest) == tree

"""AGENTS.md quotes words of foreign documents: they stay words, on one line, in its last section."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.projects import AGENTS, CHECKOUT, manifest_of

HOSTILE = [
    "`rm -rf /`",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "**bold** _slanted_ ~~gone~~ [a](javascript:b) ![c](d)",
    "# heading",
    "- item",
    "1. first",
    "---",
    "&lt;b&gt; $x$ \\n |a|b|",
]


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_what_is_not_generated_is_a_list_of_words(path: Path) -> None:
    templates = CHECKOUT
    manifest = manifest_of(path, templates)
    without = templates.render(manifest)["AGENTS.md"]
    text = templates.render(replace(manifest, unsupported=tuple(HOSTILE)))["AGENTS.md"]
    assert "Not generated" not in without and text.startswith(without)
    *_, quoted = text.split("\n## Not generated\n")
    items = [line for line in quoted.splitlines() if line.startswith("- ")]
    assert len(items) == len(HOSTILE)
    for item in items:
        assert item.startswith("- “") and item.endswith("”")
        assert not set(item[2:]) & set("`<>{}[]*_#~\\$&")
    assert "- “cache = redis”\n" in (
        templates.render(replace(manifest, unsupported=("cache = redis",)))["AGENTS.md"]
    )

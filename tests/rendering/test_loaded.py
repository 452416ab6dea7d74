"""Which templates look the same whatever resources a project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.rendering.loaded import Loaded

PARTS = {
    "parts/plain.jinja": "{% macro one(name) %}{{ name }}{% endmacro %}",
    "parts/kind/a.jinja": "{% macro one() %}{{ live | length }}{% endmacro %}",
    "parts/kind/b.jinja": "{% macro one() %}b{% endmacro %}",
    "parts/circle.jinja": "{% import 'parts/circle.jinja' as self_ with context %}",
    "parts/through.jinja": '{% from "parts/kind/a.jinja" import one with context %}',
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{% for one in live %}{{ one.name }}{% endfor %}", True),
        ("{{ models | length }}", True),
        ("{{ resource.models }} live", False),
        ("{% import 'parts/kind/a.jinja' as models_ %}", False),
        ("{{ text.imports([['app.models', [\"live\"]]]) }}", False),
        ("{{ 'it\\'s' ~ items }}", True),
        ("{{ 'it\\'s items' }}", False),
        ("{% include 'parts/plain.jinja' %}", True),
        ("{% import 'parts/plain.jinja' as plain with context %}", False),
        ("{%- import 'parts/kind/a.jinja' as kind with context -%}", True),
        ("{% from 'parts/kind/a.jinja' import one with context %}", True),
        ("{% from 'parts/kind/a.jinja' import one %}", False),
        ("{% import 'parts/kind/' ~ kind ~ '.jinja' as kind with context %}", True),
        ("{% import 'parts/' ~ kind as kind with context %}", True),
        ("{% import 'parts/pl' ~ kind ~ '.jinja' as kind with context %}", False),
        ("{% import kind as kind with context %}", True),
        ("{% import 'nowhere' as kind with context %}", True),
        ("{% import 'parts/circle.jinja' as circle with context %}", False),
        ("{% import 'parts/through.jinja' as through with context %}", True),
    ],
)
def test_what_depends_on_resources(text: str, names: bool, tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, None)
    vars(loaded)["texts"] = {"app/it.jinja": text, **PARTS}
    assert loaded.index("app") == {"it.jinja": names}

"""What a project with many resources costs: counts that do not grow with them, and no limit on how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scaffold.agents.entities import MOST, check_entities
from scaffold.api.endpoint import Options, with_endpoint
from scaffold.frameworks import migrations
from scaffold.rendering.render import Templates
from scaffold.rendering.sandbox import Jinja
from tests.support.projects import CHECKOUT, CLERK, manifest_of
from tools.source import ROOT

NAMES = [f"row_{letter * 3}s" for letter in "abcdefghijklmnopqrst"]


def test_endpoints_in_one_plan_derive_the_conventions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    templates = Templates(ROOT)
    derived: list[Mapping[str, Any]] = []
    derive = templates._derived

    def counted(answers: dict[str, Any]) -> dict[str, Any]:
        derived.append(answers)
        return derive(answers)

    monkeypatch.setattr(templates, "_derived", counted)
    manifest = replace(manifest_of(CLERK, CHECKOUT), resources=())
    for name in NAMES:
        manifest, _ = with_endpoint(manifest, templates, name, ["title:string"], Options())
    assert len(manifest.resources) == len(NAMES)
    assert len(derived) == 1


@pytest.mark.parametrize(("style", "of_others"), [("prisma", 1), ("supabase", 0), ("fastapi", 0)])
def test_another_resource_renders_few_files_of_others(
    style: str, of_others: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prisma's schema names both sides of a relation; nothing else knows of the other resources."""
    rendered: list[str] = []
    render = Jinja.render

    def counted(jinja: Jinja, name: str, variables: Any) -> str:
        rendered.append(name)
        return render(jinja, name, variables)

    monkeypatch.setattr(Jinja, "render", counted)
    templates = Templates(ROOT)
    manifest = replace(manifest_of(ROOT / f"agents/{style}.md", CHECKOUT), resources=())
    for name in NAMES[:3]:
        manifest, _ = with_endpoint(manifest, templates, name, ["title:string"], Options())
        rendered.clear()
        if name != NAMES[0]:
            templates.render(manifest)
    again = [template for template, times in Counter(rendered).items() if times > 1]
    assert len(again) == of_others, again


def test_migrations_are_read_once_for_all_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "drizzle").mkdir()
    (tmp_path / "drizzle/0000_a.sql").write_text(
        'CREATE TABLE "row_aaas" (\n);CREATE TABLE "other" ('
    )
    read: list[Path] = []
    texts = migrations._texts

    def counted(root: Path, *words: Any) -> Iterator[str]:
        read.append(root)
        return texts(root, *words)

    monkeypatch.setattr(migrations, "_texts", counted)
    assert migrations.with_migration(tmp_path, NAMES, {}) == {"row_aaas"}
    assert len(read) == 1
    assert migrations.with_migration(tmp_path, [], {}) == set()


def test_a_file_of_the_user_has_any_number_of_resources() -> None:
    letters = "abcdefghijklmnop"
    stated = {f"row_{a}{b}s": {"fields": ["title:string"]} for a in letters for b in letters}
    assert len(stated) > MOST
    values = CHECKOUT.conventions(manifest_of(CLERK, CHECKOUT))
    entities, problems = check_entities(stated, values, most=None)
    assert (len(entities), problems) == (len(stated), [])
    assert "at most 200 are allowed" in check_entities(stated, values)[1][0].text

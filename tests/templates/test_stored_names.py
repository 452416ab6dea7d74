"""Renames of fields and resources: what the database calls them stays, and what people read is the new name."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.frameworks import next_steps
from scaffold.frameworks.migrations import has_migration
from scaffold.manifest.edits import with_renamed_field, with_renamed_resource, without_fields
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Tree
from scaffold.rendering.sandbox import Jinja, Language
from scaffold.resources.fields import parse_field
from scaffold.resources.resource import Resource
from scaffold.sources.pack import open_texts
from tests.support.projects import CHECKOUT, manifest_of
from tools.source import ROOT

templates = CHECKOUT
WORDS = re.compile(r"[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+")


@cache
def manifest(style: str, case: str = "camel") -> Manifest:
    """A project with a parent and a child."""
    start = manifest_of(ROOT / f"agents/{style}.md", templates, {"data": {"json_case": case}})
    fields = ["title:string!", "x_y_z:int!", "course:ref(courses)", "rank:int{1..9}=3"]
    for item in (
        Resource("courses", "course", (parse_field("name:string"),)),
        Resource("lessons", "lesson", tuple(map(parse_field, fields))),
    ):
        start = start.with_resource(item)
    return start


def renamed(start: Manifest) -> Manifest:
    """The child and all of its fields by other names."""
    found = start.find("lessons")
    assert found is not None
    for old, new in [("title", "label"), ("x_y_z", "code"), ("course", "topic"), ("rank", "level")]:
        found = with_renamed_field(found, old, new)
    return with_renamed_resource(start.with_resource(found), found, "units")


@cache
def tree(style: str, case: str = "camel") -> Tree:
    return templates.render(renamed(manifest(style, case)))


@settings(max_examples=40)
@given(st.from_regex(r"[a-z][a-z0-9]{0,3}(_[a-z0-9]{1,3}){0,4}", fullmatch=True))
def test_columns_are_named_as_drizzle_would(name: str) -> None:
    words = name.split("_")
    prop = words[0] + "".join(word.capitalize() for word in words[1:])
    assert cased(prop) == "_".join(WORDS.findall(prop)).lower()
    assert cased(name) == name


def cased(prop: str) -> str:
    """The name that a template of Drizzle gives to the column of a property."""
    variables = {"conventions": conventions(), "prop": prop}
    macro = "{% import 'templates/parts/drizzle.jinja' as drizzle with context %}"
    return jinja().expression(macro + "{{ drizzle.cased(prop) }}", variables)


@cache
def conventions() -> object:
    return templates.context(manifest("supabase"))["conventions"]


@cache
def jinja() -> Jinja:
    return Jinja(Language(open_texts(ROOT), {"trim_blocks": True, "lstrip_blocks": True}))


def test_drizzle_keeps_what_the_database_calls_them() -> None:
    text = tree("supabase")["src/db/schema/units.ts"]
    for name in ("lessons", "title", "x_yz", "course_id", "rank", "lessons_x_y_z_key"):
        assert f"'{name}'" in text, name
    assert "label: varchar(" in text and "t.code" in text and "[t.topicId]" in text
    assert "'lessons'" in tree("supabase")["tests/support/factories/units.ts"]
    # A name that the casing makes of the property anyway is not written again.
    assert "name: varchar({ length: 255 })" in tree("supabase")["src/db/schema/courses.ts"]


def test_prisma_keeps_what_the_database_calls_them() -> None:
    text = tree("prisma")["prisma/schema/units.prisma"]
    for column in ("title", "x_y_z", "course_id", "rank"):
        assert f'@map("{column}")' in text, column
    assert '@@map("lessons")' in text and 'map: "lessons_owner_created_idx"' in text
    assert "units Unit[]" in tree("prisma")["prisma/schema/courses.prisma"]


@pytest.mark.parametrize(
    ("style", "case", "wanted"),
    [
        ("supabase", "camel", {"lessons.title": "label", "lessons.x_yz": "code"}),
        ("supabase", "snake", {"lessons.x_y_z": "code", "lessons.course_id": "topic_id"}),
        ("prisma", "camel", {"lessons_x_y_z_key": "code", "lessons_course_id_fkey": "topicId"}),
        ("prisma", "snake", {"lessons_title_key": "label"}),
    ],
)
def test_errors_speak_of_the_new_names(style: str, case: str, wanted: dict[str, str]) -> None:
    text = tree(style, case)["src/db/errors.ts"]
    known = dict(re.findall(r"^  '?([\w.]+)'?: '(\w+)',$", text, re.MULTILINE))
    assert wanted.items() <= known.items()
    assert known["lessons"] == "units"
    before = templates.render(manifest(style, case))["src/db/errors.ts"]
    assert "RESOURCES" not in before
    # Drizzle's own name for this one says another property.
    assert ("PROPERTIES" in before) == ((style, case) == ("supabase", "camel"))


def test_a_table_is_found_by_its_own_name(tmp_path: Path) -> None:
    for path in ("drizzle/0000_init.sql", "prisma/migrations/1_init/migration.sql"):
        folder = tmp_path / path.split("/")[0]
        target = folder / path
        target.parent.mkdir(parents=True)
        target.write_text('CREATE TABLE "lessons" (\n);\n')
        found = renamed(manifest("supabase")).find("units")
        assert found is not None
        assert has_migration(folder, found.stored_in, {})
        assert not has_migration(folder, found.name, {})


@pytest.mark.parametrize("orm", ["drizzle", "prisma"])
def test_what_goes_is_dropped_by_the_next_migration(orm: str, tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    stack = {"framework": "nextjs", "orm": orm}
    paths = {"drizzle": ["src/db/schema/lessons.ts"], "prisma": ["prisma/schema/lessons.prisma"]}
    before = manifest("supabase")
    found = before.find("lessons")
    assert found is not None

    def follow(after: Manifest, was: Manifest | None = before) -> list[str]:
        return [*next_steps.after_change(stack, tmp_path, after, paths[orm], was)]

    plain = ["npm run db:generate", "npm test"]
    less = before.with_resource(without_fields(found, ["rank"]))
    assert follow(less) == ["npm run db:generate -- --drop", "npm test"]
    assert follow(renamed(before)) == follow(before, less) == follow(before, None) == plain
    assert next_steps.after_drop(stack, tmp_path, less)[0] == "npm run db:generate -- --drop"

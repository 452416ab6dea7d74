"""The manifest: what is written reads back, and what nobody wrote is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from scaffold.manifest.manifest import Manifest, load, parse
from scaffold.resources.fields import parse_fields
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support.projects import CHECKOUT
from tests.support.strategies import manifests

COURSES = Resource("courses", "course", parse_fields(["title:string"]))
NOTES = Resource("notes", "note", parse_fields(["body:text", "course:ref(courses)"]))
PLAIN = Manifest(Version("gh:team/templates", "v1.0.0"), "supabase", "clinic", resources=(COURSES,))
ANSWERS = PLAIN.answers()


def text_of(answers: dict[str, Any]) -> str:
    """Answers as a file: JSON is YAML."""
    return json.dumps(answers, indent=1)


def refused(text: str) -> UserError:
    """The error that a text gets."""
    with pytest.raises(UserError) as caught:
        parse(text, "here.yml")
    return caught.value


@settings(max_examples=25)
@given(manifests())
def test_a_manifest_reads_back_what_it_answers(manifest: Manifest) -> None:
    assert parse(text_of(manifest.answers())) == manifest


@pytest.mark.parametrize("style", ["supabase", "fastapi"])
def test_a_manifest_reads_back_what_the_templates_write(style: str) -> None:
    manifest = Manifest(
        Version("gh:team/templates", "v1.0.0"),
        style,
        "clinic",
        service=False,
        source=".",
        alias="",
        overrides={"rate_limit": {"max": 5}},
        foreign=("src/own file.ts", "it's: {{ mine }}#.md"),
        resources=(COURSES, NOTES),
        adopted=True,
    )
    text = CHECKOUT.render(manifest)[MANIFEST]
    assert parse(text) == manifest


def test_load(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    place = tmp_path / MANIFEST
    place.write_text(text_of(ANSWERS))
    assert load(tmp_path) == PLAIN
    place.write_bytes(b"\xff")
    with pytest.raises(UserError, match=r"is not UTF-8 text, so it is not a manifest") as caught:
        load(tmp_path)
    assert f"`git checkout -- {MANIFEST}`" in (caught.value.hint or "")
    place.unlink()
    place.mkdir()
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_what_an_old_manifest_lacks() -> None:
    optional = ("document", "stated", "entities", "origins", "unsupported", "adopted")
    old = {key: value for key, value in ANSWERS.items() if key not in optional}
    assert parse(text_of(old)) == PLAIN


@pytest.mark.parametrize(
    ("key", "odd", "words"),
    [
        ("_commit", 1, "text"),
        ("_src_path", None, "text"),
        ("style", ["lean"], "text"),
        ("document", 1, "text"),
        ("stated", [], "mapping"),
        ("entities", "x", "mapping"),
        ("origins", [], "mapping"),
        ("unsupported", "x", "list"),
        ("name", 7, "text"),
        ("service", "yes", "true or false"),
        ("source", None, "text"),
        ("alias", {}, "text"),
        ("overrides", [], "mapping"),
        ("adopted", 1, "true or false"),
        ("foreign", "x", "list"),
        ("resources", {}, "list"),
    ],
)
def test_a_value_of_another_type(key: str, odd: Any, words: str) -> None:
    assert key in ANSWERS
    error = refused(text_of({**ANSWERS, key: odd}))
    assert error.message == f"`here.yml` is not a manifest of scaffold: `{key}` must be a {words}"
    assert f"`git checkout -- {MANIFEST}`" in (error.hint or "")


@pytest.mark.parametrize(
    "key",
    sorted(
        ANSWERS.keys()
        - {"document", "stated", "entities", "origins", "unsupported"}
        - {"host", "adopted", "things", "kept", "migration_order"}
    ),
)
def test_a_key_that_is_missing(key: str) -> None:
    left = {name: value for name, value in ANSWERS.items() if name != key}
    assert refused(text_of(left)).message.endswith(f"scaffold: `{key}` is missing")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"_commit": "-rf"}, "`_commit` has the invalid value `-rf`"),
        ({"style": "Lean"}, "`style` has the invalid value `Lean`"),
        ({"name": "Clinic"}, "`name` has the invalid value `Clinic`"),
        ({"name": "a" * 101}, f"`name` has the invalid value `{'a' * 60}`"),
        ({"source": "../src"}, "`source` has the invalid value `../src`"),
        ({"source": "/src"}, "`source` has the invalid value `/src`"),
        (
            {"service": False, "host": {"zod": "zod/v3"}},
            "`host.zod` has the invalid value `zod/v3`",
        ),
        (
            {"service": False, "host": {"db": "@/db#x;evil()"}},
            "`host.db` has the invalid value `@/db#x;evil()`",
        ),
        (
            {"service": False, "host": {"session": ["x"]}},
            "`host.session` has the invalid value `['x']`",
        ),
        (
            {"service": False, "host": {"session": "app:x\n"}},
            "`host.session` has the invalid value `app:x\n`",
        ),
        (
            {"service": True, "host": {"zod": "zod/v4"}},
            "`host` is for a project that scaffold did not make, and `service` is true",
        ),
        ({"alias": "'"}, "`alias` has the invalid value `'`"),
        ({"alias": "app..x"}, "`alias` has the invalid value `app..x`"),
        ({"foreign": ["/etc/passwd"]}, "`foreign` has the invalid path `/etc/passwd`"),
        ({"foreign": ["a/../b"]}, "`foreign` has the invalid path `a/../b`"),
        ({"foreign": [3]}, "`foreign` has the invalid path `3`"),
        ({"document": "a/../b.md"}, "`document` has the invalid value `a/../b.md`"),
        ({"document": "{{ x }}.md"}, "`document` has the invalid value `{{ x }}.md`"),
        ({"stated": {"a": {}}}, "`stated` and `entities` need a `document`"),
        ({"entities": {"a": {}}}, "`stated` and `entities` need a `document`"),
        ({"overrides": {"data": 1}}, "`overrides.data` must be a mapping"),
        ({"document": "a.md", "stated": {"data": 1}}, "`stated.data` must be a mapping"),
        ({"document": "a.md", "entities": {"x": 1}}, "`entities.x` must be a mapping"),
    ],
)
def test_a_value_that_is_odd(change: dict[str, Any], words: str) -> None:
    message = refused(text_of({**ANSWERS, **change})).message
    assert message == f"`here.yml` is not a manifest of scaffold: {words}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    message = refused(text_of({**ANSWERS, "colour": 1, "name": "A", "style": "B"})).message
    assert (
        "unknown key `colour`; `style` has the invalid value `B`; `name` has the invalid" in message
    )


def test_a_newer_scaffold_wrote_it() -> None:
    error = refused(text_of({**ANSWERS, "colour": 1}))
    assert "does not know: `colour`; a newer one wrote it" in error.message
    assert error.hint == "install the newest one: `pip install --upgrade scaffold`"
    error = refused(text_of({**ANSWERS, "service": False, "host": {"cache": "x"}}))
    assert "does not know: `host.cache`; a newer one" in error.message
    item = {**COURSES.to_data(), "archive": True}
    error = refused(text_of({**ANSWERS, "resources": [item]}))
    assert "does not know: `courses.archive`; a newer one" in error.message


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        (["courses"], "`here.yml`: `courses` is not a resource"),
        ([COURSES.to_data(), COURSES.to_data()], "`here.yml` has a resource twice"),
        (
            [COURSES.to_data(), {**NOTES.to_data(), "table": "courses"}],
            "`here.yml`: `courses` and `notes` share the table `courses`",
        ),
        (
            [{**COURSES.to_data(), "fields": [{"name": "a", "type": "int"}] * 2}],
            "`here.yml`: resource `courses`: it has the field `a` twice",
        ),
    ],
)
def test_resources_that_cannot_be(resources: list[Any], words: str) -> None:
    assert refused(text_of({**ANSWERS, "resources": resources})).message == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "`here.yml` is not a manifest: a mapping is expected"),
        ("- a", "`here.yml` is not a manifest: a mapping is expected"),
        ("a: 1\nb: [", "`here.yml`, line "),
        ("a: &x 1\nb: *x", "`here.yml`, line 2 is not valid YAML: the alias `*x` is not allowed"),
    ],
)
def test_what_is_no_mapping(text: str, words: str) -> None:
    assert refused(text).message.startswith(words)


def test_a_merge_that_is_half_done() -> None:
    error = refused("<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> other\n")
    assert error.message == "`here.yml` has conflict markers: a merge in git is half done"
    assert "`scaffold resolve` settles it" in (error.hint or "")
    # One line of them is a text of somebody's.
    assert "conflict markers" not in refused("a: |\n  x\n<<<<<<< HEAD\n").message


def test_resources_by_name() -> None:
    both = PLAIN.with_resource(replace(NOTES, name="bids"))
    assert [item.name for item in both.resources] == ["bids", "courses"]
    assert both.find("courses") == COURSES and both.find("course") is None
    changed = replace(COURSES, public=True)
    assert both.with_resource(changed).find("courses") == changed
    assert len(both.with_resource(changed).resources) == 2
    assert both.without_resource("bids") == PLAIN
    assert PLAIN.without_resource("none") == PLAIN


def test_answers_are_in_a_fixed_order_and_nobody_elses() -> None:
    stated = {"b": {"x": 1}, "a": {"y": 2}}
    manifest = replace(PLAIN, overrides=stated)
    answers = manifest.answers()
    assert list(answers["overrides"]) == ["a", "b"]
    answers["overrides"]["a"]["y"] = 3
    answers["foreign"].append("x")
    assert manifest.answers()["overrides"]["a"] == {"y": 2} and manifest.foreign == ()
    assert list(answers) == list(ANSWERS)

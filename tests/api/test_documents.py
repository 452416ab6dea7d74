"""Documents of agents: ours, the user's, and text that only looks like one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.agents import document
from scaffold.agents.entities import check_entities
from scaffold.conventions.envelope import PLACEHOLDERS, wrong_envelope
from scaffold.conventions.schema import check, fill
from scaffold.documents import front_matter
from scaffold.manifest.manifest import load
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from scaffold.support.errors import UserError
from tests.conftest import Run
from tests.support.folders import changed, tree
from tests.support.plain_copier import copy, update
from tests.support.projects import CHECKOUT
from tools.reference import pages
from tools.source import ROOT, commit, make_source

AGENTS = sorted((ROOT / "agents").glob("*.md"))
SCHEMA = CHECKOUT.schema
HOSTILE = [
    "*/",
    "`",
    "${x}",
    "{{ 7 }}",
    "{% x %}",
    "'",
    '"',
    "a\nb",
    "'; DROP TABLE x; --",
    "\\",
    "<b>",
]
DOCUMENT = """---
name: Our Backend
description: Use it for routes. user: "An endpoint, please" {{ 7 }} */ ${x}
conventions:
  routing: {prefix: /v2}
  envelope:
    error: {error: {code: $code, text: $message}}
  errors:
    not_found: {code: GONE_AWAY, status: 404}
  auth: {roles: [author, editor]}
entities:
  articles:
    fields: ['title:string{1..80}', 'state:enum(draft,live)=draft']
    roles_for: {create: [author], delete: [editor]}
---

# Our backend {{ 7 }}
"""


@pytest.mark.parametrize("name", pages())
def test_the_reference_is_in_step(name: str) -> None:
    assert (ROOT / "docs" / name).read_text("utf-8") == pages()[name], "python -m tools.reference"


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_ours_mean_the_same_to_every_reader(path: Path) -> None:
    # Copier reads YAML with Python's parser, scaffold with libyaml; they differ about `?` and `*`.
    block = path.read_text("utf-8").split("---\n")[1]
    assert yaml.load(block, yaml.SafeLoader) == yaml.load(block, yaml.CSafeLoader)
    assert document.read(path.read_text("utf-8"), SCHEMA, path.name).strict


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
def test_every_agent_has_guidance_of_its_own(path: Path) -> None:
    body = path.read_text("utf-8").split("---\n", 2)[2]
    lines = [line for line in body.splitlines() if line.strip()]
    assert 20 <= len(lines) <= 70
    others = "".join(other.read_text("utf-8") for other in AGENTS if other != path)
    assert [line for line in lines if len(line) > 60 and line in others] == []


@pytest.mark.slow
def test_a_project_follows_a_document(run: Run, tmp_path: Path) -> None:
    (tmp_path / "backend.md").write_text(DOCUMENT)
    project = tmp_path / "clinic"
    assert run(["new", str(project), "--style", "backend.md"], tmp_path).returncode == 0
    done = run(["endpoint", "articles"], project)
    assert done.returncode == 0, done.stderr
    manifest = load(project)
    assert manifest is not None
    assert (manifest.style, manifest.document) == ("our-backend", "backend.md")
    assert manifest.stated["routing"] == {"prefix": "/v2"}
    assert [item.name for item in manifest.resources[0].fields] == ["title", "state"]
    assert manifest.resources[0].roles_for == (("create", ("author",)), ("delete", ("editor",)))
    rendered = Templates(fetch(manifest.version)).render(manifest)
    everything = "".join(rendered.values())
    assert "GONE_AWAY" in everything
    assert "An endpoint, please" not in everything
    assert (project / "src/app/v2/articles/route.ts").exists()
    # Plain Copier cannot read the document, and writes the same all the same.
    copied = tmp_path / "copied"
    copy(manifest, copied)
    assert tree(copied) == rendered == tree(project)


@pytest.mark.slow
def test_a_document_inside_the_project_is_brought_in_again(run: Run, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v1.0.0")
    env = {"SCAFFOLD_SOURCE": str(source)}
    project = tmp_path / "clinic"
    assert run(["new", str(project), "--style", "supabase"], tmp_path, env).returncode == 0
    own = project / ".claude/agents/backend.md"
    own.parent.mkdir(parents=True)
    own.write_text(DOCUMENT.replace("name: Our", "name: supabase #"))
    done = run(["set", "--from", ".claude/agents/backend.md"], project, env)
    assert done.returncode == 0, done.stderr
    assert "routing.prefix: /api → /v2" in done.stdout
    assert "Entities new: articles." in done.stdout
    manifest = load(project)
    assert manifest is not None and manifest.document == ".claude/agents/backend.md"
    assert manifest.style not in CHECKOUT.styles
    commit(project, "Follow our document")

    own.write_text(own.read_text().replace("GONE_AWAY", "LOST").replace("articles:", "posts:"))
    said = run(["endpoint", "notes", "--style", str(own), "--dry-run"], project, env)
    assert "has changed since" in said.stdout, said.stderr
    done = run(["set", "--from", ".claude/agents/backend.md"], project, env)
    assert "errors.not_found" in done.stdout and "Entities gone: articles." in done.stdout
    assert "LOST" in (project / "src/lib/api/errors.ts").read_text()
    commit(project, "Bring it in again")

    # A colleague without scaffold gets newer templates; the document need not be there for that.
    shutil.rmtree(project / ".claude")
    commit(project, "Document lost")
    errors = source / "templates/nextjs/{{ source }}/lib/api/errors.ts.jinja"
    errors.write_text(errors.read_text() + "// new\n")
    commit(source, "Change one file", "v1.1.0")
    update(project)
    assert changed(project) == [".copier-answers.yml", "src/lib/api/errors.ts"]
    assert "LOST" in (project / "src/lib/api/errors.ts").read_text()
    assert run(["endpoint", "posts"], project, env).returncode == 0


def test_long_guidance_is_read_and_endless_guidance_is_not(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text(DOCUMENT + "Take care.\n" * 10_000)
    assert document.read_file(path, SCHEMA, "long.md").conventions["routing"] == {"prefix": "/v2"}
    path.write_text(DOCUMENT + "Take care.\n" * 100_000)
    with pytest.raises(UserError, match="at most 1048576"):
        document.read_file(path, SCHEMA, "long.md")
    path.write_text(DOCUMENT.replace("Use it", "Use it " * 50_000))
    with pytest.raises(UserError, match="the front matter is longer"):
        document.read_file(path, SCHEMA, "long.md")


def test_older_templates_refuse_what_they_would_ignore(run: Run, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v0.9.0")
    config = source / "copier.yml"
    answers = ("document:", "stated:", "entities:")
    lines = config.read_text().splitlines(keepends=True)
    config.write_text("".join(line for line in lines if not line.startswith(answers)))
    commit(source, "As it was before documents", "v0.9.1")
    env = {"SCAFFOLD_SOURCE": str(source)}
    project = tmp_path / "clinic"
    assert run(["new", str(project), "--style", "supabase"], tmp_path, env).returncode == 0
    (project / "own.md").write_text(DOCUMENT)
    for words in (["set", "--from", "own.md"], ["endpoint", "notes", "--role", "create=editor"]):
        done = run(words, project, env)
        assert done.returncode == 2
        assert "scaffold update" in done.stderr
    assert run(["endpoint", "notes", "--role", "editor"], project, env).returncode == 0


def test_a_manifest_without_the_newer_answers_is_read(service: Path) -> None:
    text = (service / ".copier-answers.yml").read_text()
    assert "document" not in text and "entities" not in text
    manifest = load(service)
    assert manifest is not None and manifest.document == "" and manifest.entities == {}


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_words_are_refused_wherever_a_document_can_have_them(value: str) -> None:
    stated: dict[str, Any] = {
        "routing": {"prefix": f"/{value}"},
        "auth": {"roles": [value], "provider": value},
        "rate_limit": {"window": value},
        "envelope": {
            "success": {"data": "$data", value: 1},
            "list": {"data": "$items", "kind": f"a{value}"},
            "error": {"errors": [{"m": "$message", "x": f"${value}"}], "error": {"y": value}},
        },
        "errors": {"conflict": {"code": value, "status": 409}},
        value: {},
    }
    found = {item.key for item in check(SCHEMA, stated)}
    assert len(found) == 10, found
    entities = {
        value: {},
        "one": {"fields": [f"a{value}:string"], "roles": [value]},
        "two": {"fields": [f"a:enum({value})"], "roles_for": {value: ["x"]}, "files": value},
    }
    _, problems = check_entities(entities, fill(SCHEMA))
    assert len(problems) == 6, problems


TEXT = st.text(
    alphabet=st.sampled_from("---\n \t:ab'\"{}[]#&*!|>%@`$\\?,é\x00\x85\u2028\ufeff"), max_size=60
)


@settings(max_examples=300, deadline=None)
@given(TEXT, st.booleans())
def test_any_text_is_a_document_or_one_message(text: str, fenced: bool) -> None:
    whole = f"---\nname: x\n{text}\n---\n" if fenced else text
    try:
        document.read(front_matter.decode(whole.encode(), "a.md"), SCHEMA, "a.md")
    except UserError as error:
        assert "`a.md`" in error.message


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(PLACEHOLDERS)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(TEXT | st.sampled_from("abc"), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from([(g, k) for g, keys in SCHEMA.items() for k in keys]))
def test_any_value_is_a_convention_or_a_problem(value: Any, place: tuple[str, str]) -> None:
    group, key = place
    problems = check(SCHEMA, {group: {key: value}})
    assert all("\n" not in str(item) for item in problems)
    check(SCHEMA, {group: value})
    check(SCHEMA, value)
    check_entities(value, fill(SCHEMA))
    check_entities({"tasks": value}, fill(SCHEMA))
    check_entities({"tasks": {"fields": value, "roles": value, "files": value}}, fill(SCHEMA))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(list(SCHEMA["envelope"])[:4]), JSON)
def test_an_example_that_is_fine_has_only_what_templates_know(shape: str, example: Any) -> None:
    spec = SCHEMA["envelope"][shape]
    if wrong_envelope(spec, example):
        return
    text = json.dumps(example)
    for needed in spec["needs"]:
        assert text.count(f'"{needed}"') == 1
    assert not any(mark in text for mark in ("`", "{{", "${", "*/", "\\u", "\\n", "'"))

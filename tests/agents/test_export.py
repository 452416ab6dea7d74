"""What a document of other tools says is what scaffold reads back: from its front matter, and from its words alone."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings

from scaffold.agents import document
from scaffold.agents.export import TARGETS, Subject, conventions_of, export
from scaffold.conventions.schema import Values, check, fill
from scaffold.documents import importer, markdown
from scaffold.frameworks.registry import laid_out
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.sources.address import Version
from tests.support.pairwise import cover
from tests.support.projects import AGENTS, CHECKOUT
from tests.support.strategies import conventions
from tools.source import ROOT

SCHEMA = CHECKOUT.schema
DEFAULTS = fill(SCHEMA)
SHARE = 0.95
# Named among what is not generated, so that nobody takes it for what is.
UNSUPPORTED = (
    "database = MySQL: scaffold makes postgres, sqlite",
    "orm = mongoose",
    "rate limit = 5/1m: a limit of single routes",
    "auth.provider = Clerk or Auth0",
    "errors are problem details, application/problem+json",
)


@cache
def templates() -> Templates:
    """Templates that make nothing but AGENTS.md: a whole tree for each set of values takes a second."""
    root = Path(mkdtemp(prefix="scaffold-"))
    atexit.register(shutil.rmtree, root)
    shutil.copy(ROOT / "copier.yml", root)
    for part in ("agents", "templates/parts"):
        shutil.copytree(ROOT / part, root / part)
    for path in [ROOT / "templates/conventions.yml", *ROOT.glob("templates/*/*/AGENTS.md.jinja")]:
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return Templates(root)


def subject(values: Values, description: str = "Writes endpoints", **more: Any) -> Subject:
    """A service with those conventions, as a document states them."""
    stated = Manifest(Version("x", "x"), "own", "clinic", document="own.md", stated=values, **more)
    tree = templates().render(laid_out(templates(), stated))
    return Subject("clinic", description, "src/**", values, {}, tree["AGENTS.md"])


def has_no_sentence(dotted: str, values: Values) -> bool:
    """Whether a value is only the lack of something, or concerns nobody."""
    group, _, key = dotted.partition(".")
    if dotted == "operations.csrf" and values["auth"]["provider"] == "jwt":
        return True
    return values[group][key] is False or values[group][key] == []


def read_back(text: str, values: Values) -> tuple[list[str], list[str], list[str]]:
    """Keys that a document has to state, those of them that are missed, and what is wrong."""
    found = importer.read(markdown.read(text, "own.md"), SCHEMA).sure()
    stated, missed, wrong = [], [], []
    for group, keys in values.items():
        for key, value in keys.items():
            dotted = f"{group}.{key}"
            if key in found.get(group, {}):
                if found[group][key] != value:
                    wrong.append(f"{dotted}: {value} became {found[group][key]}")
            elif not has_no_sentence(dotted, values):
                missed.append(dotted)
            if not has_no_sentence(dotted, values):
                stated.append(dotted)
    return stated, missed, wrong


@settings(max_examples=15)
@given(conventions(SCHEMA))
@example(DEFAULTS)
def test_the_front_matter_states_the_values(values: dict[str, dict[str, Any]]) -> None:
    assert check(SCHEMA, values) == []
    one = Subject("clinic", "Ours: `x`, 'y' and \"z\"", "src/**", values, {}, "# Text\n")
    for target in TARGETS:
        text = export(one, SCHEMA, target)
        found = document.read(text, SCHEMA, "own.md")
        assert found.problems == () and found.strict
        assert fill(SCHEMA, found.conventions) == values
        # Python's parser and libyaml differ about `?` and `*`.
        block = text.split("---\n")[1]
        assert yaml.load(block, yaml.SafeLoader) == yaml.load(block, yaml.CSafeLoader)


@pytest.mark.slow
def test_the_words_state_every_value_beside_every_other() -> None:
    for overrides in cover(SCHEMA):
        values = fill(SCHEMA, overrides)
        text = export(subject(values, unsupported=UNSUPPORTED), SCHEMA, "claude", block=False)
        assert "conventions:" not in text
        _, missed, wrong = read_back(text, values)
        assert (missed, wrong) == ([], []), values


@settings(max_examples=15)
@given(conventions(SCHEMA))
def test_the_words_state_any_value(values: dict[str, dict[str, Any]]) -> None:
    stated, missed, wrong = read_back(
        export(subject(values), SCHEMA, "agents-md", block=False), values
    )
    assert wrong == []
    assert len(missed) <= (1 - SHARE) * len(stated), missed


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("target", TARGETS)
def test_our_agents_come_back(target: str, path: Path) -> None:
    ours = document.read(path.read_text("utf-8"), SCHEMA, path.name)
    values = fill(SCHEMA, ours.conventions)
    one = Subject(path.stem, str(ours.front_matter["description"]), "", values, ours.entities, "x")
    found = document.read(export(one, SCHEMA, target), SCHEMA, "exported.md")
    assert found.problems == ()
    assert fill(SCHEMA, found.conventions) == values
    assert found.entities == ours.entities
    text = export(subject(values, one.description), SCHEMA, target, block=False)
    assert read_back(text, values)[1:] == ([], [])


def test_only_what_is_no_default_is_stated_in_the_order_of_the_schema() -> None:
    changed = fill(SCHEMA, {"data": {"id": "ulid"}, "stack": {"framework": "fastapi"}})
    stated = conventions_of(SCHEMA, changed)
    assert stated == {"stack": {"framework": "fastapi"}, "data": {"id": "ulid"}}
    assert list(stated) == ["stack", "data"]
    assert conventions_of(SCHEMA, DEFAULTS) == {}


def test_the_front_matter_is_that_of_the_target() -> None:
    one = Subject("clinic", "Ours: all", "src/**", DEFAULTS, {}, "# Text\n")
    heads = {
        target: export(one, SCHEMA, target, block=False).split("\n# Text")[0] for target in TARGETS
    }
    assert heads == {
        "claude": "---\nname: clinic\ndescription: 'Ours: all'\n---\n",
        "agents-md": "# Text\n",
        "cursor": "---\ndescription: 'Ours: all'\nglobs: src/**\nalwaysApply: false\n---\n",
        "copilot": "---\napplyTo: src/**\n---\n",
    }
    everywhere = export(Subject("c", "Ours", "", DEFAULTS, {}, ""), SCHEMA, "cursor", block=False)
    assert "\nglobs:\nalwaysApply: true\n" in everywhere
    assert export(one, SCHEMA, "agents-md") == "---\nconventions: {}\n---\n\n# Text\n"

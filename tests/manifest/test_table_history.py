"""Tables that refer to each other: scaffold's own migrations make each before what needs it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from scaffold.manifest.checks import problem_of
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.migration_order import migration_order
from scaffold.manifest.new_resource import bind_refs
from scaffold.manifest.table_history import opened
from scaffold.resources.fields import parse_field
from scaffold.resources.keys import Key
from scaffold.resources.references import parents_first
from scaffold.support.errors import UserError
from tests.support.projects import CHECKOUT, manifest_of, resource
from tools.source import ROOT

EMPTY = replace(manifest_of(ROOT / "agents/libsql.md", CHECKOUT), resources=())
VALUES = CHECKOUT.conventions(EMPTY)
NAMES = ("halls", "people", "teams")


def of(**refs: str) -> Manifest:
    """A project whose resources refer to those that are named; `?` after a name: the reference is optional."""
    manifest = EMPTY
    for name, words in refs.items():
        fields = [
            f"r{place}:ref({word.rstrip('?')}){'?' * word.endswith('?')}"
            for place, word in enumerate(words.split())
        ]
        manifest = manifest.with_resource(resource(name, "name:string", *fields))
    return manifest


def in_the_way(manifest: Manifest) -> list[tuple[str, str]]:
    """The migrations that need themselves."""
    graph = {
        (step["table"], step["file"]): {
            *((step["table"], file) for file in step["after"]),
            *((table, file) for table, file in step["needs"]),
        }
        for step in migration_order(manifest.resources)
    }
    names = {file: str(file) for file in graph}
    left = parents_first(
        {names[file]: {names[one] for one in needs} for file, needs in graph.items()}
    )[1]
    return [file for file in graph if names[file] in left]


def test_every_three_tables() -> None:
    for chosen in product((False, True), repeat=9):
        pairs = [pair for pair, there in zip(product(NAMES, NAMES), chosen, strict=True) if there]
        refs = {name: " ".join(f"{to}?" for child, to in pairs if child == name) for name in NAMES}
        manifest = opened(of(**refs), VALUES)
        assert problem_of(manifest.resources) is None, refs
        assert in_the_way(manifest) == [], refs
        assert opened(manifest, VALUES) == manifest


def test_no_circle_has_no_history() -> None:
    tree = of(halls="halls?", people="halls", teams="people? halls?")
    assert opened(tree, VALUES) == tree


def test_only_what_closes_a_circle_is_a_step_of_its_own() -> None:
    start = of(halls="people? halls?", people="halls?")
    found = start.find("halls")
    assert found is not None
    keys = (Key(("name", "r0_id"), True), Key(("name", "r1_id"), True))
    manifest = opened(start.with_resource(replace(found, keys=keys)), VALUES)
    halls, people = manifest.find("halls"), manifest.find("people")
    assert halls is not None and people is not None
    assert [(step.kind, step.id) for step in halls.history] == [
        ("create", 1),
        ("add", 2),
        ("key", 3),
    ]
    assert [field.name for field in halls.history[0].fields] == ["name", "r1_id"]
    assert halls.history[2].keys == keys[:1]
    assert people.history == ()


@pytest.mark.parametrize(
    ("project", "name", "word", "says"),
    [
        ({"halls": "people?", "people": ""}, "people", "on:ref(halls)?", None),
        (
            {"halls": "people?", "people": ""},
            "people",
            "on:ref(halls)",
            "`on_id` of `people` is required",
        ),
        (
            {"halls": "people", "people": ""},
            "people",
            "on:ref(halls)?",
            "`r0_id` of `halls` is required",
        ),
        (
            {"halls": "people?", "people": "teams", "teams": ""},
            "teams",
            "on:ref(halls)?",
            "`r0_id` of `people`",
        ),
        # Required, and not part of the circle.
        ({"halls": "people? teams", "people": "", "teams": ""}, "people", "on:ref(halls)?", None),
        ({"halls": "halls?", "people": "halls"}, "halls", "on:ref(halls)?", None),
    ],
)
def test_every_reference_of_a_circle_is_optional(
    project: dict[str, str], name: str, word: str, says: str | None
) -> None:
    field = parse_field(word)
    if says is None:
        assert bind_refs(of(**project), name, (field,)) == (field,)
        return
    with pytest.raises(UserError, match="closes a circle") as caught:
        bind_refs(of(**project), name, (field,))
    assert says in caught.value.message

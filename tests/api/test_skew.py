"""Each key of the manifest that older templates do not know is refused with them, as they would leave it out."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from scaffold.api.skew import OF_FIELDS, OF_RESOURCES, require_known_keys
from scaffold.kinds.thing import Thing
from scaffold.manifest import newer
from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.resources.keys import Key
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError
from tests.support.projects import CHECKOUT, CLERK, manifest_of, resource

PLAIN = resource("notes", "title:string", "rank:int")
EMPTY = manifest_of(CLERK, CHECKOUT)
# What the first templates knew.
FIRST = {"name", "singular", "fields", "methods", "roles", "rate_limit", "paginate", "public"}
FIRST |= {"soft_delete", "retired"}
FIRST_OF_FIELDS = {"name", "type", "min", "max", "optional", "unique", "indexed", "default"}
FIRST_OF_FIELDS |= {"values", "ref", "external"}
# Only scaffold writes these, from what it knows of the templates; `files` needs a convention that they have.
GUARDED = {"history", "dropped", "files"}
WITH: dict[str, Resource] = {
    "roles_for": replace(PLAIN, roles_for=(("create", ("editor",)),)),
    "unique": replace(PLAIN, keys=(Key(("rank", "title"), True),)),
    "index": replace(PLAIN, keys=(Key(("rank", "title"), False),)),
    "table": replace(PLAIN, name="papers", table="notes"),
    "on_delete": resource("notes", "title:string", "on:ref(papers,cascade)"),
    "column": replace(PLAIN, fields=(replace(PLAIN.fields[0], column="name"), PLAIN.fields[1])),
}


def without(answer: str) -> Templates:
    """The templates as they were before they knew that answer."""
    config = {key: value for key, value in CHECKOUT.config.items() if key != answer}
    return cast(Templates, SimpleNamespace(config=config))


def test_every_key_is_one_of_these() -> None:
    assert FIRST | GUARDED | set(OF_RESOURCES) == newer._RESOURCE
    assert FIRST_OF_FIELDS | set(OF_FIELDS) == newer._FIELD
    assert set(WITH) == (set(OF_RESOURCES) | set(OF_FIELDS)) - GUARDED


@pytest.mark.parametrize("key", WITH)
def test_a_key_that_the_templates_do_not_know(key: str) -> None:
    answer, what = {**OF_RESOURCES, **OF_FIELDS}[key]
    before, after = EMPTY.with_resource(PLAIN), EMPTY.with_resource(WITH[key])
    require_known_keys(CHECKOUT, before, after)
    # What is there already stays: only newer templates put it right.
    require_known_keys(without(answer), after, after)
    for was in (before, EMPTY):
        with pytest.raises(UserError, match=what) as caught:
            require_known_keys(without(answer), was, after)
        assert "`scaffold update`" in str(caught.value.hint)


def test_things_need_templates_that_know_them() -> None:
    after = replace(EMPTY, things=(Thing("job", "render", "render"),))
    require_known_keys(CHECKOUT, EMPTY, after)
    require_known_keys(without("things"), after, after)
    with pytest.raises(UserError, match="`scaffold add` does not work"):
        require_known_keys(without("things"), EMPTY, after)


def test_a_reference_to_the_resource_itself() -> None:
    tree = EMPTY.with_resource(resource("folders", "name:string", "parent:ref(folders)?"))
    require_known_keys(CHECKOUT, EMPTY, tree)
    with pytest.raises(UserError, match="a reference to the resource itself does not work"):
        require_known_keys(without("own_references"), EMPTY, tree)


def test_references_in_a_circle() -> None:
    teams = EMPTY.with_resource(resource("teams", "lead:ref(people)?"))
    circle = teams.with_resource(resource("people", "name:string", "team:ref(teams)?"))
    require_known_keys(CHECKOUT, EMPTY, circle)
    with pytest.raises(UserError, match="references in a circle do not work"):
        require_known_keys(without("circles"), EMPTY, circle)


@pytest.mark.parametrize(
    "changed",
    [
        replace(PLAIN, fields=PLAIN.fields[:1]),
        resource("notes", "title:string", "rank:bigint"),
        resource("notes", "title:string", "rank:int", "due:date?"),
        replace(PLAIN, soft_delete=True),
    ],
    ids=["field less", "another type", "field more", "soft delete"],
)
def test_a_table_that_changes(changed: Resource) -> None:
    def change(before: Manifest, answer: str) -> None:
        require_known_keys(without(answer), before, EMPTY.with_resource(changed))

    change(EMPTY, "table_steps")
    change(EMPTY.with_resource(PLAIN), "table_keys")
    with pytest.raises(UserError, match="a table that exists cannot be changed"):
        change(EMPTY.with_resource(PLAIN), "table_steps")


def test_what_old_templates_know() -> None:
    allowed: list[dict[str, Any]] = [
        {"public": True},
        {"methods": ()},
        {"methods": (), "retired": True},
    ]
    for more in allowed:
        old = without("table_steps")
        require_known_keys(
            old, EMPTY.with_resource(PLAIN), EMPTY.with_resource(replace(PLAIN, **more))
        )

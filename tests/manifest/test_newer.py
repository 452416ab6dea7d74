"""A manifest of a newer scaffold is told from one that is broken: by any key that this one does not know."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from scaffold.manifest.manifest import parse
from scaffold.manifest.newer import unknown_keys
from scaffold.support.errors import UserError
from tests.support.projects import CHECKOUT, evolved, manifest_of, rich
from tools.source import ROOT

# Answers whose keys are names, of settings and of files, or values that rows have.
FREE = {"host", "overrides", "stated", "entities", "origins", "after", "words"}


def mappings(data: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in the answers whose keys are scaffold's."""
    if isinstance(data, list):
        for one in data:
            yield from mappings(one)
    elif isinstance(data, dict):
        yield data
        for key, value in data.items():
            if key not in FREE:
                yield from mappings(value)


@pytest.mark.parametrize("style", ["fastapi", "libsql"])
def test_one_key_more_anywhere(style: str) -> None:
    manifest = evolved(rich(manifest_of(ROOT / f"agents/{style}.md", CHECKOUT)), CHECKOUT)
    answers = manifest.answers()
    del answers["migration_order"]
    assert unknown_keys(answers["resources"]) == []
    assert parse(json.dumps(answers)).resources == manifest.resources
    # One of each kind: those of the same keys are read by the same lines.
    kinds = {tuple(found): place for place, found in enumerate(mappings(answers))}
    assert len(kinds) > 20
    for place in kinds.values():
        newer = copy.deepcopy(answers)
        found = [*mappings(newer)][place]
        found["webhooks"] = ["a"]
        with pytest.raises(UserError, match="a newer one wrote it") as caught:
            parse(json.dumps(newer))
        assert "webhooks`" in caught.value.message


@pytest.mark.parametrize(
    ("entry", "where"),
    [
        ({"name": "notes", "hooks": 0}, "notes.hooks"),
        (
            {"name": "notes", "fields": [{"name": "a", "on_update": "x"}]},
            "notes.fields.a.on_update",
        ),
        ({"name": "notes", "history": [{"id": 2, "widen": {}}]}, "notes.history.2.widen"),
        (
            {"name": "notes", "history": [{"id": 2, "add": {"name": "a", "x": 1}}]},
            "notes.history.2.add.a.x",
        ),
        (
            {"name": "notes", "history": [{"id": 1, "create": [{"name": "a", "x": 1}]}]},
            "notes.history.1.create.a.x",
        ),
        ({"name": "notes", "rate_limit": {"max": 1, "burst": 2}}, "notes.rate_limit.burst"),
        ({"name": "notes", "roles_for": {"search": ["a"]}}, "notes.roles_for.search"),
        ("notes", None),
        ({"name": "notes", "fields": 3, "history": {"id": 1}, "rate_limit": "60/1m"}, None),
    ],
    ids=str,
)
def test_where_it_is(entry: Any, where: str | None) -> None:
    assert unknown_keys([entry]) == ([where] if where else [])

"""Inputs that are a manifest, `.copier-answers.yml`, which may come with a clone; and the files of `apply`."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import strategies as st

from scaffold.manifest.manifest import Manifest
from scaffold.sources.address import Version
from scaffold.support.project_files import MANIFEST
from tests.support import strategies
from tests.trust import fields
from tests.trust.data import changed
from tests.trust.machine import Input
from tests.trust.words import ANY, BOMBS, NAMES, latin, spoiled, tame

_LINES = latin(60).map(lambda text: text or "x")
_LOOKS = (
    ("endpoint", "grades", "title:string", "--dry-run"),
    ("endpoint", "grades", "title:string", "--dry-run"),
    ("endpoint", "grades", "title:string", "--dry-run", "--json", "--diff"),
    ("set", "rate_limit.max=77", "--dry-run"),
    ("field", "add", "assessments", "seats:int?", "--dry-run"),
    ("status",),
    ("show", "assessments"),
    ("update", "--dry-run"),
    ("agents", "export"),
    ("doctor",),
    ("list",),
    ("resolve", "--dry-run"),
    ("undo", "--dry-run"),
)


@st.composite
def _right(
    draw: st.DrawFn, source: str, style: str, source_folder: str
) -> tuple[Manifest, Manifest]:
    """A manifest that scaffold could have written, with strange words of a document; and with harmless ones."""
    made = draw(strategies.manifests())
    made = replace(
        made,
        version=Version(source, "v0.1.0"),
        style=style,
        overrides={},
        source=source_folder,
        service=True,
        adopted=False,
        alias="app" if style == "fastapi" else "@/",
    )
    # Of tables that are not there, and roles that nobody has, another room says what it thinks.
    resources = tuple(
        replace(one, fields=tuple(replace(field, external=bool(field.ref)) for field in one.fields))
        for one in made.resources
    )
    made = replace(made, resources=resources, foreign=(), document="", stated={}, entities={})
    made = replace(made, origins={}, unsupported=())
    if not draw(st.booleans()):
        return made, made
    words = draw(st.lists(_LINES, min_size=1, max_size=3))
    document = draw(st.sampled_from(("docs/our api.md", "AGENTS.md", "a+b@c~d.md")))
    stated = {"rate_limit": {"max": draw(st.integers(1, 99))}}

    def of(texts: list[str]) -> Manifest:
        return replace(
            made,
            document=document,
            stated=stated,
            origins={"rate_limit.max": texts[0]},
            unsupported=tuple(texts[1:]),
        )

    return of(words), of([tame(word) for word in words])


def _written(data: Any) -> str:
    """The data as YAML, one answer a line, as scaffold writes it."""
    if not isinstance(data, dict):
        return json.dumps(data)
    return "".join(f"{json.dumps(key)}: {json.dumps(value)}\n" for key, value in data.items())


@st.composite
def inputs(draw: st.DrawFn, source: str, style: str) -> Input:
    """A look at a project with a manifest of a stranger."""
    right, harmless = draw(_right(source, style, "app" if style == "fastapi" else "src"))
    args = draw(st.sampled_from(_LOOKS))
    way = draw(st.sampled_from((*("right",) * 4, "data", "data", "spoiled", "any", "long")))
    data: Any = right.answers()
    twin: Any = harmless.answers()
    if way == "data":
        data, twin = draw(changed(data))
    text, plain = _written(data), _written(twin)
    if way == "spoiled":
        text = plain = draw(spoiled(text))
    elif way == "any":
        text = plain = draw(ANY)
    elif way == "long":
        at = draw(st.integers(0, len(text)))
        text = plain = text[:at] + draw(BOMBS) + text[at:]
    one = Input(args, {MANIFEST: plain}) if way in ("right", "data") else None
    return Input(args, {MANIFEST: text}, one)


@st.composite
def applied(draw: st.DrawFn) -> Input:
    """`apply` of a file with some resources."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.lower))
    blocks: dict[str, dict[str, Any]] = {"resources": {}, "models": {}}
    for name in names:
        entity: dict[str, Any] = {"fields": draw(fields.some_fields())}
        block = draw(st.sampled_from(("resources", "resources", "models")))
        if block == "resources":
            entity |= draw(
                st.sampled_from(
                    ({}, {"public": True}, {"paginate": "cursor"}, {"roles": ["admin"]})
                )
            )
        blocks[block][name] = entity
    found: dict[str, Any] = {key: value for key, value in blocks.items() if value}
    way = draw(st.sampled_from((*("right",) * 5, "data", "spoiled", "long")))
    twin: Any = _tamed(found) if way == "right" else found
    if way == "data":
        found, twin = draw(changed(found))
    text, plain = (yaml.safe_dump(data, allow_unicode=True) for data in (found, twin))
    if way == "spoiled":
        text = plain = draw(spoiled(text))
    elif way == "long":
        text = plain = text + draw(BOMBS)
    args = ("apply", "resources.yml", "--dry-run")
    return Input(args, {"resources.yml": text}, Input(args, {"resources.yml": plain}))


def _tamed(found: dict[str, Any]) -> dict[str, Any]:
    return {
        block: {
            fields.tame_name(name): {
                **entity,
                "fields": [fields.tame_field(text) for text in entity["fields"]],
            }
            for name, entity in entities.items()
        }
        for block, entities in found.items()
    }

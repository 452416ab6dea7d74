"""Inputs that are an agent's document: front matter with conventions and entities, and prose."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import yaml
from hypothesis import strategies as st

from scaffold.conventions.schema import Schema
from tests.support import strategies
from tests.support.documents import CODES, SENTENCES
from tests.support.documents import documents as scraps
from tests.support.projects import AGENTS, CHECKOUT, MIXTURES
from tests.trust import fields
from tests.trust.data import changed
from tests.trust.machine import Input
from tests.trust.words import ANY, BOMBS, CODE, NAMES, latin, spoiled, tame
from tools.source import ROOT

_NEW = ("new", "clinic", "--style", "docs/api.md", "--accept-unsupported", "--dry-run")
_LOOKS = (
    *(_NEW,) * 8,
    ("agents", "check", "docs/api.md"),
    ("agents", "import", "docs/api.md"),
    ("agents", "export", "docs/api.md", "--to", "claude"),
    ("agents", "show", "docs/api.md"),
)
_FRAMEWORKS = ("--set", "stack.framework=nextjs"), ("--set", "stack.framework=fastapi"), ()


@st.composite
def blocks(draw: st.DrawFn) -> Input:
    """A document that states its conventions in a block, with strange words around it."""
    schema: Schema = CHECKOUT.schema
    data: dict[str, Any] = {"name": draw(st.sampled_from(("api", "Our API", "backend-2")))}
    data["description"] = draw(latin())
    stated = draw(strategies.conventions(schema))
    groups = draw(st.lists(st.sampled_from(sorted(stated)), max_size=5, unique=True))
    # What fits together only as a whole stays whole.
    data["conventions"] = (
        stated if draw(st.booleans()) else {group: stated[group] for group in groups}
    )
    names = draw(st.lists(NAMES, max_size=2, unique_by=str.lower))
    data["entities"] = {name: {"fields": draw(fields.some_fields())} for name in names}
    if not data["entities"]:
        del data["entities"]
    twin: Any = {**data, "description": tame(data["description"])}
    way = draw(st.sampled_from((*("right",) * 6, "data", "spoiled", "any")))
    if way == "data":
        data, twin = draw(changed(data))
    body, plain_body = draw(_prose())
    text, plain = _document(data, body), _document(twin, plain_body)
    if way == "spoiled":
        text = plain = draw(spoiled(text))
    elif way == "any":
        text = plain = f"---\n{draw(ANY)}\n---\n{body}"
    args = draw(st.sampled_from(_LOOKS))
    return Input(args, {"docs/api.md": text}, Input(args, {"docs/api.md": plain}))


def _document(data: Any, body: str) -> str:
    head = yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n{body}"


@st.composite
def _prose(draw: st.DrawFn) -> tuple[str, str]:
    """Sentences that state something below headings and between words that mean nothing; and with harmless words."""
    strange: list[str] = []
    plain: list[str] = []
    for _ in range(draw(st.integers(0, 6))):
        word = draw(st.sampled_from(("", "", *CODE)) | latin(20)).replace("\n", " ")
        sentence = draw(st.sampled_from(SENTENCES))
        form = draw(
            st.sampled_from(
                ("- {s} {w}", "{s} {w}", "## {w}\n\n{s}", "| a | b |\n|---|---|\n| {w} | {s} |")
            )
        )
        strange.append(form.replace("{s}", sentence).replace("{w}", word))
        plain.append(form.replace("{s}", sentence).replace("{w}", tame(word)))
    return "\n\n".join(strange), "\n\n".join(plain)


@cache
def _known() -> list[str]:
    """Paragraphs of the documents that tests read."""
    cases = yaml.safe_load((ROOT / "tests/documents/cases.yml").read_text("utf-8"))
    whole = [path.read_text("utf-8") for path in (*AGENTS, *MIXTURES)]
    parts = [case["text"] for case in cases if isinstance(case.get("text"), str)]
    return parts + [part for text in whole for part in text.split("\n\n")]


@st.composite
def prose(draw: st.DrawFn) -> Input:
    """A document of prose, tables and code, put together from what teams write, and spoiled."""
    way = draw(st.sampled_from(("strange", "strange", "parts", "parts", "scraps", "long")))
    plain: str | None = None
    if way == "strange":
        text, plain = draw(_prose())
    elif way == "scraps":
        text = draw(scraps())
    else:
        parts = st.one_of(
            st.sampled_from(_known()), st.sampled_from(SENTENCES), st.sampled_from(CODES)
        )
        text = "\n\n".join(draw(st.lists(parts, min_size=1, max_size=8)))
        if draw(st.booleans()):
            text = draw(spoiled(text))
        if way == "long":
            at = draw(st.integers(0, len(text)))
            text = text[:at] + draw(BOMBS) + text[at:]
    args = draw(st.sampled_from(_LOOKS))
    if args == _NEW:
        args = (*args, *draw(st.sampled_from(_FRAMEWORKS)))
    one = None if plain is None else Input(args, {"docs/api.md": plain})
    return Input(args, {"docs/api.md": text}, one)

"""Inputs of `endpoint` and `model`: names, the grammar of fields, and options."""

from __future__ import annotations

import keyword
from dataclasses import replace

from hypothesis import strategies as st

from scaffold.resources.fields import parse_field
from scaffold.resources.resource import METHODS
from scaffold.support.errors import UserError
from tests.support.strategies import ROLES
from tests.support.strategies import fields as right_fields
from tests.trust.machine import Input
from tests.trust.words import ANY, BOMBS, KEYWORDS, NAMES, latin, spoiled, tame

_MEANING = {*KEYWORDS, *keyword.kwlist, *keyword.softkwlist}
_SPOILED = (
    *("nothing",) * 9,
    *("a field",) * 3,
    "fields",
    "fields",
    "name",
    "option",
    "option",
    "long",
)


@st.composite
def field_texts(draw: st.DrawFn) -> str:
    """A field that the command line takes, as a rule."""
    name = draw(NAMES)
    kind = draw(st.sampled_from(("any", "any", "default", "enum")))
    if kind == "default":
        text = draw(latin())
        kind = draw(st.sampled_from(("string", "text")))
        return f"{name}:{kind}{draw(st.sampled_from(('', '?', '+')))}={text}".replace(
            "text+", "text"
        )
    if kind == "enum":
        words = draw(
            st.lists(st.sampled_from(KEYWORDS) | ROLES, min_size=1, max_size=3, unique=True)
        )
        return f"{name}:enum({','.join(words)})={words[-1]}"
    found = draw(right_fields(name.lower()))
    if found.ref:
        found = replace(found, ref=draw(st.sampled_from(("users", "assessments"))))
    return found.spec()


def _twin(text: str) -> str:
    return text.partition(":")[0].lower().replace("_", "").removesuffix("id")


def tame_field(text: str) -> str:
    """The field with another name and a default that means nothing."""
    try:
        field = parse_field(text)
    except UserError:
        return text
    field = replace(field, name=tame_name(field.name))
    if field.type in ("string", "text") and isinstance(field.default, str):
        field = replace(field, default=tame(field.default))
    if field.values:
        field = replace(field, values=tuple(f"Z{value}"[:40] for value in field.values))
        if field.default is not None:
            field = replace(field, default=f"Z{field.default}"[:40])
    return field.spec()


def tame_name(text: str) -> str:
    """Another name of as many words; one that means something to a language keeps what follows from that."""
    return text if text.lower() in _MEANING else f"z{text}"[:40].rstrip("_-")


def some_fields() -> st.SearchStrategy[list[str]]:
    """One to four fields with names of their own."""
    return st.lists(field_texts(), min_size=1, max_size=4, unique_by=_twin)


@st.composite
def _options(draw: st.DrawFn) -> list[str]:
    words: list[str] = []
    roles = draw(st.lists(ROLES | st.sampled_from(KEYWORDS), max_size=2, unique=True))
    for role in roles:
        some = draw(st.lists(st.sampled_from(METHODS), max_size=2, unique=True))
        words += ["--role", f"{','.join(some)}={role}" if some else role]
    if draw(st.booleans()):
        words += ["--methods", ",".join(draw(st.lists(st.sampled_from(METHODS), min_size=1)))]
    if draw(st.booleans()):
        count, unit = draw(st.integers(1, 99_999)), draw(st.sampled_from("smhd"))
        words += ["--rate-limit", f"{count}/{draw(st.integers(1, 99))}{unit}"]
    if draw(st.booleans()):
        words += ["--paginate", draw(st.sampled_from(("page", "cursor", "none")))]
    words += draw(st.lists(st.sampled_from(("--soft-delete", "--public")), max_size=1))
    if draw(st.sampled_from((*(False,) * 7, True))):
        words += ["--files", draw(latin(20))]
    if draw(st.sampled_from((False, False, True))):
        words += ["--set", draw(_setting())]
    return words


@st.composite
def _setting(draw: st.DrawFn) -> str:
    text = draw(latin(20)).replace("\\", "").replace('"', "")
    return draw(
        st.sampled_from(
            (
                f"routing.prefix=/{text}",
                "routing.prefix=/api/v9",
                f'envelope.success={{"ok": "{text}", "data": "$data"}}',
                'envelope.success={"ok": "a, b: c/d-e_f.", "data": "$data"}',
                f'envelope.error={{"error": {{"code": "$code", "{text}": "$message"}}}}',
                f'errors.validation={{"code": "{text}", "status": 422}}',
                "data.json_case=snake",
                "data.soft_delete=true",
                "pagination.max_limit=33",
                f"auth.roles=[{text}]",
                f"{text}={text}",
            )
        )
    )


@st.composite
def inputs(draw: st.DrawFn, verbs: tuple[str, ...] = ("endpoint", "endpoint", "model")) -> Input:
    """One command with a few fields; four of ten have something wrong in them."""
    verb = draw(st.sampled_from(verbs))
    name = draw(NAMES)
    fields = draw(some_fields())
    options = draw(_options()) if verb == "endpoint" and draw(st.booleans()) else []
    spoil = draw(st.sampled_from(_SPOILED))
    if spoil == "a field":
        fields[-1] = draw(ANY | spoiled(fields[-1]))
    elif spoil == "fields":
        fields = [draw(spoiled(field)) for field in fields]
    elif spoil == "name":
        name = draw(spoiled(name) | ANY)
    elif spoil == "option" and options:
        at = draw(st.integers(0, len(options) - 1))
        options[at] = draw(spoiled(options[at]))
    elif spoil == "long":
        fields[0] = f"{fields[0]}{draw(BOMBS)}"
    words = [verb, name, *fields, *options]
    # The system hands over no word with a NUL in it, and neither do we.
    words = [word.replace("\0", "") for word in words]
    tamed = [verb, tame_name(name), *map(tame_field, words[2 : 2 + len(fields)]), *options]
    return Input(
        (*words, "--dry-run"),
        {},
        Input((*(word.replace("\0", "") for word in tamed), "--dry-run"), {}),
    )

"""What Hypothesis draws from: names, fields, resources, manifests, example bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from scaffold.conventions.envelope import wrong_envelope
from scaffold.conventions.schema import Schema, Values, fitting
from scaffold.conventions.values import ERROR_CODE, PREFIX, WINDOW
from scaffold.manifest.manifest import Manifest
from scaffold.resources import fields as grammar
from scaffold.resources.fields import Field
from scaffold.resources.keys import Key, in_order
from scaffold.resources.names import singular
from scaffold.resources.resource import METHODS, PAGINATION, RESERVED, RateLimit, Resource
from scaffold.sources.address import Version
from tests.support.pairwise import ENVELOPES

_PARTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z][a-z0-9]{0,8}){0,2}", fullmatch=True)
WORDS = _PARTS.filter(lambda word: word not in grammar.RESERVED | grammar.INHERITED | RESERVED)
"""Names in snake_case that a field and a resource may have."""

ROLES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,10}", fullmatch=True)
_CHARS = st.characters(max_codepoint=0x24F).filter(str.isprintable)
_WHOLE = st.integers(-(10**6), 10**6)
# Numbers of few digits, as a float holds them; a whole one is an int.
_NUMBERS = st.decimals(-(10**6), 10**6, places=3).map(
    lambda number: int(number) if number == int(number) else float(number)
)
_SPANNED = {"string", "text", "int", "bigint", "float", "decimal"}
_BARE = ("json", "ref")
_DEFAULTS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "date": st.dates().map(lambda day: day.isoformat()),
    "datetime": st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z"),
    "time": st.times().map(lambda at: at.replace(microsecond=0).isoformat()),
    "uuid": st.uuids(version=4).map(str),
    "email": st.sampled_from(["a@example.org", "first.last+tag@mail.example.co"]),
    "url": st.sampled_from(["https://example.org", "http://a.b:8080/c/d~e.html"]),
}


@st.composite
def fields(draw: st.DrawFn, name: str | None = None) -> Field:
    """Any field that the command line can make, and the external ones that it cannot."""
    kind = draw(st.sampled_from(grammar.TYPES))
    name = draw(WORDS) if name is None else name
    more: dict[str, Any] = {"optional": draw(st.booleans())}
    if kind not in ("json", "bool", "text", "enum"):
        more["unique"] = draw(st.booleans())
    if kind not in ("json", "text"):
        more["indexed"] = draw(st.booleans())
    if kind == "enum":
        more["values"] = tuple(draw(st.lists(ROLES, min_size=1, max_size=4, unique=True)))
    if kind == "ref":
        name = name if name.endswith("_id") else f"{name}_id"
        more |= {"ref": draw(WORDS), "external": draw(st.booleans())}
    low = high = None
    if kind in _SPANNED and draw(st.booleans()):
        low, high = draw(_spans(kind))
        more |= {"min": low, "max": high}
    if kind not in _BARE and draw(st.booleans()):
        more["default"] = draw(_default(kind, low, high, more.get("values", ())))
    return Field(name, kind, **more)


def _spans(kind: str) -> st.SearchStrategy[tuple[Any, Any]]:
    """A range with one end at least."""
    length = kind in ("string", "text")
    ends = st.integers(1, 255) if length else _WHOLE if "int" in kind else _NUMBERS
    both = st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))
    return both | ends.map(lambda low: (low, None)) | ends.map(lambda high: (None, high))


def _default(kind: str, low: Any, high: Any, values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if kind == "enum":
        return st.sampled_from(values)
    if kind in ("string", "text"):
        most = 255 if high is None else high
        at_least = min(low or 0, most)
        return st.text(_CHARS, min_size=at_least, max_size=max(at_least, min(most, 30)))
    if kind in _SPANNED:
        return st.just(low if low is not None else high if high is not None else 0)
    return _DEFAULTS[kind]


@st.composite
def resources(draw: st.DrawFn, name: str | None = None) -> Resource:
    """Any resource with an endpoint, or with its table only."""
    own = draw(WORDS) if name is None else name
    names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    drawn = {one.name: one for one in (draw(fields(word)) for word in names)}
    methods = draw(st.sets(st.sampled_from(METHODS)))
    roles = st.lists(ROLES, min_size=1, max_size=2, unique=True).map(tuple)
    columns = ["owner_id", *(one.stored_in for one in drawn.values())]
    several = st.lists(st.sampled_from(columns), min_size=2, max_size=4, unique=True).map(tuple)
    keys = draw(st.sets(st.builds(Key, several, st.booleans()), max_size=2))
    return Resource(
        own,
        singular(own),
        tuple(drawn.values()),
        methods=tuple(method for method in METHODS if method in methods),
        roles=draw(st.just(()) | roles),
        roles_for=tuple((one, draw(roles)) for one in METHODS if one in methods)[:1],
        public=draw(st.booleans()),
        rate_limit=draw(
            st.none()
            | st.builds(RateLimit, st.integers(1, 9_999_999), st.sampled_from(["30s", "1m", "2d"]))
        ),
        paginate=draw(st.none() | st.sampled_from(PAGINATION)),
        soft_delete=draw(st.booleans()),
        keys=in_order([*keys]),
        retired=draw(st.booleans()),
    )


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """A project of a few resources that refer to tables of others."""
    names = draw(st.lists(WORDS, max_size=3, unique=True))
    drawn = [draw(resources(name)) for name in sorted(names)]
    paths = st.from_regex(r"[a-z]{1,5}(/[a-z.]{0,3}[a-z]){0,2}", fullmatch=True)
    overrides = st.dictionaries(WORDS, st.dictionaries(WORDS, _WHOLE | ROLES, max_size=2))
    made = Manifest(
        Version(draw(st.sampled_from(["gh:team/templates", "/srv/templates"])), "v1.2.0"),
        draw(st.sampled_from(["supabase", "lean-2"])),
        "clinic",
        service=draw(st.booleans()),
        source=draw(st.sampled_from(["src", ".", "packages/api"])),
        alias=draw(st.sampled_from(["@/", "", "~"])),
        overrides=draw(overrides),
        foreign=tuple(draw(st.lists(paths, max_size=2))),
        resources=tuple(drawn),
        adopted=draw(st.booleans()),
    )
    if draw(st.booleans()):
        made = replace(
            made,
            document="docs/our api.md",
            stated=draw(overrides),
            entities={"courses": {"fields": "name:string"}},
            origins=draw(st.sampled_from([{}, {"data.soft_delete": 'Data: "deletes are soft"'}])),
            unsupported=draw(st.sampled_from([(), ("cache = redis",)])),
        )
    return made


def bodies(placeholders: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Example bodies that hold each of the placeholders once, at some depth, between constants."""
    keys = st.from_regex(r"[A-Za-z_$][A-Za-z0-9][A-Za-z0-9_-]{0,4}", fullmatch=True)
    constants = (
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.sampled_from(["", "ok"])
    )

    @st.composite
    def body(draw: st.DrawFn) -> dict[str, Any]:
        made: dict[str, Any] = draw(st.dictionaries(keys, constants, max_size=3))
        for number, name in enumerate(placeholders):
            leaf: Any = name
            for key in draw(st.lists(keys, max_size=4)):
                leaf = [leaf] if key.startswith("_") and not name.endswith("?") else {key: leaf}
            made[f"at{number}"] = leaf
        return made

    return body()


@st.composite
def conventions(draw: st.DrawFn, schema: Schema) -> dict[str, dict[str, Any]]:
    """Every convention with any value; they fit together."""
    found: dict[str, dict[str, Any]] = {}
    for group, keys in schema.items():
        for key, spec in keys.items():
            found.setdefault(group, {})
            found[group][key] = draw(_value_of(spec, found))
    pages = found["pagination"]
    pages["default_limit"] = min(pages["default_limit"], pages["max_limit"])
    return found


def _value_of(spec: Mapping[str, Any], found: Values) -> st.SearchStrategy[Any]:
    if "allowed" in spec or spec["type"] == "bool":
        return st.sampled_from(fitting(spec, found))
    match spec["type"]:
        case "int":
            return st.integers(spec["min"], spec["max"])
        case "envelope":
            more = st.lists(st.sampled_from(spec["may"]), max_size=3, unique=True)
            known = [shape[key] for shape in ENVELOPES.values() for key in shape]
            fine = [body for body in (spec["default"], *known) if not wrong_envelope(spec, body)]
            drawn = more.flatmap(lambda may: bodies((*spec["needs"], *may)))
            return st.sampled_from(fine) | drawn.filter(lambda body: not wrong_envelope(spec, body))
        case "error":
            codes = st.from_regex(ERROR_CODE, fullmatch=True)
            return st.fixed_dictionaries(
                {
                    "code": st.just(spec["default"]["code"]) | codes,
                    "status": st.sampled_from(spec["statuses"]),
                }
            )
        case "prefix":
            return st.sampled_from(["", "/api"]) | st.from_regex(PREFIX, fullmatch=True)
        case "window":
            return st.from_regex(WINDOW, fullmatch=True)
        case "methods":
            return st.lists(st.sampled_from(METHODS), min_size=1, unique=True)
        case "verbs":
            return st.sampled_from([[], ["POST"], ["PUT"], ["POST", "PUT"]])
        case _:
            assert spec["type"] == "roles"
            return st.lists(ROLES, max_size=5, unique=True)

"""Sets of conventions in which every two values that go together stand together once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import combinations
from typing import Any

Schema = Mapping[str, Mapping[str, Mapping[str, Any]]]
Overrides = dict[str, dict[str, Any]]
Chosen = dict[str, str]

# Values to try of keys that allow more than a list of words can say.
ENVELOPES: dict[str, dict[str, dict[str, Any]]] = {
    "wrapped": {},
    "bare": {
        "success": "$data",  # type: ignore[dict-item]
        "list": {"items": "$items", "total": "$total"},
        "cursor": {"items": "$items", "next": "$next"},
        "error": {"detail": "$message", "status": "$status", "fields": "$details?"},
    },
    "listed": {
        "success": {"data": "$data", "request": "$request_id"},
        "list": {"data": "$items", "page": "$page"},
        "cursor": {"data": "$items", "page": {"next": "$next"}},
        "error": {"errors": [{"code": "$code", "detail": "$message", "id": "$request_id"}]},
    },
}
TRIED: dict[str, dict[str, Any]] = {
    "routing.prefix": {"short": "/api", "none": "", "long": "/services/v2"},
    "errors.validation": {
        "400": {"code": "VALIDATION_ERROR", "status": 400},
        "422": {"code": "invalid.input", "status": 422},
    },
    "auth.roles": {"any": [], "two": ["reader", "writer"]},
    "operations.idempotency": {"none": [], "post": ["POST"], "both": ["POST", "PUT"]},
    "pagination.default_limit": {"20": 20, "7": 7},
    "rate_limit.window": {"1m": "1m", "90s": "90s"},
}


def parameters(schema: Schema) -> dict[str, dict[str, Any]]:
    """Each key with the values to try, by a word for each."""
    found: dict[str, dict[str, Any]] = {}
    for group, keys in schema.items():
        for key, spec in keys.items():
            dotted = f"{group}.{key}"
            if dotted in TRIED:
                found[dotted] = TRIED[dotted]
            elif "allowed" in spec:
                found[dotted] = {str(value): value for value in spec["allowed"]}
            elif spec["type"] == "bool":
                found[dotted] = {"false": False, "true": True}
    found["envelope"] = ENVELOPES
    # Few values decide most: what they need is known first.
    return dict(sorted(found.items(), key=lambda item: -_weight(item[0])))


def needs(schema: Schema) -> dict[tuple[str, str], dict[str, list[str]]]:
    """What a value needs of other keys."""
    return {
        (f"{group}.{key}", value): {other: list(map(str, words)) for other, words in found.items()}
        for group, keys in schema.items()
        for key, spec in keys.items()
        for value, found in spec.get("requires", {}).items()
    }


def cover(schema: Schema) -> list[Overrides]:
    """The sets, as overrides of a project."""
    tried = parameters(schema)
    return [_overrides(chosen, tried) for chosen in choices(schema)]


def choices(schema: Schema) -> list[Chosen]:
    """The sets, as words: greedy, and the same on every machine."""
    tried, required = parameters(schema), needs(schema)
    left = {
        pair
        for one, two in combinations(tried, 2)
        for pair in _pairs(tried, one, two)
        if complete(dict(pair), tried, required) is not None
    }
    found: list[Chosen] = []
    while left:
        start = min(left)
        chosen = complete(dict(start), tried, required, left)
        assert chosen is not None
        found.append(chosen)
        left -= set(combinations(sorted(chosen.items()), 2))
    return found


def _pairs(
    tried: Mapping[str, Mapping[str, Any]], one: str, two: str
) -> Iterator[tuple[tuple[str, str], ...]]:
    for first in tried[one]:
        for second in tried[two]:
            yield tuple(sorted([(one, first), (two, second)]))


def complete(
    chosen: Chosen,
    tried: Mapping[str, Mapping[str, Any]],
    required: Mapping[tuple[str, str], Mapping[str, list[str]]],
    left: AbstractSet[tuple[tuple[str, str], ...]] = frozenset(),
) -> Chosen | None:
    """All keys with values that go together, those first that bring most pairs that are left."""
    if not _fits(chosen, required):
        return None
    key = next((name for name in tried if name not in chosen), None)
    if key is None:
        return chosen

    def gain(word: str) -> int:
        return sum(tuple(sorted([(key, word), other])) in left for other in chosen.items())

    for word in sorted(tried[key], key=lambda word: -gain(word)):
        done = complete({**chosen, key: word}, tried, required, left)
        if done is not None:
            return done
    return None


def _fits(chosen: Chosen, required: Mapping[tuple[str, str], Mapping[str, list[str]]]) -> bool:
    return all(
        chosen[other] in words
        for pair in chosen.items()
        for other, words in required.get(pair, {}).items()
        if other in chosen
    )


def _overrides(chosen: Chosen, tried: Mapping[str, Mapping[str, Any]]) -> Overrides:
    found: Overrides = {}
    for dotted, word in chosen.items():
        value = tried[dotted][word]
        if dotted == "envelope":
            found.setdefault("envelope", {}).update(value)
            continue
        group, _, key = dotted.partition(".")
        found.setdefault(group, {})[key] = value
    return {group: dict(sorted(keys.items())) for group, keys in sorted(found.items())}


def _weight(dotted: str) -> int:
    first = ["stack.framework", "stack.orm", "stack.database", "auth.provider", "code.handlers"]
    return len(first) - first.index(dotted) if dotted in first else 0

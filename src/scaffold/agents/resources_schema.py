"""The file that `scaffold apply` reads as a JSON Schema, and what a document says of an entity: the same keys."""

from __future__ import annotations

from typing import Any, Final

from scaffold.agents.entities import KEYS
from scaffold.resources.fields import TYPES, parse_field
from scaffold.resources.resource import DEVICES, METHODS, PAGINATION, RESERVED, ROLE
from scaffold.support.errors import UserError

Json = dict[str, Any]

OF_MODELS: Final[tuple[str, ...]] = ("fields", "soft_delete", "files", "unique", "index")
"""The keys of a resource without a route."""

# Patterns that JavaScript and Python read alike: editors know the former, the tests the latter.
_NAME = r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*"
_ANY = r"[\s\S]*"
_NUMBER = r"\s*-?[0-9]+(?:\.[0-9]+)?\s*"
_RANGE = rf"(?:\{{(?:{_NUMBER}\.\.(?:{_NUMBER})?|\.\.{_NUMBER})\}})?"
_VALUE = r"\s*[A-Za-z][A-Za-z0-9_-]{0,39}\s*"
_PARENTHESES = {"enum": rf"\({_VALUE}(?:,{_VALUE})*\)", "ref": r"\([^()]+\)"}
_SAMPLES = {"enum": "(a)", "ref": "(a)"}
_DEFAULTS = {
    "bool": "(?:true|false)",
    "enum": "[A-Za-z][A-Za-z0-9_-]{0,39}",
    **dict.fromkeys(("int", "bigint", "float", "decimal"), _NUMBER),
}
# A default of each type, to ask the grammar whether the type takes one.
_DEFAULT_SAMPLES = {
    "bool": "true",
    "enum": "a",
    "date": "2027-01-31",
    "datetime": "2027-01-31T09:00:00Z",
    "time": "09:00:00",
    "uuid": "5b1fca2e-3f0a-4d39-8a5e-0d6f0c1b2a3d",
    "email": "a@example.org",
    "url": "https://example.org",
}


def resources_file() -> Json:
    """The JSON Schema (draft 2020-12) of a file of resources, as far as JSON Schema can say.

    It cannot say what depends on a project: its conventions, its roles, the resources and rows that it has.
    """
    models = entity(OF_MODELS)
    # Its other keys are the options of the kind, which a project's templates define.
    thing: Json = {
        "type": ["object", "null"],
        "properties": {"fields": entity()["properties"]["fields"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Resources of a scaffold project",
        "description": "What `scaffold apply` makes of a project, and `scaffold list --yaml` writes.",
        "type": "object",
        "properties": {
            "resources": _block("endpoints, by name", {"$ref": "#/$defs/resource"}),
            "models": _block("tables without a route, by name", {"$ref": "#/$defs/model"}),
            "things": _block(
                "what `scaffold add` adds, by kind and name",
                _block("things of a kind, by name", thing),
            ),
        },
        "additionalProperties": False,
        "anyOf": [
            {"required": [block], "properties": {block: {"type": "object", "minProperties": 1}}}
            for block in ("resources", "models", "things")
        ],
        "$defs": {"resource": entity(), "model": models},
    }


def entity(keys: tuple[str, ...] = tuple(KEYS)) -> Json:
    """What may be said of one resource, with those of its keys."""
    role = {"type": "string", "pattern": f"^{ROLE}$"}
    one = "|".join("".join(f"[{c.upper()}{c}]" for c in word) for word in METHODS)
    word = rf"\s*(?:{one})?\s*"
    kinds: dict[str, Json] = {
        "fields": _list({"type": "string", "pattern": field_pattern()}),
        "methods": {
            "type": "array",
            "items": {"anyOf": [{"enum": [*METHODS]}, {"type": "string", "pattern": f"^{word}$"}]},
            "minItems": 1,
        },
        "roles": _list(role),
        "roles_for": {
            "type": "object",
            "properties": {method: _list(role) for method in METHODS},
            "patternProperties": {f"^{word}(?:,{word})*$": _list(role)},
            "additionalProperties": False,
        },
        "public": {"type": "boolean"},
        "rate_limit": {
            "type": "string",
            "pattern": r"^\s*[1-9][0-9]{0,6}/(?:[1-9][0-9]{0,3})?[smhd]\s*$",
        },
        "paginate": {"enum": [*PAGINATION]},
        "soft_delete": {"type": "boolean"},
        "unique": _keys(),
        "index": _keys(),
        "files": {"type": "string", "maxLength": 200},
    }
    return {
        "type": ["object", "null"],
        "properties": {key: {"description": KEYS[key], **kinds[key]} for key in keys},
        "additionalProperties": False,
    }


def field_pattern() -> str:
    """A pattern of every FIELD of the command line: which type takes what, the grammar itself says."""
    kinds: dict[str, list[str]] = {}
    for kind in TYPES:
        plain = f"x:{kind}{_SAMPLES.get(kind, '')}"
        tail = _RANGE if _is_field(f"{plain}{{1..2}}") else ""
        tail += f"[{''.join(flag for flag in '?!+' if _is_field(plain + flag))}]*"
        if _is_field(f"{plain}={_DEFAULT_SAMPLES.get(kind, '1')}"):
            tail += f"(?:={_DEFAULTS.get(kind, _ANY)})?"
        kinds.setdefault(tail, []).append(kind + _PARENTHESES.get(kind, ""))
    types = "|".join(f"(?:{'|'.join(words)}){tail}" for tail, words in kinds.items())
    # No modifier comes twice.
    return rf"^(?![^=]*([?!+])[^=]*\1){_NAME}:(?:{types})$"


def _is_field(text: str) -> bool:
    try:
        parse_field(text)
    except UserError:
        return False
    return True


def _block(about: str, each: Json) -> Json:
    return {
        "description": about,
        "type": ["object", "null"],
        "propertyNames": {
            "pattern": f"^{_NAME}$",
            "maxLength": 40,
            "not": {"enum": sorted(RESERVED | DEVICES)},
        },
        "additionalProperties": each,
    }


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _keys() -> Json:
    word = {"type": "string", "pattern": "^[^,=]+$"}
    key = {"type": "array", "items": word, "minItems": 2, "maxItems": 5, "uniqueItems": True}
    return {"type": "array", "items": key, "uniqueItems": True, "maxItems": 10}

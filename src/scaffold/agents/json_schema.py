"""The front matter of an agent's document as a JSON Schema, derived from the schema of conventions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scaffold.agents.resources_schema import entity
from scaffold.conventions import envelope
from scaffold.conventions.schema import Schema
from scaffold.conventions.values import ERROR_CODE, PREFIX, VERBS, WINDOW
from scaffold.resources.resource import METHODS, ROLE

Json = dict[str, Any]


def front_matter(schema: Schema) -> Json:
    """The JSON Schema (draft 2020-12) of a document's front matter."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Front matter of an agent document",
        "description": "Conventions of a backend, and resources that it knows; other keys are allowed too.",
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "a word for the agent"},
            "description": {"type": "string", "description": "when to use the agent"},
            "tools": {
                "description": "tools that the agent may use",
                "type": ["string", "array"],
            },
            "model": {"type": "string"},
            "color": {"type": "string"},
            "mcp_requirements": {"type": "object"},
            "mcp_permissions": {"type": "object"},
            "conventions": {
                "type": "object",
                "description": "what differs from the defaults",
                "properties": {group: _group(keys) for group, keys in schema.items()},
                "additionalProperties": False,
            },
            "entities": {
                "type": "object",
                "description": "resources that the agent knows, by name",
                "additionalProperties": entity(),
            },
        },
        "$defs": _bodies(schema),
    }


def _group(keys: Mapping[str, Mapping[str, Any]]) -> Json:
    return {
        "type": "object",
        "properties": {key: _key(spec) for key, spec in keys.items()},
        "additionalProperties": False,
    }


def _key(spec: Mapping[str, Any]) -> Json:
    about = str(spec["doc"])
    for value, needs in spec.get("requires", {}).items():
        words = " and ".join(f"{key} {' or '.join(fits)}" for key, fits in needs.items())
        about += f"; {value} needs {words}"
    if "default_by" in spec:
        words = ", ".join(f"{value} for {by}" for by, value in spec["default"].items())
        about += f" (default by {spec['default_by']}: {words})"
        return {"description": about, **_type(spec)}
    return {"description": about, "default": spec["default"], **_type(spec)}


def _type(spec: Mapping[str, Any]) -> Json:
    if "allowed" in spec:
        return {"enum": list(spec["allowed"])}
    kind = spec["type"]
    if kind == "int":
        return {"type": "integer", "minimum": spec["min"], "maximum": spec["max"]}
    if kind == "bool":
        return {"type": "boolean"}
    if kind == "error":
        return {
            "type": "object",
            "properties": {
                "code": {"type": "string", "pattern": f"^{ERROR_CODE}$"},
                "status": {"enum": list(spec["statuses"])},
            },
            "required": ["code", "status"],
            "additionalProperties": False,
        }
    if kind == "envelope":
        return {"$ref": f"#/$defs/{_name(spec)}"}
    return {
        "prefix": {"type": "string", "pattern": f"^{PREFIX}$"},
        "window": {"type": "string", "pattern": f"^{WINDOW}$"},
        "methods": _list({"enum": list(METHODS)}, least=1),
        "verbs": _list({"enum": list(VERBS)}),
        "roles": _list({"type": "string", "pattern": f"^{ROLE}$"}),
    }[kind]


def _list(items: Json, least: int = 0) -> Json:
    found: Json = {"type": "array", "items": items, "uniqueItems": True}
    return {**found, "minItems": least} if least else found


def _name(spec: Mapping[str, Any]) -> str:
    return "body_of_" + "_".join(word.strip("$") for word in spec["needs"])


def _bodies(schema: Schema) -> Json:
    """Each kind of example body, as far as JSON Schema can say (not how often a placeholder appears)."""
    found: Json = {}
    for spec in schema["envelope"].values():
        if spec.get("type") != "envelope":
            continue
        allowed = [*spec["needs"]]
        for word in spec.get("may", ()):
            allowed += [word] if word.endswith("?") else [word, f"{word}?"]
        name = _name(spec)
        nested = {"$ref": f"#/$defs/{name}_value"}
        mapping = {
            "type": "object",
            "propertyNames": {
                "pattern": f"^{envelope.KEY}$",
                "not": {"enum": [*envelope.UNSAFE_KEYS, "__proto__"]},
            },
            "additionalProperties": nested,
            "minProperties": 1,
        }
        bare = len(spec["needs"]) == 1 and spec["needs"] != ["$message"]
        found[name] = {"anyOf": [mapping, {"const": spec["needs"][0]}]} if bare else mapping
        found[f"{name}_value"] = {
            "anyOf": [
                mapping,
                {"type": "array", "items": nested, "minItems": 1, "maxItems": 1},
                {"enum": allowed},
                {"type": "string", "pattern": f"^{envelope.TEXT}$"},
                {"type": ["integer", "boolean", "null"]},
            ]
        }
    return found

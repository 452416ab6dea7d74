"""What FastAPI does not know of the OpenAPI document."""

import json
from itertools import chain
from typing import Any

from fastapi import FastAPI

from app.core.answers import answer, documented
from app.core.envelope import ERROR_TYPE
from app.core.errors import ERRORS, ApiError
from app.core.request_id import current

Json = dict[str, Any]
REQUEST_ID: Json = {"X-Request-Id": {"schema": {"type": "string"}}}
RETRY_AFTER: Json = {
    "Retry-After": {
        "schema": {"type": "integer"},
        "description": "Seconds until another try",
    },
}
KINDS = {error: kind for kind, error in ERRORS.items()}
LATER = (ERRORS["rate_limited"][1], ERRORS["unavailable"][1])
# What is there only to keep FastAPI from adding a 422 of its own shape.
OTHERS = documented()["default"]["description"]
# A list has one of them.
LISTS = {"sort", "cursor"}
PARAMETERS = {"page": "The page, from 1", "limit": "The most rows of a page"}
# Inside JSON, texts have no NUL either.
TEXT = {"pattern": "^[^\0]*$"}
INSIDE = {"$ref": "#/components/schemas/JsonValue"}
OBJECT = {"propertyNames": TEXT, "additionalProperties": INSIDE}
# Values of formats, for examples.
FORMATS = {
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:30:00Z",
    "time-local": "09:30:00",
    "uuid": "7d9f1c52-3a44-4b0e-8f57-1c2b6d0e9a31",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "int64": "1",
}


class Service(FastAPI):
    """An application whose document says what FastAPI does not know, too."""

    def openapi(self) -> Json:
        """The document, made once."""
        if self.openapi_schema is None:
            told = current.set("0b5f4a4e-6c1d-4c7e-9f0e-2f6d3b8a9c10")
            self.openapi_schema = _finished(super().openapi())
            current.reset(told)
        return self.openapi_schema


def _finished(document: Json) -> Json:
    """The document with tags, headers and examples, and no status that nobody gets."""
    tags: list[str] = []
    for path in document["paths"].values():
        for operation in path.values():
            _finish(operation)
            tags += operation.get("tags", [])
    document["tags"] = [
        {"name": tag, "description": f"Everything about {tag.replace('_', ' ')}"}
        for tag in dict.fromkeys(tags)
    ]
    schemas: dict[str, Json] = document["components"]["schemas"]
    for schema in schemas.values():
        parts = _parts(schema)
        if parts and not any("$ref" in part for part in parts):
            schema["examples"] = [_row(schema)]
        for part in parts:
            if part.get("additionalProperties") == INSIDE:
                part["propertyNames"] = TEXT
    if "JsonValue" in schemas:
        schemas["JsonValue"] |= {**TEXT, **OBJECT, "items": INSIDE}
    return document


def _finish(operation: Json) -> None:
    operation.setdefault("security", [])
    parameters = {it["name"]: it for it in operation.get("parameters", [])}
    for name, parameter in parameters.items() if parameters.keys() & LISTS else ():
        told = PARAMETERS.get(name, f"Only rows with this `{name}`")
        parameter.setdefault("description", told)
        if name == "sort":
            # `sort=name,-other` is one value.
            parameter["explode"] = False
    responses = sorted(operation["responses"].items())
    operation["responses"] = dict(responses)
    for status, response in responses:
        if response["description"] == OTHERS:
            del operation["responses"][status]
        elif status.isdecimal():
            _describe(int(status), response)


def _parts(schema: Json) -> list[Json]:
    """The schemas of properties, and those that they are made of."""
    properties: list[Json] = list(schema.get("properties", {}).values())
    inner = [[it.get("items", {}), *it.get("anyOf", [])] for it in properties]
    return [*properties, *chain.from_iterable(inner)]


def _describe(status: int, response: Json) -> None:
    response["headers"] = REQUEST_ID | (RETRY_AFTER if status in LATER else {})
    code, _, _ = response["description"].partition(",")
    if kind := KINDS.get((code, status)):
        shown = answer(ApiError(kind, "What is wrong, for people to read"))
        # FastAPI gives the errors of a stream the type of the stream.
        [content] = response["content"].values()
        response["content"] = {ERROR_TYPE: content}
        content["example"] = json.loads(bytes(shown.body))


def _row(schema: Json) -> Json:
    """An example of a body; a change has one of its properties."""
    properties = list(schema["properties"].items())
    shown = properties[:1] if "minProperties" in schema else properties
    return {name: _value(inner) for name, inner in shown}


def _value(schema: Json) -> object:
    """A value that a property takes."""
    given = [schema.get("default"), schema.get("const"), *schema.get("enum", [])]
    given += [*schema.get("examples", []), FORMATS.get(schema.get("format", ""))]
    known = [value for value in given if value]
    if known:
        return known[0]
    if "anyOf" in schema:
        return _value({"title": schema.get("title", "Text"), **schema["anyOf"][0]})
    low = max(1, schema.get("minimum", 1))
    number = min(low, schema.get("maximum", low))
    text = schema.get("title", "Text").capitalize()
    text = text.ljust(schema.get("minLength", 0), ".")
    values = {
        "string": text[: schema.get("maxLength")],
        "integer": int(number),
        "number": number,
        "boolean": True,
        "object": {"colour": "blue"},
    }
    return values.get(schema.get("type", ""), [])

"""Documents that no longer say what the service does: schemathesis has to find each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
NOTES, ASSESSMENTS = "notes", "assessments"


@dataclass(frozen=True)
class Mutant:
    """A fault, in one operation of the document; `plant` changes that operation, whose references are resolved."""

    name: str
    method: str
    resource: str
    item: bool
    plant: Callable[[Json], None]
    # Values that are wrong by chance take more of them.
    examples: int = 5

    def path(self, prefix: str, document: Mapping[str, Any]) -> str:
        """Where the operation is in this document: the name of the parameter is the framework's."""
        start = f"{prefix}/{self.resource}"
        begins = f"{start}/{{" if self.item else start
        paths: list[str] = [*document["paths"]]
        return next(
            path for path in paths if path == begins or (self.item and path.startswith(begins))
        )

    def document(self, prefix: str, document: Mapping[str, Any]) -> Json:
        """A copy of the document with the fault; fails where it has no place for it."""
        made = deepcopy(dict(document))
        item = made["paths"][self.path(prefix, document)]
        item[self.method] = _inlined(item[self.method], made)
        before = deepcopy(item[self.method])
        self.plant(item[self.method])
        assert item[self.method] != before, self.name
        return made


def _body(operation: Json) -> Json:
    found: Json = operation["requestBody"]["content"]["application/json"]["schema"]
    return found


def _property(operation: Json, name: str, keyword: str) -> Json:
    """The schema of a property that has the keyword: of an optional field it is one of two."""
    found = _body(operation)["properties"][name]
    places = [found, *found.get("anyOf", ())]
    chosen: Json = next(place for place in places if keyword in place)
    return chosen


def _not_required(operation: Json) -> None:
    _body(operation)["required"].remove("name")
    _without_examples(operation)


def _longer(operation: Json) -> None:
    _property(operation, "name", "maxLength")["maxLength"] = 5000


def _no_most(operation: Json) -> None:
    limit = next(it for it in operation["parameters"] if it["name"] == "limit")
    del limit["schema"]["maximum"]


def _another_value(operation: Json) -> None:
    _property(operation, "status", "enum")["enum"].append("archived")


def _no_format(operation: Json) -> None:
    found = _property(operation, "contact", "format")
    for keyword in ("format", "pattern", "allOf"):
        found.pop(keyword, None)


def _may_be_empty(operation: Json) -> None:
    _body(operation).pop("minProperties")


def _unknown_status(status: str) -> Callable[[Json], None]:
    return lambda operation: operation["responses"].pop(status) and None


def _another_answer(operation: Json) -> None:
    """A row with a number where the service gives text."""
    content = operation["responses"]["201"]["content"]["application/json"]
    row = _with_property(content["schema"], "name")
    row["properties"]["name"] = {"type": "integer"}
    _without_examples(operation)


def _with_property(schema: Any, name: str) -> Json:
    """The first schema below this one that has the property."""
    if isinstance(schema, dict):
        if name in schema.get("properties", {}):
            return schema
        for inner in schema.values():
            if found := _with_property(inner, name):
                return found
    return {}


def _without_examples(value: Any) -> None:
    """Examples would be wrong, too, and say so by themselves."""
    if isinstance(value, dict):
        for key in ("example", "examples"):
            value.pop(key, None)
        for inner in value.values():
            _without_examples(inner)


MUTANTS = (
    Mutant("a dropped `required`", "post", NOTES, False, _not_required),
    Mutant("a wider `maxLength`", "post", NOTES, False, _longer),
    Mutant("a dropped `maximum`", "get", NOTES, False, _no_most, 40),
    Mutant("one more value of an `enum`", "post", ASSESSMENTS, False, _another_value),
    Mutant("a dropped `format`", "post", ASSESSMENTS, False, _no_format),
    Mutant("a dropped `minProperties`", "patch", NOTES, True, _may_be_empty),
    Mutant("a missing 404", "get", NOTES, True, _unknown_status("404")),
    Mutant("a missing 201", "post", NOTES, False, _unknown_status("201")),
    Mutant("another type in an answer", "post", NOTES, False, _another_answer),
)


def _inlined(value: Any, document: Mapping[str, Any], above: tuple[str, ...] = ()) -> Any:
    """The value with what its references lead to in their place, so that a fault is in one operation only."""
    if isinstance(value, list):
        return [_inlined(inner, document, above) for inner in value]
    if not isinstance(value, dict):
        return value
    pointer = value.get("$ref")
    if not isinstance(pointer, str) or pointer in above:
        return {key: _inlined(inner, document, above) for key, inner in value.items()}
    found: Any = document
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return _inlined(found, document, (*above, pointer))

"""Whether an OpenAPI document says what the service does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.contract.spec import COLLECTION, HTTP, WRITES, Resource, Spec

SUCCESS = {"list": "200", "create": "201", "get": "200", "update": "200", "replace": "200"}


def problems(document: Any, spec: Spec) -> list[str]:
    """Everything that is missing or leads nowhere."""
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3.1"):
        return ["it is no OpenAPI 3.1"]
    found = [f"{key} is missing" for key in ("info", "paths") if key not in document]
    info = document.get("info", {})
    found += [f"info.{key} is missing" for key in ("title", "version") if not info.get(key)]
    for reference in references(document):
        if not _resolves(document, reference):
            found.append(f"{reference} leads nowhere")
    for resource in spec.resources:
        found += _of_resource(document, spec, resource)
    names = [
        operation.get("operationId")
        for path in document.get("paths", {}).values()
        for operation in path.values()
        if isinstance(operation, dict) and "responses" in operation
    ]
    found += [f"operationId {name} stands twice" for name in set(names) if names.count(name) > 1]
    if not document.get("components", {}).get("securitySchemes"):
        found.append("no security scheme")
    return found


def references(value: Any) -> Iterator[str]:
    """All `$ref` of a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _of_resource(document: Any, spec: Spec, resource: Resource) -> Iterator[str]:
    for operation in resource.methods:
        item = operation not in COLLECTION
        path = f"{resource.path}/{{id}}" if item else resource.path
        where = f"{HTTP[operation]} {path}"
        paths = document.get("paths", {})
        # The name of the parameter is the framework's.
        alike = [key for key in paths if item and key.startswith(f"{resource.path}/{{")]
        described = paths.get(path) or (paths[alike[0]] if alike else {})
        one = described.get(HTTP[operation].lower())
        if not isinstance(one, dict):
            yield f"{where} is not described"
            continue
        answers = set(map(str, one.get("responses", {})))
        wanted = {SUCCESS.get(operation, "204"), *errors_of(spec, resource, operation)}
        if wanted - answers:
            yield f"{where} does not tell of {', '.join(sorted(wanted - answers))}"
        if operation in WRITES and "requestBody" not in one:
            yield f"{where} has no requestBody"
        parameters = one.get("parameters", []) + described.get("parameters", [])
        if item and not any(it.get("in") == "path" and it.get("required") for it in parameters):
            yield f"{where} has no parameter for the id"
        security = one.get("security", document.get("security")) or []
        if bool(security) and {} not in security:
            if resource.is_open(operation):
                yield f"{where} needs no token, and says it does"
        elif not resource.is_open(operation):
            yield f"{where} needs a token, and says nothing of it"
        if operation == "list":
            names = {it.get("name") for it in parameters if it.get("in") == "query"}
            more = {
                "page": {"page", "limit", "sort"},
                "cursor": {"cursor", "limit"},
                "none": {"sort"},
            }
            more_names = more[resource.paginate]
            more_names |= {it.prop for it in resource.fields if it.filterable}
            if more_names - names:
                yield f"{where} does not tell of {', '.join(sorted(more_names - names))}"
        media = spec.envelope["error_type"]
        for status in errors_of(spec, resource, operation):
            content = one.get("responses", {}).get(status, {}).get("content")
            if content is not None and media not in content:
                yield f"{where} {status} is not {media}"


def errors_of(spec: Spec, resource: Resource, operation: str) -> set[str]:
    kinds = ["rate_limited", "internal"]
    if not resource.is_open(operation):
        kinds.append("unauthorized")
    if resource.roles(operation):
        kinds.append("forbidden")
    if operation not in COLLECTION:
        kinds.append("not_found")
    if operation in WRITES:
        kinds += ["validation", "malformed", "too_large", "media_type", "conflict"]
    if operation == "list":
        kinds.append("validation")
    return {str(spec.status(kind)) for kind in kinds}


def _resolves(document: Any, reference: str) -> bool:
    if not reference.startswith("#/"):
        return False
    value = document
    for part in reference[2:].split("/"):
        part = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True

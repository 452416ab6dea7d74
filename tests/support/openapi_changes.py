"""oasdiff's rules on two paths of OpenAPI documents, as far as scaffold's documents differ: its ERR, WARN and INFO.

The rules are those of checker/rules.go in github.com/oasdiff/oasdiff. Two of its warnings are errors here, as scaffold
knows its services: they had no bound where a document had none, and refuse parameters that they do not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Json = dict[str, Any]
LEVELS = ("INFO", "WARN", "ERR")
_METHODS = ("get", "post", "patch", "put", "delete")
_LEAST = (("minimum", float("-inf")), ("minLength", 0))
_MOST = (("maximum", float("inf")), ("maxLength", float("inf")))


class Finding(NamedTuple):
    """A rule that applies: its level, its id in oasdiff, and where."""

    level: str
    rule: str
    where: str


def compare(document: Json, old: str, new: str) -> set[Finding]:
    """What differs between two paths of a document, with what is below `{id}`."""
    found: set[Finding] = set()
    for tail in ("", "/{id}"):
        was, now = (document["paths"].get(path + tail, {}) for path in (old, new))
        for method in _METHODS:
            where = f"{method} {tail}"
            if method in was and method not in now:
                found.add(Finding("ERR", "api-removed-without-deprecation", where))
            elif method in now and method not in was:
                found.add(Finding("INFO", "endpoint-added", where))
            elif method in was:
                found |= {*_operation(document, was[method], now[method], where)}
    return found


def worst(found: set[Finding]) -> str | None:
    """The highest level, if there is any."""
    return max((one.level for one in found), key=LEVELS.index, default=None)


def _operation(document: Json, was: Json, now: Json, where: str) -> Iterator[Finding]:
    old, new = ({one["name"]: one for one in side.get("parameters", ())} for side in (was, now))
    for name in {*old, *new}:
        if name not in new:
            yield Finding("ERR", "request-parameter-removed", f"{where} {name}")
        elif name not in old:
            level = "ERR" if new[name].get("required") else "INFO"
            yield Finding(level, "new-request-parameter", f"{where} {name}")
        elif name != "sort":
            yield from _value(old[name]["schema"], new[name]["schema"], f"{where} ?{name}", True)
    if "requestBody" in was:
        old, new = (_body(document, side["requestBody"]) for side in (was, now))
        yield from _object(document, old, new, where, True)
    for status in was["responses"]:
        if status.startswith("2") and "content" in was["responses"][status]:
            old, new = (_body(document, side["responses"][status]) for side in (was, now))
            yield from _object(document, old, new, f"{where} {status}", False)


def _body(document: Json, answer: Json) -> Json:
    (content,) = answer["content"].values()
    return _resolved(document, content["schema"])


def _resolved(document: Json, schema: Json) -> Json:
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


def _object(document: Json, was: Json, now: Json, where: str, request: bool) -> Iterator[Finding]:
    was, now = _resolved(document, was), _resolved(document, now)
    if "items" in was and "items" in now:
        yield from _object(document, was["items"], now["items"], where, request)
        return
    if "properties" not in was or "properties" not in now:
        yield from _value(was, now, where, request)
        return
    old, new = was["properties"], now["properties"]
    needed, needs = ({*side.get("required", ())} for side in (was, now))
    for name in {*old, *new}:
        at = f"{where} .{name}"
        if name not in new and request:
            yield Finding("WARN", "request-property-removed", at)
        elif name not in new:
            level = "ERR" if name in needed else "WARN"
            yield Finding(level, "response-property-removed", at)
        elif name not in old:
            level = "ERR" if request and name in needs else "INFO"
            yield Finding(level, "new-property", at)
        else:
            if request and name in needs and name not in needed:
                yield Finding("ERR", "request-property-became-required", at)
            if request and name in needed and name not in needs:
                yield Finding("INFO", "request-property-became-optional", at)
            yield from _object(document, old[name], new[name], at, request)


def _value(was: Json, now: Json, where: str, request: bool) -> Iterator[Finding]:
    (old, old_null), (new, new_null) = _bare(was), _bare(now)
    if old_null != new_null:
        breaks = old_null if request else new_null
        yield Finding("ERR" if breaks else "INFO", "nullable", where)
    kinds = [(one.get("type"), one.get("format"), "anyOf" in one) for one in (old, new)]
    if kinds[0] != kinds[1]:
        yield Finding("ERR", "type-changed", where)
        return
    if was.get("default") != now.get("default"):
        yield Finding("INFO", "default-value-changed", where)
    gone, come = (
        {*one.get("enum", ())} - {*other.get("enum", ())} for one, other in ((old, new), (new, old))
    )
    if gone:
        yield Finding("ERR" if request else "INFO", "enum-value-removed", where)
    if come:
        yield Finding("INFO" if request else "WARN", "enum-value-added", where)
    for key, none in _LEAST:
        step = new.get(key, none) - old.get(key, none) if key in old or key in new else 0
        yield from _bound(step, key, where, request)
    for key, none in _MOST:
        step = old.get(key, none) - new.get(key, none) if key in old or key in new else 0
        yield from _bound(step, key, where, request)


def _bound(step: float, key: str, where: str, request: bool) -> Iterator[Finding]:
    """`step` is above 0 where a bound is tighter."""
    if step:
        breaks = step > 0 if request else step < 0
        yield Finding("ERR" if breaks else "INFO", f"{key}-changed", where)


def _bare(schema: Json) -> tuple[Json, bool]:
    """A schema without null, and whether it has null."""
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if "anyOf" in schema and len(options) < len(schema["anyOf"]):
        return (options[0], True) if len(options) == 1 else ({"anyOf": options}, True)
    kind = schema.get("type")
    if isinstance(kind, list) and "null" in kind:
        left = [one for one in kind if one != "null"]
        return {**schema, "type": left[0] if len(left) == 1 else left}, True
    return schema, False

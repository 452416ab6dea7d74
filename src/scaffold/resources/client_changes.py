"""What a change of a resource means for the clients that its endpoint has: breaking or not, and why.

The rules are those by which oasdiff compares two OpenAPI documents. Where a document cannot say what a service does,
scaffold can: a new role is a refusal for those who lack it, a bound that comes is one for what is outside, and a lower
rate limit or a new unique key may be one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scaffold.resources.client_fields import (
    BREAKING,
    FINE,
    LEVELS,
    WARNING,
    Told,
    Traffic,
    field_added,
    field_changed,
    field_removed,
)
from scaffold.resources.keys import OWNER_COLUMN, Key
from scaffold.resources.options import default_rate
from scaffold.resources.resource import HTTP, RateLimit, Resource

__all__ = ["BREAKING", "FINE", "WARNING", "Told", "client_changes"]

Values = Mapping[str, Mapping[str, Any]]

_READS = ("list", "get")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def client_changes(
    before: Resource | None,
    after: Resource | None,
    old: Values,
    new: Values,
    renamed: Mapping[str, str] | None = None,
) -> list[Told]:
    """What clients see of the change, the worst first; None is a resource that there is not, before or after.

    `old` and `new` are all conventions, before and after; `renamed` maps names of other resources to what they are now.
    """
    had = before.methods if before and not before.retired else ()
    has = after.methods if after and not after.retired else ()
    if not before or not after or not had or not has:
        found = [*_whole(before, had, old, False), *_whole(after, has, new, True)]
    else:
        kept = tuple(method for method in had if method in has)
        found = [
            *_routes(before, after, old, new),
            *_access(before, after, kept, new),
            *_limits(before, after, kept, old, new),
            *_fields(before, after, kept, old, new, renamed or {}),
            *_keys(before, after, kept, new),
        ]
    return sorted(found, key=lambda told: LEVELS.index(told.level))


def _whole(
    resource: Resource | None, methods: tuple[str, ...], values: Values, comes: bool
) -> Iterator[Told]:
    if resource is None or not methods:
        return
    path = _path(resource, values)
    if comes:
        yield Told(FINE, f"`{path}` is new")
    else:
        yield Told(BREAKING, f"`{path}` is gone, with all of its operations")


def _path(resource: Resource, values: Values, method: str = "list") -> str:
    path = f"{values['routing']['prefix']}/{resource.name}"
    return path if method in ("list", "create") else f"{path}/{{id}}"


def _route(resource: Resource, values: Values, method: str) -> str:
    return f"{HTTP[method]} {_path(resource, values, method)}"


def _routes(before: Resource, after: Resource, old: Values, new: Values) -> Iterator[Told]:
    was, now = _path(before, old), _path(after, new)
    if was != now:
        yield Told(BREAKING, f"`{was}` is now `{now}`: the old path is gone")
    for method in before.methods:
        if method not in after.methods:
            yield Told(BREAKING, f"`{_route(before, old, method)}` is gone")
    for method in after.methods:
        if method not in before.methods:
            yield Told(FINE, f"`{_route(after, new, method)}` is new")


def _access(
    before: Resource, after: Resource, kept: tuple[str, ...], values: Values
) -> Iterator[Told]:
    """Who may call an operation: anybody (None), everybody who signed in (no role), or those with a role."""
    changes: dict[tuple[str, str], list[str]] = {}
    for method in kept:
        was, now = _callers(before, method), _callers(after, method)
        if was == now:
            continue
        roles = " or ".join(f"`{role}`" for role in sorted(now or ()))
        if now is None:
            told = (FINE, "open to anybody")
        elif was is None:
            more = f" and the role {roles}" if roles else ""
            told = (BREAKING, f"for callers with a token{more}: others are refused")
        elif now and not (was and was <= now):
            told = (BREAKING, f"for the role {roles}: others are refused")
        else:
            told = (FINE, f"for the role {roles}, too" if roles else "for any role")
        changes.setdefault(told, []).append(f"`{_route(after, values, method)}`")
    for (level, text), routes in changes.items():
        yield Told(level, f"{', '.join(routes)}: {text}")


def _callers(resource: Resource, method: str) -> frozenset[str] | None:
    return None if resource.public and method in _READS else frozenset(resource.roles_of(method))


def _limits(
    before: Resource, after: Resource, kept: tuple[str, ...], old: Values, new: Values
) -> Iterator[Told]:
    rates = before.rate_limit or default_rate(old), after.rate_limit or default_rate(new)
    if kept and rates[0] != rates[1]:
        text = f"{rates[1]} requests, and {rates[0]} before"
        if _is_lower(*rates):
            yield Told(WARNING, f"{text}: a client that sends more has to wait")
        else:
            yield Told(FINE, text)
    pages = (
        before.paginate or old["pagination"]["style"],
        after.paginate or new["pagination"]["style"],
    )
    if "list" in kept and pages[0] != pages[1]:
        yield Told(
            BREAKING,
            f"lists have the pagination {pages[1]}, and {pages[0]} before: their parameters and bodies are others",
        )


def _is_lower(was: RateLimit, now: RateLimit) -> bool:
    """Whether some client that kept to the old limit runs into the new one."""

    def each_second(rate: RateLimit) -> float:
        return rate.max / (int(rate.window[:-1]) * _SECONDS[rate.window[-1]])

    return now.max < was.max or each_second(now) < each_second(was)


def _fields(
    before: Resource,
    after: Resource,
    kept: tuple[str, ...],
    old: Values,
    new: Values,
    renamed: Mapping[str, str],
) -> Iterator[Told]:
    traffic = Traffic(
        rows=not {"create", "replace"}.isdisjoint(kept),
        writes=not {"create", "update", "replace"}.isdisjoint(kept),
        answers=any(method != "delete" for method in kept),
        lists="list" in kept,
        # FastAPI's answers are of plain types.
        bounded=new["stack"].get("framework") == "nextjs",
    )
    known = {field.stored_in: field for field in before.fields}
    for field in after.fields:
        was, name = known.pop(field.stored_in, None), _property(field.name, new)
        if was is None:
            yield from field_added(name, field, traffic)
        else:
            names = (_property(was.name, old), name)
            same = renamed.get(was.ref or "", was.ref) == field.ref
            yield from field_changed(names, was, field, same, traffic)
    for was in known.values():
        yield from field_removed(_property(was.name, old), traffic)


def _property(name: str, values: Values) -> str:
    if values["data"]["json_case"] != "camel":
        return name
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _keys(
    before: Resource, after: Resource, kept: tuple[str, ...], values: Values
) -> Iterator[Told]:
    if {"create", "update", "replace"}.isdisjoint(kept):
        return
    was, now = ({key for key in one.keys if key.unique} for one in (before, after))
    for key in sorted(now - was):
        yield Told(
            WARNING,
            f"{_named(key, after, values)} are unique together: a row that shares them is refused",
        )
    for key in sorted(was - now):
        yield Told(FINE, f"rows may share {_named(key, before, values)}")


def _named(key: Key, resource: Resource, values: Values) -> str:
    names = {field.stored_in: _property(field.name, values) for field in resource.fields}
    names[OWNER_COLUMN] = _property(OWNER_COLUMN, values)
    return " and ".join(f"`{names.get(column, column)}`" for column in key.columns)

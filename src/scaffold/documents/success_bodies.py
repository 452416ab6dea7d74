"""Bodies of single rows and of lists as examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scaffold.documents.body_names import (
    DATA,
    FLAGS,
    GROUPS,
    ITEMS,
    PAGING,
    Shape,
    find,
    is_null,
    names_of,
    plain,
)
from scaffold.documents.literals import Member, Object
from scaffold.documents.patterns import ignoring_case

_ABOUT_LISTS: Final = ignoring_case(
    r"\blist", "paginat", "collection", "multiple", "plural", "index"
)
_LINKS: Final = frozenset(["previous", "prev"])
_FINE: Final = re.compile(r"success|ok\b")
_REQUEST_IDS: Final = frozenset(["requestid", "traceid"])
# What a page says of itself where a document does not say it.
_PAGE: Final = {"page": "$page", "limit": "$limit", "total": "$total"}


def success_shapes(body: Object, about: str) -> Iterator[Shape]:
    """The body as an example for one row, for a list, or for both."""
    nested = find(body, {"data"})
    if nested is not None and nested.inner is not None and not nested.is_list:
        below = find(nested.inner, ITEMS - {"data"})
        if below is not None and (_has_paging(nested.inner) or below.is_list):
            yield _nested(body, nested, nested.inner, below)
            return
    items = find(body, ITEMS)
    data = find(body, DATA)
    single = data or items
    if single is None:
        return
    shape = Shape("envelope.success", {})
    paging: dict[str, Any] = {}
    for member in body.members:
        _add(member, single, items, shape, paging)
    rows_are_listed = bool(items and items.is_list)
    is_list = rows_are_listed or bool(paging) or (items is not None and items is not data)
    # `data` with a page beside it is a list, unless the document shows it as one row.
    is_row = not is_list or (paging and not rows_are_listed and not _ABOUT_LISTS.search(about))
    if is_row and plain(single.name) in DATA:
        yield shape
    if is_list and items is not None:
        yield _list(body, shape, items, paging)


def _add(
    member: Member, single: Member, items: Member | None, shape: Shape, paging: dict[str, Any]
) -> None:
    """Adds a member to the example of one row, or to what is said of a page."""
    name = plain(member.name)
    if member is single:
        shape.example[member.name] = "$data"
    elif name in FLAGS:
        shape.example[member.name] = True
    elif name == "status" and _FINE.search(member.value):
        shape.example[member.name] = "success"
    elif is_null(member):
        shape.example[member.name] = None
    elif name == "error":
        pass
    elif name == "message":
        shape.example[member.name] = "$message?"
    elif name in _REQUEST_IDS:
        shape.example[member.name] = "$request_id"
    elif name in GROUPS and (found := _paging(member)) is not None:
        paging[member.name] = found
    elif name in PAGING and items is not None:
        paging[member.name] = PAGING[name]
    elif member.optional:
        pass
    elif name in GROUPS and member.inner is None and not member.value:
        # What it holds is not said; in a list it is the page.
        paging[member.name] = dict(_PAGE)
    else:
        shape.missing.append(member.name)
        shape.is_partial = True


def _nested(body: Object, data: Member, inner: Object, items: Member) -> Shape:
    """A list whose rows and page are both inside of `data`."""
    unknown: list[str] = []
    inside: dict[str, Any] = {}
    for member in inner.members:
        name = plain(member.name)
        if member is items:
            inside[member.name] = "$items"
        elif name in GROUPS and (found := _paging(member)) is not None:
            inside[member.name] = _without_unknown(found, unknown)
        elif name in PAGING:
            inside[member.name] = PAGING[name]
        else:
            unknown.append(member.name)
    example: dict[str, Any] = {}
    for member in body.members:
        if member is data:
            example[member.name] = inside
        elif plain(member.name) in FLAGS:
            example[member.name] = True
        elif is_null(member):
            example[member.name] = None
    return _list_shape(example, unknown, bool(unknown))


def _list(body: Object, row: Shape, items: Member, paging: Mapping[str, Any]) -> Shape:
    """A list with what else the body of one row has."""
    example: dict[str, Any] = {}
    unknown: list[str] = []
    for member in body.members:
        if member is items:
            example[member.name] = "$items"
        elif member.name in paging:
            example[member.name] = _without_unknown(paging[member.name], unknown)
        elif row.example.get(member.name, "$message?") != "$message?":
            example[member.name] = row.example[member.name]
    return _list_shape(example, [*row.missing, *unknown], row.is_partial or bool(unknown))


def _list_shape(example: dict[str, Any], missing: list[str], is_partial: bool) -> Shape:
    if "$next" not in repr(example):
        return Shape("envelope.list", example, missing, is_partial)
    if _LINKS & {plain(name) for name in example}:
        # The next page is a link there.
        linked = _without(example, ("$next",))
        return Shape("envelope.list", linked, [*missing, "next"], True)
    # Cursors count no rows.
    counted = _without(example, ("$total", "$page"))
    return Shape("envelope.cursor", counted, missing, is_partial)


def _has_paging(body: Object) -> bool:
    return bool(names_of(body) & {*PAGING, *GROUPS})


def _paging(member: Member) -> dict[str, Any] | None:
    """The example of a member that holds page numbers, with None for what is not known; None where it holds none."""
    if member.inner is None:
        return None
    if not member.inner.members and plain(member.name) == "pagination":
        return dict(_PAGE)
    result: dict[str, Any] = {}
    for inner in member.inner.members:
        name = plain(inner.name)
        below = _paging(inner) if name in GROUPS else None
        if below is not None:
            result[inner.name] = below
        elif name in _REQUEST_IDS:
            result[inner.name] = "$request_id"
        else:
            result[inner.name] = PAGING.get(name)
    return result if any(value is not None for value in result.values()) else None


def _without_unknown(value: Any, unknown: list[str]) -> Any:
    """The example without members that are not known, whose names come to `unknown`."""
    if not isinstance(value, Mapping):
        return value
    unknown += [name for name, inner in value.items() if inner is None]
    return {
        name: _without_unknown(inner, unknown) for name, inner in value.items() if inner is not None
    }


def _without(value: Any, placeholders: tuple[str, ...]) -> Any:
    """The example without the members that hold one of these placeholders."""
    if not isinstance(value, Mapping):
        return value
    return {
        name: _without(inner, placeholders)
        for name, inner in value.items()
        if isinstance(inner, Mapping) or inner not in placeholders
    }

"""What another definition of a field means for clients, by the rules of oasdiff for request and response schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from scaffold.resources.fields import DEFAULT_STRING, DEFAULT_TEXT, INT32, INT64, Field

BREAKING: Final = "breaking"
WARNING: Final = "warning"
FINE: Final = "fine"
LEVELS: Final = (BREAKING, WARNING, FINE)

_INFINITE = float("inf")
_BOUNDS: dict[str, tuple[float, float]] = {
    "string": (0, DEFAULT_STRING),
    "text": (0, DEFAULT_TEXT),
    "int": INT32,
    "bigint": INT64,
    "float": (-_INFINITE, _INFINITE),
    "decimal": (-_INFINITE, _INFINITE),
}
_NOT_FILTERED = ("text", "json")
# Types that look the same in JSON, besides their bounds.
_ALIKE = {"text": "string", "decimal": "float"}


class Told(NamedTuple):
    """One change, as clients see it: one of LEVELS, and a sentence that says what it is and why."""

    level: str
    text: str


class Traffic(NamedTuple):
    """Where clients that exist meet a field.

    `rows`: bodies of POST and PUT, which are whole rows; `writes`: any body; `answers`: rows come back; `lists`: a list
    of them can be filtered; `bounded`: the document also says the bounds of what comes back.
    """

    rows: bool
    writes: bool
    answers: bool
    lists: bool
    bounded: bool


def field_added(name: str, field: Field, traffic: Traffic) -> Iterator[Told]:
    """A field that there was not; `name` is what the API calls it."""
    if traffic.rows and not field.optional and field.default is None:
        yield Told(BREAKING, f"`{name}` is new and required: bodies without it are refused")
    elif traffic.writes or traffic.answers:
        where = [*(["optional in bodies"] * traffic.writes), *(["in answers"] * traffic.answers)]
        yield Told(FINE, f"`{name}` is new: {', '.join(where)}")
    if field.unique and traffic.writes:
        yield _taken(name)


_FOLLOWS: Final = {
    None: "rows of `{}` that rows name are no longer deleted: such requests are refused",
    "cascade": "a row goes along with the one of `{}` that it names",
    "null": "null from when the row of `{}` is deleted",
}


def field_removed(name: str, traffic: Traffic) -> Iterator[Told]:
    """A field that there is no more."""
    gone = ["answers no longer have it"] * traffic.answers
    gone += ["bodies that name it are refused"] * traffic.writes
    if gone:
        yield Told(BREAKING, f"`{name}` is gone: {', and '.join(gone)}")


def field_changed(
    names: tuple[str, str], old: Field, new: Field, same_parent: bool, traffic: Traffic
) -> Iterator[Told]:
    """A field that is another now, and may have another name (`names`: before, after).

    `same_parent`: a reference is still to rows of the same resource.
    """
    if not traffic.answers and not traffic.writes:
        return
    name = names[1]
    if names[0] != name:
        yield Told(
            BREAKING, f"`{names[0]}` is now `{name}`, in bodies, answers, filters and `sort`"
        )
    if _kind(old) != _kind(new) or (old.ref is not None and not same_parent):
        yield Told(BREAKING, f"`{name}` is {_typed(new)}, and no longer {_typed(old)}")
    else:
        yield from _of_bounds(name, old, new, traffic)
        yield from _of_values(name, old, new, traffic)
        if traffic.lists and new.type in _NOT_FILTERED and old.type not in _NOT_FILTERED:
            yield Told(
                BREAKING, f"lists no longer filter by `{name}`: requests that do are refused"
            )
        if traffic.lists and old.type in _NOT_FILTERED and new.type not in _NOT_FILTERED:
            yield Told(FINE, f"lists filter by `{name}`")
    yield from _of_presence(name, old, new, traffic)
    if new.on_delete != old.on_delete and same_parent:
        yield Told(WARNING, f"`{name}`: {_FOLLOWS[new.on_delete].format(new.ref)}")
    if new.unique and not old.unique and traffic.writes:
        yield _taken(name)
    if old.unique and not new.unique and traffic.writes:
        yield Told(FINE, f"rows may share a `{name}`")


def _kind(field: Field) -> str:
    return _ALIKE.get(field.type, field.type)


def _typed(field: Field) -> str:
    return f"an id of `{field.ref}`" if field.ref else f"of the type {field.type}"


def _taken(name: str) -> Told:
    return Told(WARNING, f"`{name}` is unique: a value that another row has is refused")


def _of_bounds(name: str, old: Field, new: Field, traffic: Traffic) -> Iterator[Told]:
    was, now = _bounds(old), _bounds(new)
    if was is None or now is None or was == now:
        return
    both = f"`{name}` takes {_span(now)}, and {_span(was)} before"
    if traffic.writes and (now[0] > was[0] or now[1] < was[1]):
        yield Told(BREAKING, f"{both}: bodies with values outside are refused")
    elif traffic.writes:
        yield Told(FINE, both)
    if traffic.answers and traffic.bounded and (now[0] < was[0] or now[1] > was[1]):
        yield Told(
            BREAKING,
            f"`{name}` of answers may be outside {_span(was)}: clients that check it refuse them",
        )


def _bounds(field: Field) -> tuple[float, float] | None:
    if field.type not in _BOUNDS:
        return None
    low, high = _BOUNDS[field.type]
    return low if field.min is None else field.min, high if field.max is None else field.max


def _span(bounds: tuple[float, float]) -> str:
    low, high = ("" if abs(end) == _INFINITE else str(end) for end in bounds)
    return f"{{{low}..{high}}}" if low or high else "any number"


def _of_values(name: str, old: Field, new: Field, traffic: Traffic) -> Iterator[Told]:
    gone = [value for value in old.values if value not in new.values]
    come = [value for value in new.values if value not in old.values]
    if gone and traffic.writes:
        yield Told(BREAKING, f"`{name}` is never {_either(gone)}: bodies that name it are refused")
    elif gone:
        yield Told(FINE, f"`{name}` is never {_either(gone)}")
    if come and traffic.answers:
        yield Told(
            WARNING, f"`{name}` of answers may be {_either(come)}, which clients may not know"
        )
    elif come:
        yield Told(FINE, f"`{name}` may be {_either(come)}")


def _of_presence(name: str, old: Field, new: Field, traffic: Traffic) -> Iterator[Told]:
    was, now = _left_out(old), _left_out(new)
    if traffic.rows and was and not now:
        yield Told(BREAKING, f"`{name}` is required: bodies without it are refused")
    elif traffic.writes and old.optional and not new.optional:
        yield Told(BREAKING, f"`{name}` is never null: bodies that say so are refused")
    elif traffic.rows and not was and now:
        yield Told(FINE, f"`{name}` may be left out: it is {now} then")
    elif traffic.rows and was != now:
        yield Told(FINE, f"`{name}` is {now} where a body leaves it out, and {was} before")
    if new.optional and not old.optional and traffic.answers:
        yield Told(BREAKING, f"`{name}` is optional: answers may have null there")


def _left_out(field: Field) -> str:
    """What the field is where a body leaves it out; empty if it cannot."""
    if field.default is None:
        return "null" if field.optional else ""
    return json.dumps(field.default, ensure_ascii=False)


def _either(values: list[str]) -> str:
    return " or ".join(f"`{value}`" for value in values)

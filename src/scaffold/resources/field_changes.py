"""A field gets another definition: what becomes of the values that rows have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Final, NamedTuple

from scaffold.resources.fields import (
    DEFAULT_STRING,
    DEFAULT_TEXT,
    INT32,
    INT64,
    SAFE_INTEGER,
    Field,
    parse_field,
    require_room,
)
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

# Types whose values become those of another one, row by row, without a word about each.
CONVERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("text", "enum", "int", "bigint"),
    "text": ("string", "enum", "int", "bigint"),
    "email": ("string", "text"),
    "url": ("string", "text"),
    "enum": ("string", "text", "bool"),
    "bool": ("enum",),
    "int": ("bigint", "float", "decimal", "string", "text"),
    "bigint": ("int", "decimal", "string", "text"),
    "float": ("decimal", "int", "bigint"),
    "decimal": ("float", "int", "bigint"),
}
_WORDS: Final = ("enum", "bool")
_BOOL: Final = ("false", "true")
# The longest value of each type, as text: an enum's word, and the digits of the two integers with a sign.
_LONGEST: Final = {
    "string": DEFAULT_STRING,
    "text": DEFAULT_TEXT,
    "email": 254,
    "url": 2048,
    "enum": 40,
    "int": 11,
    "bigint": 20,
}
_EVERY: Final = (float("-inf"), float("inf"))
_SPAN: Final[Mapping[str, tuple[float, float]]] = {"int": INT32, "bigint": INT64}

# It stands in SQL, also in blocks that end at `$$`.
_OLD_VALUE: Final = re.compile(r"[\w .,:/@+'-]{1,40}")

Words = tuple[tuple[str, str], ...]
"""What becomes of single values: the word that rows have, and the one that they get."""

Check = tuple[str, int | float | None]
"""One of CHECKS and, for those of lengths and ranges, their bound."""
Checks = tuple[Check, ...]
CHECKS: Final = (
    *("null", "number", "whole", "words", "duplicate"),
    *("shorter", "longer", "below", "above"),
)


class Alteration(NamedTuple):
    """Another definition of a field: `fill` is for rows without a value, `words` are what single values become."""

    old: Field
    new: Field
    fill: str | int | float | bool | None = None
    words: Words = ()

    @property
    def checks(self) -> Checks:
        """What must be true of no row, because the new definition does not allow it."""
        return tuple(_checks(self))

    @property
    def is_simple(self) -> bool:
        """Whether an ORM's own tool can do it, which sees definitions and no rows."""
        same = self.old.type == self.new.type
        return same and not (self.checks or self.words) and self.fill is None


def altered(
    old: Field, new: Field, *, fill: str | None, words: Sequence[str], rows: bool, resource: str
) -> Alteration:
    """The alteration that makes `new` of the field, with `--default` and each `--map` as typed.

    `rows`: the table may have some. `resource` is named in messages.
    Raises UserError if rows would lose a value, or would have none.
    """
    if replace(new, name=old.name, column=old.column) == old:
        raise UserError(
            f"`{old.name}` of `{resource}` is `{old.spec()}` already",
            f"`scaffold show {resource}` shows the fields",
        )
    new = replace(new, name=old.name, column=old.column, external=old.external)
    require_room([new])
    _require_conversion(old, new, resource)
    found = Alteration(old, new, _fill(old, new, fill, resource), _words(old, new, words))
    if rows:
        _require_words(found, resource)
        _require_value(found, resource)
    return found


def read(old: Field, new: Field, fill: object, words: Mapping[str, object]) -> Alteration:
    """The alteration of a manifest's step, checked again: a manifest is input. Raises UserError if it is none."""
    _require_conversion(old, new, old.name)
    maps = [f"{was}={becomes}" for was, becomes in words.items()]
    found = Alteration(old, new, None, _words(old, new, maps))
    if fill is None:
        return found
    if not isinstance(fill, (str, int, float)):
        raise UserError(f"`{fill}` is not a value")
    value = parse_field(replace(new, default=fill).spec()).default
    if value != fill or type(value) is not type(fill):
        raise UserError(f"`{fill}` is not a value of `{new.spec()}`")
    return found._replace(fill=value)


def read_checks(data: object) -> Checks:
    """The checks of a manifest's step. Raises UserError if they are none."""
    if not isinstance(data, list):
        raise UserError(f"`{str(data)[:80]}` is no list of checks of rows")
    found: list[Check] = []
    for entry in data:
        kind, bound = entry if isinstance(entry, list) and len(entry) == 2 else (entry, None)
        bounded = kind in CHECKS[CHECKS.index("shorter") :]
        number = type(bound) is int or (type(bound) is float and isfinite(bound))
        if kind not in CHECKS or not (number if bounded else bound is None):
            raise UserError(f"`{str(entry)[:80]}` is no check of rows")
        found.append((kind, bound))
    return tuple(found)


def dropped(old: Field, new: Field) -> list[str]:
    """Sentences about what the old definition has and the new one does not."""
    return (
        [
            f"`{old.name}` is no longer {word}"
            for key, word in (
                ("unique", "unique"),
                ("indexed", "indexed"),
                ("optional", "optional"),
            )
            if getattr(old, key) and not getattr(new, key)
        ]
        + (
            [f"`{old.name}` no longer has a default (`{old.default}`)"]
            if old.default is not None and new.default is None
            else []
        )
        + (
            [f"`{old.name}` no longer has a rule for deletions (`{old.on_delete}`)"]
            if old.on_delete and not new.on_delete
            else []
        )
    )


def require_simple(change: Alteration, resource: str) -> None:
    """Raises UserError if the change needs more than the migrations of a project's own tool."""
    if change.is_simple:
        return
    spec = replace(change.new, name=f"new_{change.old.name}", optional=True, default=None).spec()
    raise UserError(
        f"rows of `{resource}` may not fit `{change.new.spec()}`, and the tool that writes this project's migrations "
        "looks at no rows",
        f"add another field and move the values yourself: `scaffold field add {resource} '{spec}'`",
    )


def is_stored_alike(old: Field, new: Field, *, rules: bool, keys: bool = True) -> bool:
    """Whether the two are the same to a database.

    `rules`: it has those of ranges, lengths and defaults, too. `keys`: indexes count.
    """
    return _stored(old, rules, keys) == _stored(new, rules, keys)


def _stored(field: Field, rules: bool, keys: bool) -> tuple[object, ...]:
    kept: list[object] = [field.type, field.optional, field.values, field.ref, field.on_delete]
    kept.append(field.max if field.type == "string" else None)
    if keys:
        kept += [field.unique, field.indexed]
    if rules:
        low = bool(field.min) if field.type in ("string", "text") else field.min
        kept += [low, field.max, field.default]
    return tuple(kept)


def _require_conversion(old: Field, new: Field, resource: str) -> None:
    same = new.type == old.type and new.ref == old.ref
    if same or new.type in CONVERSIONS.get(old.type, ()):
        return
    ways = [kind for kind in CONVERSIONS.get(old.type, ()) if kind != "enum"]
    allowed = f"a `{old.type}` can become: {', '.join(ways)}" if ways else "its type has to stay"
    if old.type == new.type == "ref":
        allowed = "a reference stays with its parent"
    bare = replace(new, optional=True, default=None)
    spec = replace(bare, name=f"new_{old.name}").spec()
    raise UserError(
        f"the values of `{old.spec()}` cannot become those of `{new.spec()}`; {allowed}",
        f"add another field and move the values yourself: `scaffold field add {resource} '{spec}'`",
    )


def _fill(
    old: Field, new: Field, text: str | None, resource: str
) -> str | int | float | bool | None:
    """The value for rows that have none."""
    if text is None:
        return new.default if old.optional and not new.optional and not new.unique else None
    if not old.optional or new.optional:
        why = "is required already" if not old.optional else "stays optional"
        raise UserError(
            f"`--default {printable(text)}` is for rows without a value, and `{old.name}` {why}",
            f"the default of new rows is part of the field: `{replace(new, default=None).spec()}={printable(text)}`",
        )
    if new.unique:
        raise UserError(
            f"`{new.name}` is unique, and all rows without a value would get `{printable(text)}`",
            f"leave `--default` out, and give those rows a value before you migrate `{resource}`",
        )
    return parse_field(f"{replace(new, default=None).spec()}={text}").default


def _words(old: Field, new: Field, texts: Sequence[str]) -> Words:
    exchanged = "bool" in (old.type, new.type) and old.type != new.type
    mapped = exchanged or (new.type == "enum" and old.type in ("enum", "string", "text"))
    if texts and not mapped:
        raise UserError(
            f"`--map {printable(texts[0])}`: only values that become those of an enum or a bool can be mapped",
            "leave it out",
        )
    known = _values(old)
    wanted = _values(new)
    found: dict[str, str] = {}
    for text in texts:
        was, equals, becomes = text.partition("=")
        shown = f"`--map {printable(text)}`"
        if not equals:
            raise UserError(
                f"{shown} is malformed: write `--map OLD=NEW`", _map_hint(known, wanted)
            )
        if known and was not in known:
            raise UserError(
                f"{shown}: `{printable(was)}` is not a value of `{old.name}`; it has: {', '.join(known)}",
                _map_hint(known, wanted),
            )
        if not _OLD_VALUE.fullmatch(was):
            raise UserError(
                f"{shown}: an old value is made of at most 40 letters, digits, spaces and `_.,:/@+'-`",
                _map_hint(known, wanted),
            )
        if becomes not in wanted:
            guess = nearest(becomes, wanted)
            raise UserError(
                f"{shown}: `{printable(becomes)}` is not a value of the new `{new.name}`; it has: {', '.join(wanted)}",
                f"did you mean `{was}={guess}`?" if guess else _map_hint(known, wanted),
            )
        if found.setdefault(was, becomes) != becomes:
            raise UserError(
                f"{shown}: `{was}` becomes `{found[was]}` already", "leave one of them out"
            )
    if exchanged:
        # Each has a word, also one that both have: the database knows no way by itself.
        return tuple((was, found.get(was, was)) for was in known if was in found or was in wanted)
    return tuple((was, becomes) for was, becomes in found.items() if was != becomes)


def _map_hint(known: Sequence[str], wanted: Sequence[str]) -> str:
    return f"for example `--map {known[0] if known else 'old'}={wanted[0]}`"


def _values(field: Field) -> tuple[str, ...]:
    """The values that a field can have, where they are few."""
    return _BOOL if field.type == "bool" else field.values


def _require_words(found: Alteration, resource: str) -> None:
    old, new = found.old, found.new
    if old.type not in _WORDS or new.type not in _WORDS:
        return
    known = {was for was, _ in found.words}
    left = [word for word in _values(old) if word not in _values(new) and word not in known]
    if left:
        maps = " ".join(f"--map {word}={_values(new)[0]}" for word in left)
        raise UserError(
            f"rows of `{resource}` may have `{left[0]}` as `{old.name}`, which the new definition does not allow",
            f"say what it becomes: `scaffold field change {resource} '{new.spec()}' {maps}`",
        )


def _require_value(found: Alteration, resource: str) -> None:
    old, new = found.old, found.new
    if not old.optional or new.optional or found.fill is not None:
        return
    if new.type in ("ref", "json") or new.unique:
        return  # No value would do for all of them: the migration counts those without one.
    raise UserError(
        f"rows of `{resource}` may have no `{old.name}`, and it would be required",
        f"say what they get: `scaffold field change {resource} '{new.spec()}' --default VALUE`",
    )


def _checks(change: Alteration) -> Iterator[Check]:
    old, new = change.old, change.new
    if old.optional and not new.optional and change.fill is None:
        yield "null", None
    texts, numbers = ("string", "text"), ("int", "bigint", "float", "decimal")
    whole = new.type in ("int", "bigint")
    if old.type in texts and whole:
        yield "number", None
    if old.type in ("float", "decimal") and whole:
        yield "whole", None
    if old.type in texts and new.type == "enum":
        yield "words", None
    if new.type in texts and old.type in _LONGEST:
        shortest = (old.min or 0) if old.type in texts else 1
        if (new.min or 0) > shortest:
            yield "shorter", new.min
        if (most := _longest(new)) < _longest(old):
            yield "longer", most
    if new.type in numbers and old.type in (*numbers, *texts):
        low, high = _span(old) if old.type in numbers else _EVERY
        least, most = _span(new)
        if (old.type, new.type) == ("bigint", "decimal"):
            # What JSON numbers carry without loss (RFC 8259, section 6).
            least, most = max(least, -SAFE_INTEGER), min(most, SAFE_INTEGER)
        if least > low:
            yield "below", least
        if most < high:
            yield "above", most
    if new.unique and not old.unique:
        yield "duplicate", None


def _longest(field: Field) -> int | float:
    if field.type == "enum":
        return max(map(len, field.values))
    if field.max is not None and field.type in ("string", "text"):
        return field.max
    return _LONGEST[field.type]


def _span(field: Field) -> tuple[int | float, int | float]:
    low, high = _SPAN.get(field.type, _EVERY)
    return low if field.min is None else field.min, high if field.max is None else field.max

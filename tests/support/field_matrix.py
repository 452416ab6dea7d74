"""Other definitions of a field: the pairs that keep every row, with values that fit and values that do not."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from scaffold.resources.field_changes import Alteration, altered
from scaffold.resources.fields import Field, parse_field

Value = str | int | float | bool | dict[str, str] | None


class Pair(NamedTuple):
    """One change: `values` are what rows have before and after, `unfit` are values that stop the migration."""

    before: str
    after: str
    values: tuple[tuple[Value, Value], ...]
    unfit: tuple[Value, ...] = ()
    default: str | None = None
    maps: tuple[str, ...] = ()

    def fields(self, number: int) -> tuple[Field, Field]:
        """Both definitions, of the column that has that number in a table of all pairs."""
        return parse_field(f"f{number}:{self.before}"), parse_field(f"f{number}:{self.after}")

    def alteration(self, number: int) -> Alteration:
        """The change as the command makes it."""
        old, new = self.fields(number)
        return altered(
            *(old, new), fill=self.default, words=self.maps, rows=True, resource="lessons"
        )


def same(*values: Value) -> tuple[tuple[Value, Value], ...]:
    """Values that stay."""
    return tuple((value, value) for value in values)


def texts(*values: int | float) -> tuple[tuple[Value, Value], ...]:
    """Numbers that become texts."""
    return tuple((value, str(value)) for value in values)


DAY = "2024-02-29"
PAIRS = (
    # Lengths and ranges.
    Pair("string{1..200}", "string{1..300}", same("a", "b")),
    Pair("string{1..200}", "string{1..5}", same("a", "fives"), ("sixsix",)),
    Pair("string", "string{3..}", same("abc"), ("ab",)),
    Pair("text", "text{..50}", same("abc"), ("x" * 51,)),
    Pair("int{0..10}", "int{0..20}", same(0, 10)),
    Pair("int{0..10}", "int{5..10}", same(5, 10), (4,)),
    Pair("decimal", "decimal{0.5..}", same(0.5, 7), (0.25,)),
    Pair("bigint{0..}", "bigint", same(5, 2**40)),
    Pair("float{-1..1}", "float{0..1}", same(0.5), (-0.5,)),
    # Whether a row has to have one.
    Pair("int", "int?", same(1)),
    Pair("int?", "int{0..9}", ((1, 1), (None, 5)), (10,), default="5"),
    Pair("string?", "string{1..9}", (("a", "a"), (None, "it's")), ("x" * 10,), default="it's"),
    Pair("bool?", "bool", ((True, True), (None, False)), default="false"),
    Pair("date?", "date", ((DAY, DAY), (None, "2024-01-01")), default="2024-01-01"),
    Pair("enum(a,b)?", "enum(a,b)+", (("a", "a"), (None, "b")), default="b"),
    Pair("json?", "json", same({}), (None,)),
    Pair("uuid?", "uuid?+", same(None)),
    # Keys, indexes and defaults.
    Pair("string!", "string", same("each")),
    Pair("int", "int!", same("each"), ("twice",)),
    Pair("string{1..40}?+", "string{1..40}?!", same("each", None), ("twice",)),
    Pair("int=1", "int=2", same(1, 2)),
    Pair("string+=a", "string", same("a", "b")),
    # Values of an enum.
    Pair("enum(a,b)", "enum(a,b,c)", same("a", "b")),
    Pair("enum(a,b)=a", "enum(b,c)=c", (("a", "c"), ("b", "b")), maps=("a=c",)),
    Pair("enum(a,b)+", "enum(b,a)+", same("a", "b")),
    # Types.
    Pair("string", "text", same("a", "it's")),
    Pair("text", "string{1..10}", same("a"), ("x" * 11,)),
    Pair("email", "string", same("a@example.com")),
    Pair("email", "text", same("a@example.com")),
    Pair("url", "string{..100}", same("https://example.com/a"), (f"https://e.com/{'x' * 99}",)),
    Pair("url", "text", same("https://example.com/a")),
    Pair("enum(a,bb)", "string{1..10}", same("a", "bb")),
    Pair("enum(a,bb)", "text", same("a", "bb")),
    Pair("enum(a,b)", "bool", (("a", True), ("b", False)), maps=("a=true", "b=false")),
    Pair("enum(a,b)?", "bool?", (("a", True), (None, None)), maps=("a=true", "b=false")),
    Pair("bool", "enum(on,off)", ((True, "on"), (False, "off")), maps=("true=on", "false=off")),
    Pair("bool", "enum(true,false)", ((True, "true"), (False, "false"))),
    Pair("string", "enum(a,b)", (("a", "a"), ("x", "b")), ("q",), maps=("x=b",)),
    Pair("text", "enum(a,b)=a", same("a", "b"), ("A",)),
    Pair("string{1..20}", "int{0..100}", (("7", 7), ("100", 100)), ("7.5", "x", "101")),
    Pair("string", "bigint", ((str(2**40), 2**40),), ("", "007")),
    Pair("text", "int?", (("-7", -7),), (str(2**31),)),
    Pair("text", "bigint!", (("each", "each"),), ("x",)),
    Pair("int", "bigint", same(7, -7)),
    Pair("int", "float", same(7)),
    Pair("int", "decimal{..100}", same(7), (101,)),
    Pair("int", "string{1..5}", texts(7, -7), (123456,)),
    Pair("int?", "text", (*texts(7), (None, "none")), default="none"),
    Pair("bigint", "int", same(7), (2**40,)),
    Pair("bigint", "decimal", same(7), (2**60,)),
    Pair("bigint", "string{1..20}", texts(7, 2**40)),
    Pair("bigint", "text", texts(2**40)),
    Pair("float", "decimal", same(1.5, 0.1)),
    Pair("float", "int", same(2), (1.5, 2.0**40)),
    Pair("float", "bigint", same(2), (1.5,)),
    Pair("decimal", "float", same(1.5)),
    Pair("decimal", "int", same(2), (1.5,)),
    Pair("decimal?", "bigint?!", (("each", "each"), (None, None)), (1.5,)),
)
# What the command refuses, with a word of its hint.
REFUSED = (
    ("float", "string", "scaffold field add"),
    ("string", "float", "can become: text, int, bigint"),
    ("string", "email", "scaffold field add"),
    ("bigint", "float", "can become: int, decimal, string, text"),
    ("date", "datetime", "its type has to stay"),
    ("datetime", "date", "its type has to stay"),
    ("json", "text", "its type has to stay"),
    ("uuid", "string", "its type has to stay"),
    ("bool", "int", "scaffold field add"),
    ("int?", "int", "--default VALUE"),
    ("enum(a,b)", "enum(b,c)", "--map a=b"),
    ("enum(a,b)", "bool", "--map a=false --map b=false"),
    ("bool", "enum(a,b)", "--map false=a --map true=a"),
    ("int{1..3}", "int{1..3}!", "leave the `!` out"),
)


def stored(value: Value, row: int) -> Any:
    """The value of a row: `each` differs from row to row, `twice` is that of the first row."""
    return str(1000 + row) if value == "each" else "1000" if value == "twice" else value


def as_typed(pair: Pair, value: Value, row: int, *, after: bool = False) -> Any:
    """The same, as a number where the column holds numbers."""
    found = stored(value, row)
    kind = parse_field(f"x:{pair.after if after else pair.before}").type
    if value in ("each", "twice") and kind in ("int", "bigint", "decimal"):
        return int(found)
    return found


def columns() -> list[Field]:
    """A column for each pair, as it is before."""
    return [pair.fields(number)[0] for number, pair in enumerate(PAIRS)]


def row(number: int) -> dict[str, Any]:
    """A row of that table, whose columns have each of their values in turn."""
    return {
        f"f{place}": as_typed(pair, pair.values[number % len(pair.values)][0], number)
        for place, pair in enumerate(PAIRS)
    }


def row_after(number: int) -> dict[str, Any]:
    """The same row when every column has its other definition."""
    return {
        f"f{place}": as_typed(pair, pair.values[number % len(pair.values)][1], number, after=True)
        for place, pair in enumerate(PAIRS)
    }


def unfit_row(number: int, value: Value, row_number: int, done: Collection[int]) -> dict[str, Any]:
    """A row that stops the change of that column, where those that are `done` are changed already."""
    before, after = row(row_number), row_after(row_number)
    found = {name: (after if int(name[1:]) in done else before)[name] for name in before}
    return {**found, f"f{number}": as_typed(PAIRS[number], value, row_number)}


def plain(value: object) -> str | None:
    """A value as a text, numbers and truths of all kinds alike."""
    if value is None:
        return None
    text = {"True": "1", "False": "0", "true": "1", "false": "0"}.get(str(value), str(value))
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return text

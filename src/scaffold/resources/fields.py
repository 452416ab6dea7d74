"""The FIELD grammar of the command line: `name:type[modifiers]`, as in `score:decimal{0..100}?`."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from scaffold.resources.names import parse_name
from scaffold.support.errors import UserError
from scaffold.support.text import nearest, printable

INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
# What JSON numbers carry without loss (RFC 8259, section 6).
SAFE_INTEGER = 2**53 - 1
MAX_STRING = 10_000
DEFAULT_STRING = 255
# Ten of these fit into the default limit of a body.
DEFAULT_TEXT = 100_000

TYPES = (
    "string",
    "text",
    "int",
    "bigint",
    "float",
    "decimal",
    "bool",
    "date",
    "datetime",
    "time",
    "uuid",
    "json",
    "email",
    "url",
    "enum",
    "ref",
)
_LENGTH = {"string", "text"}
_RANGE = {"int", "bigint", "float", "decimal"}
_NO_DEFAULT = {"json", "ref"}
_NO_UNIQUE = {"json", "bool", "text", "enum"}
# So many rows with different values the tests of a resource make at most, and some more.
_FEWEST = 10
_BOUNDS = {"int": (-(2**31), 2**31 - 1), "bigint": (-(2**63), 2**63 - 1)}
_NO_INDEX = {"json", "text"}

# What becomes of rows whose parent goes: they go along, or have none from then on. Without either they keep it.
DELETE_RULES = ("cascade", "null")
RESTRICT = "restrict"

# Members of every JavaScript object: a row that lacks such a field would seem to have it.
INHERITED = {
    "constructor",
    "has_own_property",
    "is_prototype_of",
    "property_is_enumerable",
    "to_locale_string",
    "to_string",
    "value_of",
}
RESERVED = {"id", "owner_id", "created_at", "updated_at", "deleted_at"}

_SHAPE = re.compile(
    r"""(?P<type>[A-Za-z0-9_]*)
        (?:\((?P<args>[^()]*)\))?
        (?:\{(?P<range>[^{}]*)\})?
        (?P<flags>[?!+]*)
        (?P<default>=.*)?""",
    re.VERBOSE | re.DOTALL,
)
COLUMN = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ENUM_VALUE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
EXAMPLE = "score:decimal{0..100}?"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource.

    `name` is snake_case, `min`/`max` are a length or a range, both inclusive. `column` is its name
    in the database, if that differs: a rename leaves rows and running servers alone. `on_delete` is
    what becomes of rows whose parent goes, one of DELETE_RULES; None: the parent stays while it has them.
    """

    name: str
    type: str
    min: int | float | None = None
    max: int | float | None = None
    optional: bool = False
    unique: bool = False
    indexed: bool = False
    default: str | int | float | bool | None = None
    values: tuple[str, ...] = ()
    ref: str | None = None
    on_delete: str | None = None
    external: bool = False
    column: str | None = None

    @property
    def stored_in(self) -> str:
        """The column of the table."""
        return self.column or self.name

    def to_data(self) -> dict[str, Any]:
        """The field as the manifest holds it: only what differs from the default."""
        data: dict[str, Any] = {"name": self.name, "type": self.type}
        for key in ("column", "min", "max", "default", "ref", "on_delete"):
            value = getattr(self, key)
            if value is not None:
                data[key] = value
        for key in ("optional", "unique", "indexed", "external"):
            if getattr(self, key):
                data[key] = True
        if self.values:
            data["values"] = list(self.values)
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Field:
        """The field of a manifest entry, checked by the grammar again: a manifest is input.

        Raises UserError if the entry is not what `to_data` writes.
        """
        known = {
            "name",
            "type",
            "min",
            "max",
            "optional",
            "unique",
            "indexed",
            "default",
            "values",
            "ref",
            "on_delete",
            "external",
            "column",
        }
        if (
            not isinstance(data, Mapping)
            or not set(data) <= known
            or not isinstance(data.get("name"), str)
        ):
            raise UserError(f"`{data}` is not a field")
        values = data.get("values", ())
        if not isinstance(values, (list, tuple)) or not all(
            isinstance(value, str) for value in values
        ):
            raise UserError(f"field `{data['name']}`: `values` must be a list of words")
        column = data.get("column")
        if column is not None and (
            not isinstance(column, str) or not COLUMN.fullmatch(column) or column in RESERVED
        ):
            raise UserError(f"field `{data['name']}`: `column` must be a word")
        field = cls(
            name=data["name"],
            type=str(data.get("type")),
            min=data.get("min"),
            max=data.get("max"),
            optional=data.get("optional") is True,
            unique=data.get("unique") is True,
            indexed=data.get("indexed") is True,
            default=data.get("default"),
            values=tuple(values),
            ref=data.get("ref"),
            on_delete=data.get("on_delete"),
            external=data.get("external") is True,
            column=column,
        )
        parsed = replace(parse_field(field.spec()), external=field.external, column=column)
        if parsed.to_data() != field.to_data():
            raise UserError(f"`{json.dumps(dict(data))}` is not a field as scaffold writes it")
        return field

    def spec(self) -> str:
        """The field as you would type it: `score:decimal{0..100}?`."""
        kind = self.type
        if self.values:
            kind += f"({','.join(self.values)})"
        if self.ref:
            kind += f"({self.ref},{self.on_delete})" if self.on_delete else f"({self.ref})"
        if self.min is not None or self.max is not None:
            low = "" if self.min is None else _number_text(self.min)
            high = "" if self.max is None else _number_text(self.max)
            kind += f"{{{low}..{high}}}"
        kind += "?" * self.optional + "!" * self.unique + "+" * self.indexed
        if self.default is not None:
            text = (
                str(self.default).lower()
                if isinstance(self.default, bool)
                else _number_text(self.default)
            )
            kind += f"={text}"
        return f"{self.name}:{kind}"


def _number_text(value: object) -> str:
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def parse_field(text: str) -> Field:
    """One FIELD of the command line.

    Raises a UserError that quotes the input, says what is allowed and shows a field that works.
    """
    shown = printable(text)
    name_text, colon, rest = text.partition(":")
    if not colon:
        raise UserError(
            f"field `{shown}` has no type: write `name:type`",
            f"for example `{shown or 'title'}:string`; types: {' '.join(TYPES)}",
        )
    name = parse_name(name_text, "field", EXAMPLE)
    match = _SHAPE.fullmatch(rest)
    if not match:
        raise UserError(
            f"field `{shown}` is malformed: write `name:type(args){{min..max}}` then `?`, `!`, `+` "
            "and last `=default`",
            f"for example `{EXAMPLE}`",
        )
    kind, args, span = match["type"], match["args"], match["range"]
    flags, default_text = match["flags"], match["default"]
    if kind not in TYPES:
        guess = nearest(kind, TYPES)
        raise UserError(
            f"field `{shown}` has the unknown type `{kind}`; types: {' '.join(TYPES)}",
            f"did you mean `{name}:{guess}`?" if guess else f"for example `{EXAMPLE}`",
        )
    if len(set(flags)) != len(flags):
        raise UserError(f"field `{shown}` has a modifier twice", f"for example `{EXAMPLE}`")
    optional, unique, indexed = "?" in flags, "!" in flags, "+" in flags
    values: tuple[str, ...] = ()
    ref = on_delete = None
    if kind == "enum":
        values = _enum_values(shown, args)
    elif kind == "ref":
        if not args:
            raise UserError(f"field `{shown}` names no parent", f"for example `{name}:ref(users)`")
        ref, on_delete = _parent(shown, name, args, optional)
        if not name.endswith("_id"):
            name = parse_name(f"{name}_id", "field", "student:ref(users)")
    elif args is not None:
        raise UserError(
            f"field `{shown}`: `{kind}` takes nothing in parentheses", f"write `{name}:{kind}`"
        )
    if name in RESERVED:
        raise UserError(
            f"scaffold adds the field `{name}` to every resource "
            f"(reserved: {' '.join(sorted(RESERVED))})",
            "leave it out, or give it another name",
        )
    if name in INHERITED:
        raise UserError(
            f"field `{name}` cannot be generated: every JavaScript object has a member of that name",
            f"try `{name}_name`",
        )
    low, high = _span(shown, name, kind, span)
    for flag, wrong, word in ((unique, _NO_UNIQUE, "unique"), (indexed, _NO_INDEX, "indexed")):
        if flag and kind in wrong:
            raise UserError(
                f"field `{shown}`: a `{kind}` cannot be {word}", f"write `{name}:{kind}`"
            )
    default = None
    if default_text is not None:
        default = _default(shown, name, kind, default_text[1:], values, low, high)
    return Field(name, kind, low, high, optional, unique, indexed, default, values, ref, on_delete)


def parse_fields(texts: list[str]) -> tuple[Field, ...]:
    """All FIELDs of one command.

    Raises UserError on a duplicate, also one that differs only by case or `_`.
    """
    fields: list[Field] = []
    seen: dict[str, str] = {}
    for text in texts:
        field = parse_field(text)
        key = field.name.replace("_", "")
        if key in seen:
            raise UserError(
                f"field `{field.name}` is given twice (`{seen[key]}` and `{printable(text)}`)",
                "give each field a different name",
            )
        seen[key] = text
        fields.append(field)
    return tuple(fields)


def require_room(fields: Iterable[Field]) -> None:
    """Raises UserError if a new unique field has fewer values than its tests make rows."""
    for field in fields:
        if field.unique and not has_room(field):
            raise UserError(
                f"field `{field.spec()}` is unique and has room for fewer than {_FEWEST} rows, which its tests make",
                f"leave the `!` out, or write a wider range: `{field.name}:{field.type}{{1..1000}}!`",
            )


def has_room(field: Field) -> bool:
    """Whether the field has values for as many rows as the tests of a resource make."""
    if field.type in ("bool", "enum"):
        return False
    bounds = _BOUNDS.get(field.type)
    low, high = field.min, field.max
    if bounds:
        low, high = bounds[0] if low is None else low, bounds[1] if high is None else high
    if field.type == "string" or low is None or high is None:
        return True
    return (high - low + 1 if bounds else int(high > low) * _FEWEST) >= _FEWEST


def _parent(shown: str, name: str, args: str, optional: bool) -> tuple[str, str | None]:
    """The parent of a `ref`, and its rule of DELETE_RULES; None for the one that every reference has."""
    parent, comma, text = args.partition(",")
    ref, rule = parse_name(parent.strip(), "resource", "assessments"), text.strip()
    if not comma or rule == RESTRICT:
        return ref, None
    if rule not in DELETE_RULES:
        guess = nearest(rule, (RESTRICT, *DELETE_RULES))
        raise UserError(
            f"field `{shown}`: `{printable(rule)}` is not what becomes of rows whose parent goes; "
            f"allowed: {', '.join((RESTRICT, *DELETE_RULES))}",
            (
                f"did you mean `{name}:ref({ref},{guess})`?"
                if guess
                else f"for example `{name}:ref({ref},cascade)`"
            ),
        )
    if rule == "null" and not optional:
        raise UserError(
            f"field `{shown}`: rows whose parent goes would have none, and the field is required",
            f"make it optional: `{name}:ref({ref},null)?`, or let the rows go along: `{name}:ref({ref},cascade)`",
        )
    return ref, rule


def _enum_values(shown: str, args: str | None) -> tuple[str, ...]:
    values = tuple(value.strip() for value in (args or "").split(","))
    wrong = [value for value in values if not _ENUM_VALUE.fullmatch(value)]
    if wrong:
        raise UserError(
            f"field `{shown}`: enum value `{printable(wrong[0])}` is not allowed: "
            "a letter, then letters, digits, `_` and `-`",
            "for example `status:enum(draft,published)`",
        )
    if len(set(values)) != len(values):
        raise UserError(
            f"field `{shown}` has an enum value twice", "for example `status:enum(draft,published)`"
        )
    return values


def _span(
    shown: str, name: str, kind: str, span: str | None
) -> tuple[int | float | None, int | float | None]:
    if span is None:
        return None, None
    if kind not in _LENGTH | _RANGE:
        raise UserError(
            f"field `{shown}`: a `{kind}` takes no `{{min..max}}`", f"write `{name}:{kind}`"
        )
    low_text, dots, high_text = span.partition("..")
    if not dots or not (low_text or high_text):
        raise UserError(
            f"field `{shown}`: write the range as `{{min..max}}`", f"for example `{EXAMPLE}`"
        )
    bounds = [None if not text else _number(shown, kind, text) for text in (low_text, high_text)]
    low, high = bounds
    if low is not None and high is not None and low > high:
        raise UserError(
            f"field `{shown}`: {low_text} is more than {high_text}", f"for example `{EXAMPLE}`"
        )
    limits: tuple[int, int] | None = {
        "string": (0, MAX_STRING),
        "text": (0, 1_000_000),
        "int": INT32,
        "bigint": INT64,
    }.get(kind)
    if limits:
        for bound in bounds:
            if bound is not None and not limits[0] <= bound <= limits[1]:
                raise UserError(
                    f"field `{shown}`: {bound} is outside {limits[0]}..{limits[1]}, "
                    f"the limits of `{kind}`"
                )
        if kind in _LENGTH and high == 0:
            raise UserError(
                f"field `{shown}` could only ever be empty", "give it a maximum of 1 or more"
            )
    return low, high


def _number(shown: str, kind: str, text: str) -> int | float:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    whole = kind in _LENGTH or kind in {"int", "bigint"}
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text.strip()) or (
        whole and value != value.to_integral_value()
    ):
        raise UserError(
            f"field `{shown}`: `{printable(text)}` is not a {'whole ' if whole else ''}number",
            f"for example `{EXAMPLE}`",
        )
    if whole or value == value.to_integral_value():
        if not whole and abs(value) > SAFE_INTEGER:
            raise UserError(
                f"field `{shown}`: {text} is more than JSON numbers carry exactly ({SAFE_INTEGER})"
            )
        return int(value)
    if Decimal(repr(float(value))) != value or abs(value) < Decimal("0.0001"):
        raise UserError(
            f"field `{shown}`: {text} has more digits than a JSON number carries exactly"
        )
    return float(value)


def _default(
    shown: str,
    name: str,
    kind: str,
    text: str,
    values: tuple[str, ...],
    low: int | float | None,
    high: int | float | None,
) -> str | int | float | bool:
    if kind in _NO_DEFAULT:
        raise UserError(
            f"field `{shown}`: a `{kind}` takes no default",
            f"write `{name}:{kind}?` to make it optional",
        )

    def refuse(allowed: str) -> UserError:
        return UserError(
            f"field `{shown}`: default `{printable(text)}` is not {allowed}",
            f"for example `{EXAMPLE}`",
        )

    if kind == "enum":
        if text not in values:
            raise refuse(f"one of {', '.join(values)}")
        return text
    if kind == "bool":
        if text not in ("true", "false"):
            raise refuse("`true` or `false`")
        return text == "true"
    if kind in _RANGE:
        number = _number(shown, kind, text)
        limit = INT32 if kind == "int" else INT64 if kind == "bigint" else None
        low = limit[0] if low is None and limit else low
        high = limit[1] if high is None and limit else high
        if (low is not None and number < low) or (high is not None and number > high):
            raise refuse(
                f"in the range {'' if low is None else low}..{'' if high is None else high}"
            )
        return number
    if kind in _LENGTH:
        top = high if high is not None else DEFAULT_STRING if kind == "string" else DEFAULT_TEXT
        if not (low or 0) <= len(text) <= top:
            raise refuse(f"of a length in {low or 0}..{top}")
        if any(not char.isprintable() or ord(char) > 0x24F for char in text):
            raise refuse("made of printable Latin characters")
        return text
    if not _FORMATS[kind](text):
        raise refuse(f"{'an' if kind == 'email' else 'a'} {kind}")
    return text


def _is_date(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)) and bool(
            datetime.date.fromisoformat(text)
        )
    except ValueError:
        return False


def _is_datetime(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", text))


# A default has the one form that the service itself answers with.
_FORMATS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "datetime": _is_datetime,
    "time": lambda text: bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", text)),
    "uuid": lambda text: bool(
        re.fullmatch(
            r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text
        )
    ),
    "email": lambda text: bool(
        re.fullmatch(r"[A-Za-z0-9_+.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", text)
    ),
    "url": lambda text: bool(
        re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9_./~%-]*)?", text)
    ),
}

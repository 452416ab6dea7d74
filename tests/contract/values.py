"""Values of fields: valid ones, those at the bounds, and those that a service has to refuse."""

from __future__ import annotations

import datetime
import random
import secrets
import string
import uuid
from typing import Any

from tests.contract.spec import Field

WORD = string.ascii_lowercase + string.digits
INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
LENGTHS = {"string": 255, "text": 100_000}
# What JSON numbers carry exactly.
SAFE = 2**53 - 1
HOSTILE = "'; DROP TABLE x; -- \" \\ <script>alert(1)</script> ${7*7} {{7*7}} %s é 漢 🚀"


def valid(field: Field) -> Any:
    """A valid value, a new one each time; not of a `ref`, whose values are rows."""
    low, high = bounds(field)
    match field.type:
        case "string" | "text":
            length = min(max(low, min(high, 12)), high)
            return "".join(secrets.choice(WORD) for _ in range(length))
        case "int" if field.unique:
            return low + _turn(field) % (high - low + 1)
        case "int":
            return random.randint(low, min(high, low + 1_000_000) if low > -1e6 else high)
        case "bigint":
            return str(random.randint(low, high))
        case "float" | "decimal":
            return _number(field)
        case "bool":
            return random.random() < 0.5
        case "date":
            return _moment().date().isoformat()
        case "datetime":
            return _moment().isoformat().replace("+00:00", "Z")
        case "time":
            return _moment().time().isoformat()
        case "uuid" | "ref":
            return str(uuid.uuid4())
        case "json":
            return {"list": [1, "two", None, {"three": secrets.token_hex(4)}], "empty": {}}
        case "email":
            return f"{secrets.token_hex(6)}@example.com"
        case "url":
            return f"https://example.com/{secrets.token_hex(6)}?query=1"
        case "enum":
            return random.choice(field.values)
    raise LookupError(field.type)


def bounds(field: Field) -> tuple[Any, Any]:
    """Least and most that a number may be or a text be long."""
    assumed: tuple[Any, Any] = {
        "int": INT32,
        "bigint": INT64,
        "float": (-SAFE, SAFE),
        "decimal": (-SAFE, SAFE),
    }.get(field.type, (0, LENGTHS.get(field.type, 0)))
    low = assumed[0] if field.min is None else field.min
    return low, assumed[1] if field.max is None else field.max


def accepted(field: Field, largest: int) -> list[Any]:
    """Values at the edge of what is allowed; `largest` is the most that a body may hold."""
    low, high = bounds(field)
    match field.type:
        case "string" | "text":
            return ["x" * size for size in (low, high) if size < largest]
        case "int":
            return [low, high]
        case "bigint":
            return [str(low), str(high)] + ["9007199254740993"] * (low <= 2**53 + 1 <= high)
        case "float" | "decimal":
            ends = [bound for bound in (field.min, field.max) if bound is not None]
            return ends or [0.25, -1234567.5]
        case "bool":
            return [True, False]
        case "date":
            return ["2024-02-29", "1999-12-31"]
        case "datetime":
            return ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00+02:00", "2024-02-29T12:00:00.5Z"]
        case "time":
            return ["00:00:00", "23:59:59"]
        case "json":
            return [[1, "two", {"three": None}], {}]
        case "email":
            return ["some.body+tag@mail.example.com"]
        case "url":
            return ["http://localhost:8080/a%20b?c=d&e=f#g"]
        case "enum":
            return list(field.values)
    return [valid(field)]


def refused(field: Field, largest: int) -> list[Any]:
    """Values just outside of what is allowed, and values of another type."""
    low, high = bounds(field)
    found: list[Any] = []
    match field.type:
        case "string" | "text":
            found = ["x" * (high + 1)] * (high + 1 < largest) + ["x" * (low - 1)] * (low > 0)
            found += ["\0" * max(low, 1), 7, ["x"]]
        case "int":
            found = [low - 1, high + 1, low + 0.5, str(low), True]
        case "bigint":
            found = [str(low - 1), str(high + 1), 1.5, "seven", "1e3", True]
        case "float" | "decimal":
            found = [bound - 0.5 for bound in (field.min,) if bound is not None]
            found += [bound + 0.5 for bound in (field.max,) if bound is not None]
            found += ["1", True, [1]]
        case "bool":
            found = ["true", 1]
        case "date":
            found = ["2023-02-29", "2024-02-29T00:00:00Z", "29.02.2024", 7]
        case "datetime":
            found = ["2024-02-29T12:00:00", "2024-02-29", "2023-02-29T12:00:00Z", 7]
        case "time":
            found = ["24:00:00", "noon", 7]
        case "uuid":
            found = ["x", 7]
        case "json":
            found = ["text", 7, ["\0"]]
        case "email":
            found = ["nobody", "two@@example.com", 7]
        case "url":
            found = ["javascript:alert(1)", "example", "ftp://example.com/x", 7]
        case "enum":
            found = ["none of them", 7]
        case "ref":
            found = [["x"], {}]
    return found if field.optional else [*found, None]


def same(field: Field, sent: Any, got: Any) -> bool:
    """An answer shows what was sent, in the form that answers have."""
    if sent is None or got is None:
        return sent is got
    match field.type:
        case "datetime":
            return isinstance(got, str) and got.endswith("Z") and instant(got) == instant(sent)
        case "bigint":
            return isinstance(got, str) and got == str(sent)
        case "bool":
            return got is sent
        case "int" | "float" | "decimal":
            return not isinstance(got, (bool, str)) and bool(got == sent)
    return bool(got == sent)


def instant(text: str) -> datetime.datetime:
    """The moment that an RFC 3339 text names."""
    return datetime.datetime.fromisoformat(text)


_turns: dict[Field, int] = {}


def _turn(field: Field) -> int:
    """Counts from somewhere, so that even few values do not come twice."""
    _turns[field] = _turns.get(field, random.randrange(10**6)) + 1
    return _turns[field]


def _moment() -> datetime.datetime:
    since = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)
    return since + datetime.timedelta(seconds=random.randrange(10**9))


def _number(field: Field) -> int | float:
    low, high = bounds(field)
    if field.min is None:
        low = min(0, high - 1000)
    high = min(high, low + 1_000_000)
    quarters = range(int(low * 4) + 1, int(high * 4))
    value = random.choice(quarters) / 4 if quarters else low
    return value if low <= value <= high else low

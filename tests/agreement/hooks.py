"""What schemathesis has to know of these services that no document can say; it loads this module by its name."""

from __future__ import annotations

import ast
import uuid
from itertools import count
from threading import RLock
from typing import Any

import schemathesis
from hypothesis import provisional
from hypothesis import strategies as st

INT64 = 2**63
KEY = "Idempotency-Key"
_numbers = count(1)

# Python before 3.11.8 counts the depth of the trees of all threads in one place, and fails where two of them parse a
# source at once (gh-106905), as hypothesis and schemathesis do: here they take turns.
_parse, _turn = ast.parse, RLock()


def _parse_alone(*words: Any, **options: Any) -> Any:
    with _turn:
        return _parse(*words, **options)


ast.parse = _parse_alone

# Two formats that it has no values for, and would take any text for.
schemathesis.openapi.format("int64", st.integers(-INT64, INT64 - 1).map(str))
schemathesis.openapi.format("uri", provisional.urls())


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """An address that nobody counted yet, and a new key for each request, as its description asks."""
    number = next(_numbers)
    headers = case.headers = case.headers or {}
    headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    key = headers.get(KEY)
    if isinstance(key, str) and 0 < len(key) < 256 and all("!" <= letter <= "~" for letter in key):
        headers[KEY] = str(uuid.uuid4())

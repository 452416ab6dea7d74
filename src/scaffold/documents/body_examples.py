"""Bodies that a document writes with placeholders, as conventions state them: there is nothing to guess."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from scaffold.conventions.envelope import PLACEHOLDERS
from scaffold.documents.evidence import STATED, Evidence, of_code
from scaffold.documents.markdown import Code, Page

# What a body is about, by the first of these that is in it.
_BY_PLACEHOLDER: Final = (
    ("$next", "envelope.cursor"),
    ("$items", "envelope.list"),
    ("$data", "envelope.success"),
    ("$message", "envelope.error"),
)


def examples_of(page: Page) -> Iterator[Evidence]:
    """Evidence in JSON whose values are placeholders."""
    for code in page.samples:
        value = example_in(code)
        names = set(_names(value))
        key = next((key for name, key in _BY_PLACEHOLDER if name in names), None)
        if key is not None:
            yield of_code(key, value, STATED, code, 0, code.text)


def example_in(code: Code) -> Any:
    """The body of a block that is nothing else; None if it is none, or has an unknown placeholder."""
    if "$" not in code.text:
        return None
    try:
        value = json.loads(code.text)
    except (ValueError, RecursionError):
        return None
    names = set(_names(value))
    return value if names and names <= {*PLACEHOLDERS} else None


def _names(value: Any) -> Iterator[str]:
    """The placeholders in a value, without their marks."""
    if isinstance(value, str):
        if value.startswith("$"):
            yield value.removesuffix("?")
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)

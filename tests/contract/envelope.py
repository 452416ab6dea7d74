"""Bodies by example: what stands where a placeholder is, and whether the rest is as the example says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Mismatch(AssertionError):
    """A body that is not of its example's shape."""


def slots(example: Any, body: Any) -> dict[str, Any]:
    """Value of each placeholder that the body has.

    Raises Mismatch where a constant is another one, or a key is missing or too many.
    """
    found: dict[str, Any] = {}
    _walk(example, body, "the body", found)
    return found


def placeholders(example: Any) -> set[str]:
    """Names of the placeholders in an example, without `?`."""
    return {leaf.rstrip("?") for leaf in _leaves(example) if _is_placeholder(leaf)}


def _walk(example: Any, body: Any, where: str, found: dict[str, Any]) -> None:
    if _is_placeholder(example):
        found[example.rstrip("?")] = body
    elif isinstance(example, Mapping):
        if not isinstance(body, Mapping):
            raise Mismatch(f"{where} is no object")
        for key in body:
            if key not in example:
                raise Mismatch(f"{where} has the key `{key}`, which its example has not")
        for key, inner in example.items():
            if key in body:
                _walk(inner, body[key], f"{where}.{key}", found)
            elif not _is_optional(inner):
                raise Mismatch(f"{where} has no key `{key}`")
    elif isinstance(example, list):
        if not isinstance(body, list) or len(body) != len(example):
            raise Mismatch(f"{where} is no list of {len(example)}")
        for index, (inner, value) in enumerate(zip(example, body, strict=True)):
            _walk(inner, value, f"{where}[{index}]", found)
    elif example != body or type(example) is not type(body):
        raise Mismatch(f"{where} is {body!r} and not {example!r}")


def _is_placeholder(example: Any) -> bool:
    return isinstance(example, str) and example.startswith("$")


def _is_optional(example: Any) -> bool:
    leaves = list(_leaves(example))
    return bool(leaves) and all(_is_placeholder(leaf) and leaf.endswith("?") for leaf in leaves)


def _leaves(example: Any) -> Iterator[Any]:
    if isinstance(example, Mapping):
        for inner in example.values():
            yield from _leaves(inner)
    elif isinstance(example, list):
        for inner in example:
            yield from _leaves(inner)
    else:
        yield example

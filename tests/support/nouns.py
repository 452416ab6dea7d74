"""English nouns with their plurals, most of them: tests/resources/nouns.txt."""

from __future__ import annotations

from functools import cache

from tools.source import ROOT


@cache
def plurals() -> dict[str, list[str]]:
    """Each noun with what people write for many of it; a noun without a plural has an empty list."""
    lines = (ROOT / "tests/resources/nouns.txt").read_text().splitlines()
    found: dict[str, list[str]] = {}
    for word in " ".join(line for line in lines if not line.startswith("#")).split():
        noun, colon, others = word.partition(":")
        found[noun] = [noun + "s"] if not colon else [] if others == "-" else others.split("/")
    return found

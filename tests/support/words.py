"""Names that people might give: nouns in both numbers, and words that mean something to what scaffold emits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import yaml

from scaffold.resources.fields import parse_field
from scaffold.resources.names import plural, singular
from scaffold.resources.resource import parse_resource_name
from scaffold.support.errors import UserError
from tests.support.nouns import plurals
from tools.source import ROOT


@cache
def reserved() -> dict[str, list[str]]:
    """Words by who gives them a meaning, as spelled there."""
    found = yaml.safe_load((ROOT / "tests/resources/reserved.yml").read_text())
    return {group: text.split() for group, text in found.items()}


def spellings() -> list[str]:
    """Every reserved word, as somebody might type it."""
    return [*dict.fromkeys(word for words in reserved().values() for word in words)]


def nouns() -> list[str]:
    """Every noun of the list, and its plural."""
    return [*plurals(), *(plural(noun) for noun in plurals())]


def accepted(parse: Callable[[str], str], words: Iterable[str]) -> list[str]:
    """The names that the command makes of these words, each once."""
    found = {}
    for word in words:
        try:
            found[parse(word)] = word
        except UserError:
            continue
    return [*found]


def resources(words: Iterable[str]) -> list[list[str]]:
    """Names of resources that can be in one project: lists in which no name is another form of one before."""
    lists: list[dict[str, str]] = []
    for name in accepted(parse_resource_name, words):
        key = plural(singular(name)).replace("_", "")
        for names in lists:
            if key not in names:
                names[key] = name
                break
        else:
            lists.append({key: name})
    return [[*names.values()] for names in lists]


def fields(words: Iterable[str]) -> list[str]:
    """Names of fields that can be in one resource."""
    found = accepted(lambda word: parse_field(f"{word}:string").name, words)
    return [*{name.replace("_", ""): name for name in found}.values()]

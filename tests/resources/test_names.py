"""Names: what a word is called, and what a command says of one that it cannot take."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from scaffold.resources.fields import parse_field
from scaffold.resources.names import snake
from scaffold.resources.resource import parse_resource_name
from scaffold.support.errors import UserError
from tests.support import words


@pytest.mark.parametrize(
    "parse", [parse_resource_name, lambda word: parse_field(f"{word}:string").name]
)
def test_a_word_is_taken_or_refused_with_one_that_works(parse: Callable[[str], str]) -> None:
    refused = set()
    for word in words.spellings():
        try:
            name = parse(word)
        except UserError as error:
            refused.add(snake(word))
            assert f"`{snake(word)}`" in error.message and error.message.count("\n") == 0
            example = re.search(r"`(?:scaffold endpoint )?([\w]+)(?::\w+)?`", error.hint or "")
            if example:
                assert parse(example[1]) == example[1]
            else:
                assert error.hint == "leave it out, or give it another name"
        else:
            # What a name is called does not change any more.
            assert name == snake(word) == parse(name)
            assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
    assert refused


def test_nouns_are_taken() -> None:
    nouns = {*words.nouns()}
    assert nouns - {*words.accepted(parse_resource_name, nouns)} == {"health", "index"}
    assert {*words.accepted(lambda word: parse_field(f"{word}:string").name, nouns)} == nouns

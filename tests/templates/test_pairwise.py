"""The cover of all convention values holds what it should."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.support.pairwise import choices, complete, cover, needs, parameters
from tests.support.projects import CHECKOUT


def test_every_two_values_that_go_together_stand_together() -> None:
    schema = CHECKOUT.schema
    tried, required = parameters(schema), needs(schema)
    seen = {pair for chosen in choices(schema) for pair in combinations(sorted(chosen.items()), 2)}
    missing = [
        (one, two)
        for first, second in combinations(sorted(tried), 2)
        for one in ((first, word) for word in tried[first])
        for two in ((second, word) for word in tried[second])
        if (one, two) not in seen and complete(dict([one, two]), tried, required) is not None
    ]
    assert missing == []


def test_what_a_value_needs_is_there() -> None:
    schema = CHECKOUT.schema
    for chosen in choices(schema):
        for pair, found in needs(schema).items():
            if pair in chosen.items():
                assert all(chosen[other] in words for other, words in found.items()), (pair, chosen)


@pytest.mark.slow
def test_the_cover_is_small_and_always_the_same() -> None:
    schema = CHECKOUT.schema
    assert cover(schema) == cover(schema)
    assert len(cover(schema)) < 40

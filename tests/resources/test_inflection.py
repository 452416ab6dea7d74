"""Plurals and singulars, over the nouns that people name resources after."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.resources.inflection import plural, singular
from scaffold.resources.names import plural as plural_name
from scaffold.resources.names import singular as singular_name
from scaffold.resources.resource import check_no_twin
from scaffold.support.errors import UserError
from tests.support.nouns import plurals

# Plurals of two nouns, and nouns that are the plural of another one in the list.
TWO = {"ax", "axe", "basis", "leave", "opus"}
_OF_ANOTHER = """
    acrobatics backwoods bacteria blues circumstances data dice earnings feelings fumes funds glasses grounds lodgings
    means mechanics morals outskirts people proceedings proceeds relations respects savings slacks suds surroundings
    things tidings troops vitals
    """
OF_ANOTHER = frozenset(_OF_ANOTHER.split())


def test_each_noun_is_the_singular_of_its_plurals() -> None:
    nouns = plurals()
    assert len(nouns) == 5000
    wrong = {
        f"{many}: {singular(many)}, not {noun}"
        for noun, all_of_it in nouns.items()
        for many in all_of_it[:1]
        if noun not in TWO | OF_ANOTHER and singular(many) != noun
    }
    assert wrong == set()


def test_each_noun_is_its_own_singular() -> None:
    nouns = plurals()
    assert nouns.keys() > OF_ANOTHER
    assert {noun for noun in nouns if singular(noun) != noun} == OF_ANOTHER


def test_the_plural_of_each_noun_is_one_that_people_write() -> None:
    nouns = plurals()
    # Many people say `many fish`, where the list has `many fishes`.
    wrong = {
        f"{noun}: {plural(noun)}"
        for noun, all_of_it in nouns.items()
        if all_of_it and plural(noun) not in {*all_of_it, noun} and noun not in OF_ANOTHER
    }
    assert wrong == {"lemma: lemmas", "passerby: passerbies", "person: people"}


def test_forms_of_one_noun_are_one_and_others_are_others() -> None:
    owners: dict[str, str] = {}
    for noun, all_of_it in plurals().items():
        key = plural_name(singular_name(noun))
        assert key == plural_name(key) == plural_name(singular_name(key)), noun
        for many in all_of_it[:1]:
            assert noun == "opus" or plural_name(singular_name(many)) == key, (noun, many)
        owner = owners.setdefault(key, noun)
        # What comes together is never made together: the second of the two names is refused.
        if owner != noun:
            with pytest.raises(UserError, match="another form"):
                check_no_twin(noun, [owner])


@settings(max_examples=300)
@given(st.from_regex(r"[a-z]{3,8}(es|ies|ves|ses|men|man|ch|a|o|y)", fullmatch=True))
def test_any_word_comes_to_rest(word: str) -> None:
    # A noun of another language may have a plural that ends as a singular does: `pareu`, `pareus`.
    single = singular(word)
    assert singular(single) == single and single
    many = plural_name(single)
    assert plural_name(many) == many
    assert plural_name(singular_name(many)) == many


@pytest.mark.parametrize(
    ("many", "single"),
    [
        ("address_aliases", "address_alias"),
        ("grandchildren", "grandchild"),
        ("police_reports", "police_report"),
        ("sales_people", "sales_person"),
        ("sms", "sms"),
        ("tax_free_bonuses", "tax_free_bonus"),
    ],
)
def test_only_the_last_word_changes(many: str, single: str) -> None:
    assert singular_name(many) == single
    assert plural_name(single) == plural_name(many) == plural_name(singular_name(many))

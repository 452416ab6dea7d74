"""The types of options: what each takes, and that it reads back what it writes."""

from __future__ import annotations

import pytest

from scaffold.kinds import option_types
from scaffold.kinds.definition import Option
from scaffold.kinds.thing import Thing
from scaffold.resources.fields import parse_field
from scaffold.support.errors import UserError

GOOD = {
    "word": ["daily", "a-b_2"],
    "text": ["Every week, at 9:00!", "Über 50% (net)"],
    "int": ["0", "-5", "2147483647"],
    "bool": ["true", "false"],
    "duration": ["10m", "24d", "86400s"],
    "cron": ["0 3 * * *", "*/5 0-6,22 1 1,7 0-5/2", "0 0 29 2 *", "0 0 */30 2,4 *", "0 0 31 2 1"],
    "url": ["https://example.com", "http://localhost:8080/a/b"],
    "role": ["admin", "org:member"],
    "path": ["hooks", "hooks/stripe"],
    "resource": ["orders"],
    "field": ["orders.total"],
    "own": ["format"],
    "time": ["orders.placed", "orders.placed - 24h"],
}
BAD = {
    "word": ["Daily", "1a", "a b", "a'", ""],
    "text": ["it's", 'a "b"', "a\nb", "{{ x }}", "${x}", "a\\b", "*/", "<b>", "`a`"],
    "int": ["5.0", "five", "2147483648", "٣"],
    "bool": ["yes", "True"],
    "duration": ["10", "0m", "25d", "-1m", "1w"],
    "cron": [
        "0 3 * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 0 31 2,4 *",
        "0 0 30-31 2 *",
    ],
    "url": ["example.com", "ftp://example.com", "https://a b", "https://a/'b"],
    "role": ["two words", "a'b"],
    "path": ["/hooks", "../hooks", "a//b", "A"],
    "resource": ["1orders", "a/b"],
    "field": ["orders", "orders.", "orders.1"],
    "own": ["1st", "a.b", ""],
    "time": ["orders", "orders.placed 24h", "orders.placed - 24"],
}


def test_every_type_is_tried() -> None:
    assert {*GOOD} == {*BAD} == {*option_types.TYPES} - {"enum"}


@pytest.mark.parametrize("kind", GOOD)
def test_what_it_takes_comes_back(kind: str) -> None:
    for text in (*GOOD[kind], option_types.TYPES[kind].example):
        value = option_types.read(kind, text, "--x")
        assert option_types.read(kind, option_types.typed(value), "--x") == value
    for text in BAD[kind]:
        with pytest.raises(UserError):
            option_types.read(kind, text, "--x")


def test_lists_and_fields() -> None:
    names = Option("names", "list", of="word")
    assert names.read(["a, b", "c"]) == ["a", "b", "c"]
    fields = Option("fields", "fields")
    assert fields.typed(fields.read(["a:int{1..9}?"])) == ["a:int{1..9}?"]
    with pytest.raises(UserError, match="given twice"):
        fields.read(["a:int", "a:date"])


def test_a_thing_follows_what_it_names() -> None:
    thing = Thing(
        "job",
        "render",
        "render",
        {"on": {"resource": "orders", "field": "total"}, "of": [{"resource": "orders"}]},
        (parse_field("order:ref(orders)"),),
    )
    assert thing.names("orders") == ["--on", "--of", "order_id"]
    assert thing.names("orders", "total") == ["--on"]
    own = Thing("job", "render", "render", {"unique": [{"own": "of"}]}, (parse_field("of:int"),))
    assert own.own_names("of") == ["--unique"] and own.names("of") == []
    assert own.with_renamed_own("of", "by").own_names("by") == ["--unique"]
    renamed = thing.with_renamed("orders", "purchases").with_renamed("purchases", "amount", "total")
    assert renamed.names("purchases", "amount") == ["--on"]
    assert renamed.names("orders") == []
    assert Thing.from_data(renamed.to_data()) == renamed

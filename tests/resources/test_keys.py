"""Keys over several columns: as typed, and as the manifest holds them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffold.resources.fields import parse_fields
from scaffold.resources.keys import Key, from_data, parse_keys, to_data, typed
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError

FIELDS = parse_fields(
    [
        *("book:ref(books)", "author:string", "state:enum(open,shut)", "is_new:bool"),
        *("body:text", "extra:json", "rank:int{1..3}", "due:date?"),
    ]
)


def parse(*unique: str, index: tuple[str, ...] = ()) -> tuple[Key, ...]:
    return parse_keys(unique, index, FIELDS, "copies")


def test_a_key_names_columns() -> None:
    found = parse("book,author", "owner, state ,due", index=("isNew,due",))
    assert found == (
        Key(("book_id", "author"), True),
        Key(("owner_id", "state", "due"), True),
        Key(("is_new", "due"), False),
    )
    assert [typed(key, FIELDS) for key in found] == [
        "book_id,author",
        "owner,state,due",
        "is_new,due",
    ]
    renamed = [
        replace(field, name="writer", column="author") if field.name == "author" else field
        for field in FIELDS
    ]
    assert typed(found[0], renamed) == "book_id,writer"
    assert parse_keys(["book,writer"], (), renamed, "copies") == found[:1]


def test_a_field_that_is_called_owner_comes_first() -> None:
    fields = parse_fields(["owner:string", "sku:string"])
    (key,) = parse_keys(["owner,sku"], (), fields, "copies")
    assert (key.columns, typed(key, fields)) == (("owner", "sku"), "owner,sku")
    (key,) = parse_keys(["owner_id,sku"], (), fields, "copies")
    assert (key.columns, typed(key, fields)) == (("owner_id", "sku"), "owner_id,sku")


def test_the_manifest_holds_them_in_one_order() -> None:
    found = parse("owner,due", "book,author", index=("state,due",))
    data = to_data(found)
    assert data == {
        "unique": [["book_id", "author"], ["owner_id", "due"]],
        "index": [["state", "due"]],
    }
    assert from_data({**data, "unique": data["unique"][::-1]}) == found
    resource = Resource("copies", "copy", FIELDS, keys=found)
    assert Resource.from_data(resource.to_data()) == resource


@pytest.mark.parametrize(
    ("keys", "index", "words"),
    [
        (("author",), (), "names one field"),
        ((), ("due",), "names one field"),
        (("owner",), (), "names one field"),
        (("author,autor",), (), "there is no field `autor`"),
        (("author,author",), (), "names a field twice"),
        (("book,book_id",), (), "names a field twice"),
        (("author,body",), (), "`body` is of the type `text`"),
        ((), ("author,extra",), "`extra` is of the type `json`"),
        (("owner,state",), (), "has room for fewer rows"),
        (("state,rank",), (), "has room for fewer rows"),
        (("book,author", "book_id,author"), (), "`book_id,author` is a key twice"),
        (("book,author",), ("book,author",), "`book_id,author` is a key twice"),
        (("book,author,state,rank,due,owner",), (), "names 6 fields; at most 5"),
        (("",), (), "there is no field ``"),
        (("author,",), (), "there is no field ``"),
    ],
)
def test_what_no_table_can_have(keys: tuple[str, ...], index: tuple[str, ...], words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse(*keys, index=index)
    assert words in caught.value.message


@pytest.mark.parametrize(
    "data", [3, [3], [["a"]], [["a", "a"]], [["a", "../b"]], [["a", 1]], [list("abcdef")]]
)
def test_what_a_manifest_cannot_hold(data: object) -> None:
    with pytest.raises(UserError):
        from_data({"unique": data})

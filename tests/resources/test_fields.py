"""The FIELD grammar: what it reads, what it writes, and what it says to what it cannot read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.resources.fields import (
    DEFAULT_STRING,
    INHERITED,
    RESERVED,
    TYPES,
    Field,
    parse_field,
    parse_fields,
)
from scaffold.support.errors import UserError
from tests.support.strategies import fields


@settings(max_examples=60)
@given(fields())
def test_a_field_reads_back_what_it_writes(field: Field) -> None:
    assert Field.from_data(field.to_data()) == field
    again = parse_field(field.spec())
    assert again.to_data() == {k: v for k, v in field.to_data().items() if k != "external"}
    assert again.spec() == field.spec()


@settings(max_examples=60)
@given(
    st.text(max_size=12)
    | st.from_regex(r"[a-z]{1,9}:[a-z]{1,9}[(){}.,?!+=0-9a-z-]{0,12}", fullmatch=True)
)
def test_any_text_is_a_field_or_a_message_that_quotes_it(text: str) -> None:
    try:
        field = parse_field(text)
    except UserError as error:
        assert error.message.isprintable() and "`" in error.message + (error.hint or "")
    else:
        assert parse_field(field.spec()) == field


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title:string", Field("title", "string")),
        ("firstName:string", Field("first_name", "string")),
        ("HTTPStatus-code:int", Field("http_status_code", "int")),
        ("title:string{1..200}!?+", Field("title", "string", 1, 200, True, True, True)),
        ("rank:int{..9}=-3", Field("rank", "int", None, 9, default=-3)),
        ("rank:int{-5..}", Field("rank", "int", -5)),
        ("n:int{5..5}", Field("n", "int", 5, 5)),
        ("score:decimal{0.5..99.25}=1", Field("score", "decimal", 0.5, 99.25, default=1)),
        ("score:decimal{1.0..2}", Field("score", "decimal", 1, 2)),
        ("big:bigint{..9223372036854775807}", Field("big", "bigint", None, 2**63 - 1)),
        ("on:bool=false", Field("on", "bool", default=False)),
        ("word:string=", Field("word", "string", default="")),
        ("word:string=a=b c", Field("word", "string", default="a=b c")),
        ("kind:enum(a, b-2 ,C_3)=C_3", Field("kind", "enum", values=("a", "b-2", "C_3"), default="C_3")),
        ("student:ref(users)?", Field("student_id", "ref", optional=True, ref="users")),
        ("student_id:ref(labUsers)", Field("student_id", "ref", ref="lab_users")),
        ("day:date=2024-02-29", Field("day", "date", default="2024-02-29")),
        ("at:datetime=2027-01-31T09:00:00Z", Field("at", "datetime", default="2027-01-31T09:00:00Z")),
    ],
)  # fmt: skip
def test_what_a_field_means(text: str, expected: Field) -> None:
    field = parse_field(text)
    assert field == expected
    assert type(field.default) is type(expected.default)
    assert [type(field.min), type(field.max)] == [type(expected.min), type(expected.max)]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "field `` has no type: write `name:type`", "for example `title:string`"),
        ("title", "field `title` has no type", "for example `title:string`; types: string text"),
        (":string", "a field needs a name", "try `score:decimal{0..100}?`"),
        ("1st:string", "field name `1st` is not allowed", "try `score"),
        ("a b:string", "field name `a b` is not allowed", "try `score"),
        ("a\u202eb:string", "field name `a\\u202eb` is not allowed", "try `score"),
        ("a:strng", "has the unknown type `strng`; types: string", "did you mean `a:string`?"),
        ("a:String", "has the unknown type `String`", "did you mean `a:string`?"),
        ("a:q", "has the unknown type `q`", "for example `score:decimal{0..100}?`"),
        ("a:int{1..2", "field `a:int{1..2` is malformed", "for example"),
        ("a:int?{1..2}", "is malformed", "for example"),
        ("a:int??", "field `a:int??` has a modifier twice", "for example"),
        ("a:int(3)", "`int` takes nothing in parentheses", "write `a:int`"),
        ("a:string()", "`string` takes nothing in parentheses", "write `a:string`"),
        ("a:enum", "enum value `` is not allowed: a letter", "`status:enum(draft,published)`"),
        ("a:enum(x,2y)", "enum value `2y` is not allowed", "`status:enum(draft,published)`"),
        ("a:enum(x,x)", "has an enum value twice", "`status:enum(draft,published)`"),
        ("a:ref", "field `a:ref` names no parent", "for example `a:ref(users)`"),
        ("a:ref()", "names no parent", "for example `a:ref(users)`"),
        ("a:ref(x y)", "resource name `x y` is not allowed", "try `assessments`"),
        ("id:int", "scaffold adds the field `id` to every resource", "leave it out"),
        ("createdAt:date", "scaffold adds the field `created_at`", "leave it out"),
        ("owner:ref(users)", "scaffold adds the field `owner_id`", "leave it out"),
        ("toString:text", "every JavaScript object has a member", "try `to_string_name`"),
        ("a:bool{0..1}", "a `bool` takes no `{min..max}`", "write `a:bool`"),
        ("a:int{}", "write the range as `{min..max}`", "for example"),
        ("a:int{..}", "write the range as `{min..max}`", "for example"),
        ("a:int{1.2}", "write the range as `{min..max}`", "for example"),
        ("a:int{5..1}", "field `a:int{5..1}`: 5 is more than 1", "for example"),
        ("a:int{1..x}", "`x` is not a whole number", "for example"),
        ("a:int{1.5..2}", "`1.5` is not a whole number", "for example"),
        ("a:decimal{1e3..}", "`1e3` is not a number", "for example"),
        ("a:decimal{NaN..}", "`NaN` is not a number", "for example"),
        ("a:decimal{٣..}", "`٣` is not a number", "for example"),
        ("a:string{..0}", "could only ever be empty", "give it a maximum of 1 or more"),
        ("a:string{-1..5}", "-1 is outside 0..10000, the limits of `string`", None),
        ("a:string{..10001}", "10001 is outside 0..10000", None),
        ("a:text{..1000001}", "1000001 is outside 0..1000000", None),
        ("a:int{..2147483648}", "2147483648 is outside -2147483648..2147483647", None),
        ("a:bigint{..9223372036854775808}", "is outside -9223372036854775808..", None),
        ("a:float{..9007199254740992}", "more than JSON numbers carry exactly", None),
        ("a:decimal{0.00001..}", "more digits than a JSON number carries exactly", None),
        ("a:decimal{0.12345678901234567890..}", "more digits than a JSON number", None),
        ("a:json!", "a `json` cannot be unique", "write `a:json`"),
        ("a:bool!", "a `bool` cannot be unique", "write `a:bool`"),
        ("a:text+", "a `text` cannot be indexed", "write `a:text`"),
        ("a:json={}", "a `json` takes no default", "write `a:json?` to make it optional"),
        ("a:ref(users)=1", "a `ref` takes no default", "write `a_id:ref?`"),
        ("a:enum(x,y)=z", "default `z` is not one of x, y", "for example"),
        ("a:bool=True", "default `True` is not `true` or `false`", "for example"),
        ("a:int{1..3}=4", "default `4` is not in the range 1..3", "for example"),
        ("a:float{1..}=0.5", "default `0.5` is not in the range 1..", "for example"),
        ("a:int=2147483648", "is not in the range -2147483648..2147483647", "for example"),
        ("a:int=", "`` is not a whole number", "for example"),
        ("a:string{2..3}=x", "default `x` is not of a length in 2..3", "for example"),
        ("a:string=tab\t", "default `tab\\u0009` is not made of printable Latin", "for example"),
        ("a:string=漢", "is not made of printable Latin characters", "for example"),
        ("a:date=2027-02-29", "default `2027-02-29` is not a date", "for example"),
        ("a:date=20270228", "is not a date", "for example"),
        ("a:datetime=2027-01-31T25:00:00Z", "is not a datetime", "for example"),
        ("a:datetime=2027-01-31T09:00:00+00:00", "is not a datetime", "for example"),
        ("a:time=24:00:00", "is not a time", "for example"),
        ("a:uuid=5B1FCA2E-3f0a-4d39-8a5e-0d6f0c1b2a3d", "is not a uuid", "for example"),
        ("a:email=a@b", "default `a@b` is not an email", "for example"),
        ("a:url=ftp://x", "default `ftp://x` is not a url", "for example"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(UserError) as caught:
        parse_field(text)
    assert message in caught.value.message
    assert caught.value.hint is None if hint is None else hint in (caught.value.hint or "")


def test_a_name_of_forty_characters() -> None:
    assert parse_field(f"{'a' * 40}:int").name == "a" * 40
    with pytest.raises(UserError, match="has 41 characters; at most 40 are allowed"):
        parse_field(f"{'a' * 41}:int")
    # What counts is the name that it gets.
    assert parse_field(f"{'a' * 37}:ref(users)").name == "a" * 37 + "_id"
    with pytest.raises(UserError, match="has 41 characters"):
        parse_field(f"{'a' * 38}:ref(users)")
    with pytest.raises(UserError, match="has 41 characters"):
        parse_field(f"{'a' * 20}{'B' * 1}{'c' * 19}:int")


def test_a_default_may_be_as_long_as_its_field() -> None:
    for text, most in (("a:string", DEFAULT_STRING), ("a:string{..300}", 300)):
        assert parse_field(f"{text}={'x' * most}").default == "x" * most
        with pytest.raises(UserError, match=f"of a length in 0..{most}"):
            parse_field(f"{text}={'x' * (most + 1)}")


@pytest.mark.parametrize("name", sorted(RESERVED | INHERITED))
def test_names_that_are_taken(name: str) -> None:
    with pytest.raises(UserError, match=f"field `{name}`"):
        parse_field(f"{name}:string")
    assert parse_field(f"{name}_x:string").name == f"{name}_x"


def test_every_type_has_its_plain_form() -> None:
    words = {"enum": "enum(a)", "ref": "ref(users)"}
    for kind in TYPES:
        field = parse_field(f"x:{words.get(kind, kind)}")
        assert field.to_data().keys() - {"values", "ref"} == {"name", "type"}
        assert field.type == kind


def test_fields_of_one_command() -> None:
    assert [one.name for one in parse_fields(["b:int", "a:int"])] == ["b", "a"]
    for twin in ("first_name:text", "firstname:int", "FirstName:int"):
        with pytest.raises(UserError, match=r"is given twice \(`firstName:string` and `"):
            parse_fields(["firstName:string", twin])
    with pytest.raises(UserError, match="`a_id` is given twice"):
        parse_fields(["a:ref(x)", "a_id:int"])


def test_a_column_keeps_its_name() -> None:
    field = Field.from_data({"name": "points", "type": "int", "column": "score"})
    assert (field.name, field.stored_in) == ("points", "score")
    assert field.to_data() == {"name": "points", "type": "int", "column": "score"}
    assert field.spec() == "points:int"
    assert Field("points", "int").stored_in == "points"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a:int", "`a:int` is not a field"),
        ({"type": "int"}, "is not a field"),
        ({"name": 1, "type": "int"}, "is not a field"),
        ({"name": "a", "type": "int", "colour": 1}, "is not a field"),
        ({"name": "a"}, "unknown type `None`"),
        ({"name": "a", "type": "enum", "values": "xy"}, "field `a`: `values` must be a list"),
        ({"name": "a", "type": "enum", "values": [1]}, "field `a`: `values` must be a list"),
        ({"name": "a", "type": "int", "column": "A"}, "field `a`: `column` must be a word"),
        ({"name": "a", "type": "int", "column": "owner_id"}, "`column` must be a word"),
        ({"name": "a", "type": "int", "column": 3}, "`column` must be a word"),
        ({"name": "createdAt", "type": "int"}, "scaffold adds the field `created_at`"),
        ({"name": "aB", "type": "int"}, "is not a field as scaffold writes it"),
        ({"name": "a", "type": "ref", "ref": "users"}, "is not a field as scaffold writes it"),
        ({"name": "a", "type": "int", "default": 1.5}, "is not a whole number"),
        ({"name": "a", "type": "bool", "default": "true"}, "is not a field as scaffold writes it"),
        ({"name": "a", "type": "int", "min": 5, "max": 1}, "5 is more than 1"),
        ({"name": "a", "type": "string", "default": "x'\n"}, "is not made of printable Latin"),
    ],
)
def test_an_entry_that_no_command_wrote(data: Any, message: str) -> None:
    with pytest.raises(UserError) as caught:
        Field.from_data(data)
    assert message in caught.value.message

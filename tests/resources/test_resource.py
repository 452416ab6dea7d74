"""A resource: its entry in the manifest, its name, and the words for what its endpoint allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.resources.fields import Field
from scaffold.resources.resource import (
    METHODS,
    RESERVED,
    RateLimit,
    Resource,
    check_no_twin,
    parse_methods,
    parse_paginate,
    parse_rate_limit,
    parse_resource_name,
    parse_role,
)
from scaffold.support.errors import UserError
from tests.support.strategies import resources

PLAIN = {
    "name": "courses",
    "singular": "course",
    "methods": ["list", "get"],
    "fields": [{"name": "title", "type": "string"}],
}
COURSES = Resource("courses", "course", (Field("title", "string"),), ("list", "get"))


@settings(max_examples=40)
@given(resources())
def test_a_resource_reads_back_what_it_writes(resource: Resource) -> None:
    data = resource.to_data()
    again = Resource.from_data(data)
    assert again == resource
    assert list(again.to_data()) == list(data)


def test_an_entry_says_only_what_differs() -> None:
    assert COURSES.to_data() == PLAIN
    assert list(COURSES.to_data()) == ["name", "singular", "methods", "fields"]
    assert Resource.from_data(PLAIN) == COURSES


def test_all_that_an_entry_can_say() -> None:
    data = {
        "name": "exams",
        "singular": "exam",
        "table": "assessments",
        "methods": ["list", "create"],
        "roles": ["editor"],
        "roles_for": {"create": ["admin", "owner"]},
        "rate_limit": {"max": 5, "window": "30s"},
        "paginate": "cursor",
        "public": True,
        "soft_delete": True,
        "files": "exams/{year}",
        "history": [
            {"id": 1, "create": [{"name": "year", "type": "int"}]},
            {"id": 2, "soft_delete": True},
        ],
        "fields": [{"name": "year", "type": "int"}],
    }
    item = Resource.from_data(data)
    assert item.to_data() == data
    assert item.stored_in == "assessments" and replace(item, table="").stored_in == "exams"
    assert item.rate_limit == RateLimit(5, "30s")
    assert item.roles_of("create") == ("admin", "owner")
    assert item.roles_of("list") == ("editor",)
    assert [step.kind for step in item.history] == ["create", "soft_delete"]


def test_a_retired_one_is_a_table_only() -> None:
    item = COURSES.retire()
    assert item.methods == () and item.retired and item.fields == COURSES.fields
    assert Resource.from_data(item.to_data()) == item


def test_a_singular_that_no_template_could_use_is_made_again() -> None:
    for odd in ("", "Course", "a" * 41, "x y", 7, None):
        assert Resource.from_data({**PLAIN, "singular": odd}).singular == "course"
    assert Resource.from_data({**PLAIN, "singular": "kurs"}).singular == "kurs"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 1}, "is not a resource"),
        ({"name": "../x"}, "looks like a path"),
        ({"name": "health"}, "resource `health` is part of every service"),
        ({"fields": {}}, "resource `courses`: fields, methods and roles must be lists"),
        ({"methods": "list"}, "fields, methods and roles must be lists"),
        ({"roles": "admin"}, "fields, methods and roles must be lists"),
        ({"methods": ["lst"]}, "unknown method `lst`"),
        ({"roles": ["a b"]}, "role `a b` is not allowed"),
        ({"roles_for": ["list"]}, "roles_for must map operations to lists of roles"),
        ({"roles_for": {"drop": ["admin"]}}, "roles_for must map operations"),
        ({"roles_for": {"list": "admin"}}, "roles_for must map operations"),
        ({"files": 3}, "files must be a path such as `reports/{year}`"),
        ({"files": "/etc"}, "files must be a path"),
        ({"files": "a/../b"}, "files must be a path"),
        ({"files": "a/{year}"}, "files must be a path"),  # no such field
        ({"table": "Courses"}, "resource `courses`: table must be a word"),
        ({"table": 1}, "table must be a word"),
        ({"history": {}}, "history must be a list"),
        ({"history": [{"id": 1}]}, "is not a step of a table's history"),
        ({"rate_limit": "5/1m"}, "rate_limit must be a mapping"),
        ({"rate_limit": {"max": 0, "window": "1m"}}, "rate limit `0/1m` is malformed"),
        ({"paginate": "offset"}, "unknown pagination `offset`"),
        ({"fields": [{"name": "id", "type": "int"}]}, "scaffold adds the field `id`"),
    ],
)
def test_an_entry_that_no_command_wrote(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        Resource.from_data({**PLAIN, **change})
    assert message in caught.value.message


@pytest.mark.parametrize("odd", ["courses", ["courses"], None, {}])
def test_what_is_no_entry(odd: Any) -> None:
    with pytest.raises(UserError, match="is not a resource"):
        Resource.from_data(odd)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("assessments", "assessments"),
        ("progressReports", "progress_reports"),
        ("Exam-Results", "exam_results"),
        ("a" * 40, "a" * 40),
    ],
)
def test_names(text: str, name: str) -> None:
    assert parse_resource_name(text) == name


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "a resource needs a name", "scaffold endpoint assessments"),
        ("a" * 41, "has 41 characters; at most 40 are allowed", "scaffold endpoint"),
        ("2nd", "resource name `2nd` is not allowed", "scaffold endpoint"),
        ("naïve", "resource name `naïve` is not allowed", "scaffold endpoint"),
        ("a__b", "resource name `a__b` is not allowed", "scaffold endpoint"),
        ("a/b", "resource name `a/b` looks like a path", "`--project DIR` says where"),
        ("..", "looks like a path", "`--project DIR` says where"),
        ("~x", "looks like a path", "`--project DIR` says where"),
        ("a\\b", "looks like a path", "`--project DIR` says where"),
        ("openapi", "resource `openapi` is part of every service", "openapi_entries"),
        ("aux", "resource `aux` cannot be a file on Windows", "aux_entries"),
        ("Com1", "resource `com1` cannot be a file on Windows", "com1_entries"),
        ("AuthUsers", "resource `auth_users` is part of every service", "auth_users_entries"),
    ],
)
def test_names_that_are_refused(text: str, message: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_resource_name(text)
    assert message in caught.value.message and hint in (caught.value.hint or "")


def test_every_reserved_name_is_refused() -> None:
    for name in RESERVED:
        with pytest.raises(UserError, match="is part of every service"):
            parse_resource_name(name)


@pytest.mark.parametrize(
    ("name", "other"),
    [("course", "courses"), ("courses", "course"), ("people", "person"), ("exam_sets", "examsets")],
)
def test_another_form_of_a_resource(name: str, other: str) -> None:
    with pytest.raises(UserError, match=f"`{name}` is another form of `{other}`") as caught:
        check_no_twin(name, ["notes", other])
    assert f"`scaffold show {other}`" in (caught.value.hint or "")


def test_other_words_and_the_same_word_are_no_twin() -> None:
    check_no_twin("courses", ["courses", "coarse", "course_notes"])


def test_methods() -> None:
    assert parse_methods("delete, LIST,get,list") == ("list", "get", "delete")
    assert parse_methods(",".join(reversed(METHODS))) == METHODS
    for nothing in ("", " , "):
        with pytest.raises(UserError, match="`--methods` names no method"):
            parse_methods(nothing)
    with pytest.raises(UserError, match=r"unknown method `creat`; allowed: list,get") as caught:
        parse_methods("list,creat")
    assert caught.value.hint == "did you mean `create`?"
    with pytest.raises(UserError, match="unknown method `zzz`") as caught:
        parse_methods("zzz")
    assert caught.value.hint == "for example `--methods list,get`"


@given(st.integers(1, 9_999_999), st.integers(1, 9999), st.sampled_from("smhd"))
@settings(max_examples=30)
def test_rate_limits(most: int, count: int, unit: str) -> None:
    rate = parse_rate_limit(f" {most}/{count}{unit} ")
    assert rate == (most, f"{count}{unit}")
    assert parse_rate_limit(str(rate)) == rate


def test_a_rate_limit_of_one_unit() -> None:
    assert parse_rate_limit("60/m") == RateLimit(60, "1m")


@pytest.mark.parametrize(
    "text",
    ["", "60", "60/", "0/1m", "60/0m", "60/1w", "-1/m", "10000000/m", "60/10000s", "٣/m", "6/1m!"],
)
def test_rate_limits_that_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="is malformed: write `requests/window`") as caught:
        parse_rate_limit(text)
    assert caught.value.hint == "for example `--rate-limit 60/1m`"


def test_pagination() -> None:
    assert [parse_paginate(word) for word in ("page", "cursor", "none")] == [
        "page",
        "cursor",
        "none",
    ]
    with pytest.raises(UserError, match="unknown pagination `Page`; allowed: page, cursor, none"):
        parse_paginate("Page")


def test_roles() -> None:
    for fine in ("a", "Lab_Admin-2", "a" * 40):
        assert parse_role(fine) == fine
    for odd in ("", "2a", "a" * 41, "a b", "é", "a\n"):
        with pytest.raises(UserError, match="is not allowed: a letter, then letters"):
            parse_role(odd)

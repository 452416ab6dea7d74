"""From the options of `endpoint` and the conventions to a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from scaffold.resources.fields import parse_fields
from scaffold.resources.options import Options, build, build_model, parse_roles, unless_default
from scaffold.resources.resource import METHODS, RateLimit, Resource
from scaffold.support.errors import UserError

FIELDS = parse_fields(["year:int", "title:string", "note:string?"])
VALUES: dict[str, dict[str, Any]] = {
    "stack": {"orm": "libsql"},
    "routing": {"methods": list(METHODS)},
    "auth": {"roles": []},
    "rate_limit": {"max": 60, "window": "1m"},
    "data": {"optimistic_version": False, "dual_storage": True},
}


def values(**groups: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The conventions with some of them changed."""
    return {group: {**keys, **groups.get(group, {})} for group, keys in VALUES.items()}


def made(options: Options, **groups: Mapping[str, Any]) -> Resource:
    """The resource of those options."""
    return build("reports", FIELDS, options, values(**groups))


def refused(options: Options, **groups: Mapping[str, Any]) -> tuple[str, str]:
    """The message and the hint that those options get."""
    with pytest.raises(UserError) as caught:
        made(options, **groups)
    return caught.value.message, caught.value.hint or ""


def test_without_options_the_conventions_decide() -> None:
    assert made(Options()) == Resource("reports", "report", FIELDS)
    some = made(Options(), routing={"methods": ["get", "list"]})
    assert some.methods == ("list", "get")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(methods="delete,list"), {"methods": ("list", "delete")}),
        (Options(roles=("b", "a", "b")), {"roles": ("a", "b")}),
        (
            Options(roles=("create,update=a",)),
            {"roles_for": (("create", ("a",)), ("update", ("a",)))},
        ),
        (Options(public=True), {"public": True}),
        (Options(rate_limit="5/30s"), {"rate_limit": RateLimit(5, "30s")}),
        (Options(rate_limit="60/m"), {"rate_limit": None}),  # what every endpoint has
        (Options(paginate="cursor"), {"paginate": "cursor"}),
        (Options(soft_delete=True), {"soft_delete": True}),
        (Options(files="reports/{year}/{Title}"), {"files": "reports/{year}/{title}"}),
    ],
)
def test_each_option(options: Options, expected: dict[str, Any]) -> None:
    item = made(options)
    assert {key: getattr(item, key) for key in expected} == expected
    others = item.to_data().keys() - {*expected, "name", "singular", "fields", "methods"}
    assert others == set()


@pytest.mark.parametrize(
    ("options", "groups", "message", "hint"),
    [
        (Options(methods=""), {}, "`--methods` names no method", "for example"),
        (Options(methods="list,reed"), {}, "unknown method `reed`", ""),
        (Options(paginate="offset"), {}, "unknown pagination `offset`", "--paginate cursor"),
        (Options(rate_limit="fast"), {}, "rate limit `fast` is malformed", "60/1m"),
        (Options(roles=("a b",)), {}, "role `a b` is not allowed", ""),
        (Options(roles=("=a",)), {}, "`--role =a` names no operation", "`--role create,update=a`"),
        (Options(roles=("drop=a",)), {}, "unknown method `drop`", ""),
        (
            Options(methods="list", roles=("create=a",)),
            {},
            "`--role create=a`: this endpoint has no `create`; it has list",
            "add it to `--methods`",
        ),
        (
            Options(roles=("edtor",)),
            {"auth": {"roles": ["editor", "admin"]}},
            "`edtor` is not a role of this project (auth.roles); allowed: editor, admin",
            "did you mean `editor`?",
        ),
        (
            Options(roles=("list=zzz",)),
            {"auth": {"roles": ["editor"]}},
            "`zzz` is not a role of this project",
            "`scaffold set 'auth.roles=[editor, zzz]'` adds it",
        ),
        (
            Options(public=True, roles=("get=a",)),
            {},
            "`--public` opens reads to anybody, so `get` cannot require a role",
            "leave out `--public`",
        ),
        (
            Options(files="x"),
            {"data": {"dual_storage": False}},
            "data.dual_storage is false",
            "`scaffold set data.dual_storage=true`",
        ),
        (
            Options(files="x"),
            {"data": {"dual_storage": False}, "stack": {"orm": "drizzle"}},
            "data.dual_storage is false",
            "leave out `--files`",
        ),
        (Options(files="../x"), {}, "`--files ../x`", "for example"),
        (
            Options(files="{note}"),
            {},
            "`note` is optional, so it cannot name a folder",
            "leave it out",
        ),
    ],
)
def test_what_is_refused(options: Options, groups: dict[str, Any], message: str, hint: str) -> None:
    found = refused(options, **groups)
    assert message in found[0] and hint in found[1]


def test_a_role_for_writes_of_a_public_resource() -> None:
    item = made(Options(public=True, roles=("create,delete=editor",)))
    assert item.public and item.roles_of("create") == ("editor",) and item.roles_of("list") == ()


def test_roles() -> None:
    every, some = parse_roles(["b", "list=c", "create,list=a", "a"], METHODS, [])
    assert every == ("a", "b")
    # In the order of operations, roles sorted.
    assert some == (("list", ("a", "c")), ("create", ("a",)))
    # The same roles as everywhere are not said again.
    assert parse_roles(["a", "list=a"], METHODS, []) == (("a",), ())
    assert parse_roles([], METHODS, ["a"]) == ((), ())
    assert parse_roles(["a"], METHODS, ["a"]) == (("a",), ())


def test_a_column_that_every_row_gets() -> None:
    fields = parse_fields(["version:int"])
    assert build("reports", fields, Options(), VALUES).fields == fields
    versioned = values(data={"optimistic_version": True})
    for make in (build, build_model):
        with pytest.raises(UserError, match="scaffold adds the field `version` to every resource"):
            make("reports", fields, Options(), versioned)


def test_a_model_has_no_route() -> None:
    options = Options(methods="list", roles=("a",), public=True, soft_delete=True, files="r/{year}")
    item = build_model("reports", FIELDS, options, VALUES)
    expected = Resource("reports", "report", FIELDS, (), soft_delete=True, files="r/{year}")
    assert item == expected


def test_options_over_others() -> None:
    low = Options("list", ("a",), True, "1/m", "page", True, ("x.y=1",), "low")
    assert Options().over(low) == low._replace(settings=())
    high = Options("get", ("b",), False, "2/m", "none", False, ("x.y=2",), "high")
    assert high.over(low) == high._replace(public=True, soft_delete=True)
    assert high.over(Options()) == high
    # An empty text says something.
    assert Options(methods="").over(low).methods == ""


def test_the_rate_of_the_conventions_is_not_written_down() -> None:
    assert unless_default(RateLimit(60, "1m"), VALUES) is None
    assert unless_default(RateLimit(60, "60s"), VALUES) == RateLimit(60, "60s")
    assert unless_default(RateLimit(61, "1m"), VALUES) == RateLimit(61, "1m")

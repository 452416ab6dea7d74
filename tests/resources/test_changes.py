"""What `change` makes of a resource: as if it had been made so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.resources.changes import Change, as_typed, changed, differences, everything
from scaffold.resources.fields import parse_fields
from scaffold.resources.options import Options, build, build_model
from scaffold.resources.resource import METHODS, PAGINATION, Resource
from scaffold.resources.table_steps import TableStep
from scaffold.support.errors import UserError

FIELDS = parse_fields(["year:int", "title:string"])
VALUES: dict[str, dict[str, Any]] = {
    "stack": {"orm": "libsql"},
    "routing": {"methods": list(METHODS)},
    "auth": {"roles": []},
    "rate_limit": {"max": 60, "window": "1m"},
    "pagination": {"style": "page"},
    "data": {"optimistic_version": False, "dual_storage": True, "soft_delete": False},
}
ROLES = st.sampled_from(["editor", "admin", "list=viewer", "create,update=editor", "delete=admin"])


def made(options: Options) -> Resource:
    """A resource whose names are not what its name would give it now."""
    found = build("reports", FIELDS, options, VALUES)
    history = (TableStep(1, "create", FIELDS),)
    return replace(found, singular="account", table="statements", history=history)


def given_options() -> st.SearchStrategy[Options]:
    return st.builds(
        Options,
        methods=st.none() | st.lists(st.sampled_from(METHODS), min_size=1).map(",".join),
        roles=st.lists(ROLES, unique=True).map(tuple),
        public=st.booleans(),
        rate_limit=st.none() | st.sampled_from(["5/1m", "60/1m"]),
        paginate=st.none() | st.sampled_from(PAGINATION),
        soft_delete=st.booleans(),
        files=st.none() | st.sampled_from(["reports", "by/{year}"]),
        unique=st.lists(st.sampled_from(["owner,title", "year,title"]), unique=True).map(tuple),
        indexed=st.lists(st.sampled_from(["owner,year", "title,year"]), unique=True).map(tuple),
    )


def fits(options: Options) -> bool:
    try:
        return bool(made(options))
    except UserError:
        return False


@given(given_options().filter(fits), given_options().filter(fits))
def test_all_of_it_can_change_into_anything_else(old: Options, new: Options) -> None:
    before, after = made(old), made(new)
    assert changed(before, everything(new, model=False), VALUES) == after
    assert bool(differences(before, after, VALUES)) == (before != after)
    model = changed(before, everything(new, model=True), VALUES)
    assert replace(model, singular="report", table="", history=()) == build_model(
        "reports", FIELDS, new, VALUES
    )
    assert changed(model, everything(new, model=False), VALUES) == after


@given(given_options().filter(fits))
def test_what_is_not_named_stays(options: Options) -> None:
    before = made(options)
    assert changed(before, Change(), VALUES) == before
    assert as_typed(before) == as_typed(
        changed(before, everything(as_typed(before), model=False), VALUES)
    )
    assert replace(
        changed(before, Change(paginate="cursor"), VALUES), paginate=before.paginate
    ) == (before)


def test_the_role_of_an_operation_goes_with_it_and_no_other_does() -> None:
    before = made(Options(roles=("delete", "delete=admin", "create=editor")))
    after = changed(before, Change(methods="list,create"), VALUES)
    assert after.roles == ("delete",)
    assert after.roles_for == (("create", ("editor",)),)
    assert differences(before, after, VALUES) == [
        "methods: list,get,create,update,replace,delete → list,create",
        "roles: delete create=editor delete=admin → delete create=editor",
    ]


@pytest.mark.parametrize(
    ("old", "change", "words"),
    [
        (Options(), Change(roles=("none", "admin")), "`--role none` takes all of them away"),
        (Options(), Change(methods="none", public=True), "`reports` would have none"),
        (Options(public=True), Change(roles=("get=admin",)), "`--public` opens reads"),
        (Options(roles=("get=admin",)), Change(public=True), "`--public` opens reads"),
        (Options(methods="list"), Change(roles=("create=a",)), "no `create`"),
        (Options(), Change(methods="lost"), "unknown method `lost`"),
    ],
)
def test_what_does_not_fit(old: Options, change: Change, words: str) -> None:
    with pytest.raises(UserError) as caught:
        changed(made(old), change, VALUES)
    assert words in caught.value.message


def test_a_model_has_no_policy() -> None:
    model = build_model("reports", FIELDS, Options(), VALUES)
    with pytest.raises(UserError) as caught:
        changed(model, Change(rate_limit="5/1m"), VALUES)
    assert "`--rate-limit` is about a route, and `reports` has none" in caught.value.message
    assert changed(model, Change(methods="get", rate_limit="5/1m"), VALUES).methods == ("get",)


def test_what_every_resource_does_cannot_end_for_one() -> None:
    every = {**VALUES, "data": {**VALUES["data"], "soft_delete": True}}
    with pytest.raises(UserError) as caught:
        changed(made(Options(soft_delete=True)), Change(soft_delete=False), every)
    assert caught.value.hint == "`scaffold set data.soft_delete=false` changes all of them"

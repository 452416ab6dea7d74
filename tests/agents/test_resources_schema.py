"""The JSON Schema of a file of resources takes all that `apply` takes, and says the most of what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scaffold.agents.resources_schema import resources_file
from scaffold.api.apply_ import read, with_resources
from scaffold.resources.fields import TYPES
from scaffold.resources.resource import METHODS
from scaffold.support.errors import UserError
from tests.support.pages import PAGES, blocks
from tests.support.projects import CHECKOUT, CLERK, manifest_of

SCHEMA = resources_file()
VALIDATOR = Draft202012Validator(SCHEMA)
EMPTY = manifest_of(CLERK, CHECKOUT)

# Pieces that fit together now and then, and some that never do.
NAMES = st.sampled_from(
    ["notes", "bookShelves", "exam-reports", "users", "health", "a b", "aux", "x" * 41]
)
WORDS = st.sampled_from(
    [
        *METHODS,
        "LIST",
        " get",
        "editor",
        "admin",
        "owner",
        "title",
        "state",
        "rank",
        "create,update",
        "a=b",
        "",
        "é",
    ]
)
SPANS = st.sampled_from(
    ["", "{1..9}", "{..5}", "{0..}", "{ 1 .. 2.0 }", "{-3..0.25}", "{}", "{..}", "{a..b}"]
)
PARENTHESES = {"enum": "(in,out)", "ref": "(notes)"}
FIELDS = st.builds(
    "{}:{}{}{}{}{}".format,
    st.sampled_from(["title", "state", "rank", "bookTitle", "due-date", "id", "_x", "x__y"]),
    st.sampled_from([*TYPES, "strng"]),
    st.sampled_from(["", "", "(in,out)", "( in , out )", "(notes)", "()"]),
    SPANS,
    st.sampled_from(["", "", "?", "!", "+", "?!", "+?", "??", "*"]),
    st.sampled_from(["", "", "=1", "=in", "=true", "=x=?!", "= 1 ", "=2027-01-31", "=\n"]),
)
LISTS = st.lists(WORDS, max_size=3)
RATES = st.sampled_from(["60/1m", " 5/h ", "7/12d", "0/1m", "1/1w", "often", "12345678/1m"])
FINE = {
    "fields": st.just(["title:string{1..200}", "rank:int=1", "state:enum(in,out)?"])
    | st.lists(FIELDS, max_size=3),
    "methods": LISTS,
    "roles": LISTS,
    "roles_for": st.dictionaries(WORDS, LISTS, max_size=2),
    "public": st.booleans(),
    "rate_limit": RATES,
    "paginate": st.sampled_from(["page", "cursor", "none", "pages"]),
    "soft_delete": st.booleans(),
    "unique": st.lists(LISTS, max_size=2),
    "index": st.lists(LISTS, max_size=2),
}
ANY: st.SearchStrategy[Any] = (
    st.none() | st.integers(0, 3) | st.booleans() | WORDS | LISTS | st.just({})
)
ENTITIES = (
    st.none()
    | st.fixed_dictionaries({}, optional=FINE)
    | st.fixed_dictionaries({}, optional={**FINE, "rate": ANY})
    | st.fixed_dictionaries({}, optional=dict.fromkeys(FINE, ANY))
    | ANY
)
BLOCKS = st.dictionaries(NAMES, ENTITIES, max_size=2) | st.none()
FILES = st.fixed_dictionaries({}, optional={"resources": BLOCKS, "models": BLOCKS})


def is_taken(data: Any, folder: Path) -> bool:
    """Whether `apply` takes the data for a project without resources."""
    path = folder / "r.yml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    try:
        with_resources(folder, EMPTY, CHECKOUT, str(path), read(str(path)), drop=False)
    except UserError:
        return False
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@given(data=FILES)
def test_what_apply_takes_the_schema_takes(folder: Path, data: Any) -> None:
    problems = [problem.message for problem in VALIDATOR.iter_errors(data)]
    if problems:
        assert not is_taken(data, folder), problems


@given(field=FIELDS)
def test_fields_that_apply_takes_the_schema_takes(folder: Path, field: str) -> None:
    data = {"resources": {"notes": None, "papers": {"fields": [field]}}}
    assert VALIDATOR.is_valid(data) or not is_taken(data, folder)


@pytest.mark.parametrize("kind", TYPES)
def test_a_plain_field_of_each_type(kind: str, folder: Path) -> None:
    field = f"subject:{kind}{PARENTHESES.get(kind, '')}?"
    data = {"resources": {"notes": None, "papers": {"fields": [field]}}}
    assert VALIDATOR.is_valid(data) and is_taken(data, folder)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"resources": {}, "models": None},
        {"resource": {"notes": None}},
        {"resources": ["notes"]},
        {"resources": {"health": None}},
        {"resources": {"a b": None}},
        {"resources": {"notes": "title:string"}},
        {"resources": {"notes": {"rate": 5}}},
        {"resources": {"notes": {"fields": None}}},
        {"resources": {"notes": {"fields": ["title"]}}},
        {"resources": {"notes": {"fields": ["title:strng"]}}},
        {"resources": {"notes": {"fields": ["title:string??"]}}},
        {"resources": {"notes": {"fields": ["title:string?+?"]}}},
        {"resources": {"notes": {"fields": ["body:text!"]}}},
        {"resources": {"notes": {"fields": ["on:bool=yes"]}}},
        {"resources": {"notes": {"fields": ["due:date{1..2}"]}}},
        {"resources": {"notes": {"fields": ["data:json={}"]}}},
        {"resources": {"notes": {"fields": ["state:enum"]}}},
        {"resources": {"notes": {"methods": []}}},
        {"resources": {"notes": {"methods": ["post"]}}},
        {"resources": {"notes": {"roles": "editor"}}},
        {"resources": {"notes": {"roles_for": {"post": ["editor"]}}}},
        {"resources": {"notes": {"public": "yes"}}},
        {"resources": {"notes": {"rate_limit": 60}}},
        {"resources": {"notes": {"rate_limit": "60/1w"}}},
        {"resources": {"notes": {"paginate": "pages"}}},
        {"resources": {"notes": {"unique": ["owner", "title"]}}},
        {"resources": {"notes": {"index": [["title"]]}}},
        {"models": {"notes": {"public": True}}},
    ],
    ids=json.dumps,
)
def test_mistakes_that_the_schema_finds(data: Any, folder: Path) -> None:
    assert not VALIDATOR.is_valid(data)
    assert not is_taken(data, folder)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_examples_of_the_docs() -> None:
    found = [block.text for page in PAGES for block in blocks(page) if block.language == "yaml"]
    files = [data for text in found if {*(data := yaml.safe_load(text))} <= {"resources", "models"}]
    assert files
    for data in files:
        VALIDATOR.validate(data)

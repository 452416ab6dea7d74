"""`list --yaml` writes what `apply` reads: for a project as it is, applying it changes nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scaffold.agents.resources_schema import resources_file as schema
from scaffold.api.apply_ import read, with_resources
from scaffold.api.resources_file import as_file
from scaffold.manifest.manifest import Manifest
from scaffold.resources.changes import as_typed
from scaffold.resources.fields import parse_fields
from scaffold.resources.options import build, build_model
from scaffold.resources.resource import Resource
from scaffold.support.errors import UserError
from tests.support.projects import AGENTS, CHECKOUT, CLERK, evolved, manifest_of, resource, rich
from tests.support.strategies import resources

EMPTY = manifest_of(CLERK, CHECKOUT)
VALUES = CHECKOUT.conventions(EMPTY)
METHODS_OF: list[list[str]] = [[], ["list", "get"]]
VALIDATOR = Draft202012Validator(schema())


def applied(manifest: Manifest, folder: Path) -> tuple[Manifest, list[str]]:
    path = folder / "resources.yml"
    path.write_text(as_file(manifest, CHECKOUT.conventions(manifest)), "utf-8")
    VALIDATOR.validate(yaml.safe_load(path.read_text("utf-8")))
    return with_resources(folder, manifest, CHECKOUT, str(path), read(str(path)), drop=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    "later",
    [pytest.param(False, id="new"), pytest.param(True, marks=pytest.mark.slow, id="evolved")],
)
def test_a_project_with_everything(path: Path, later: bool, folder: Path) -> None:
    manifest = rich(manifest_of(path, CHECKOUT))
    allowed = CHECKOUT.conventions(manifest)["auth"]["roles"]
    tags = manifest.find("tags")
    assert tags is not None
    manifest = manifest.with_resource(replace(tags, roles=(*allowed[-1:],) or tags.roles))
    if later:
        manifest = evolved(manifest, CHECKOUT)
    after, notes = applied(manifest, folder)
    assert after == manifest and notes == []
    assert {item.name for item in manifest.resources if not item.retired} == {
        name
        for block in yaml.safe_load((folder / "resources.yml").read_text("utf-8")).values()
        for name in block
    }


def as_made(drawn: Resource) -> Resource:
    """The resource as a command would make it, if one would."""
    fields = tuple(replace(field, external=bool(field.ref)) for field in drawn.fields)
    fields = tuple(replace(field, ref="users") if field.ref else field for field in fields)
    drawn = replace(drawn, fields=fields, retired=False)
    make = build if drawn.methods else build_model
    for one in (drawn, replace(drawn, keys=(), public=False)):
        with suppress(UserError):
            parse_fields([field.spec() for field in fields])
            return make(drawn.name, fields, as_typed(one), VALUES)
    reject()


@settings(max_examples=25)
@given(drawn=st.lists(resources(), min_size=1, max_size=2), pinned=st.sampled_from(METHODS_OF))
def test_any_resource(folder: Path, drawn: list[Resource], pinned: list[str]) -> None:
    manifest = EMPTY
    if pinned:
        manifest = replace(manifest, overrides={"routing": {"methods": pinned}})
    for one in drawn:
        manifest = manifest.with_resource(as_made(one))
    try:
        after, notes = applied(manifest, folder)
    except UserError as error:
        # Two names may be forms of one, and two indexes have one name: no project has such resources.
        assert "another form" in error.message or "would be the name" in error.message, error
    else:
        assert after == manifest and notes == []


def test_users_that_became_a_resource(folder: Path) -> None:
    notes = resource("notes", "author:ref(users)")
    notes = replace(notes, fields=(replace(notes.fields[0], external=True),))
    manifest = EMPTY.with_resource(notes).with_resource(resource("users", "name:string"))
    after, notes_ = applied(manifest, folder)
    assert after == manifest and notes_ == []


def test_what_people_read() -> None:
    lessons = resource(
        "lessons",
        *("title:string{1..200}", "note:string?=a: b #c"),
        methods=("list", "get"),
        roles_for=(("list", ("editor",)),),
        soft_delete=True,
    )
    manifest = EMPTY.with_resource(lessons).with_resource(
        replace(resource("yes", "rank:int"), methods=())
    )
    assert as_file(manifest, VALUES) == (
        "resources:\n"
        "  lessons:\n"
        "    fields:\n"
        "      - title:string{1..200}\n"
        "      - 'note:string?=a: b #c'\n"
        "    methods: [list, get]\n"
        "    roles_for: {list: [editor]}\n"
        "    soft_delete: true\n"
        "models:\n"
        "  'yes':\n"
        "    fields:\n"
        "      - rank:int\n"
    )

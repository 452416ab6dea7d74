"""The order of migrations: what each step comes after, and nothing that follows from that anyway."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffold.manifest.manifest import Manifest, parse
from scaffold.manifest.migration_order import migration_order
from scaffold.manifest.table_history import recorded
from scaffold.resources.resource import Resource
from scaffold.resources.table_steps import TableStep
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support.projects import CHECKOUT, evolved, resource, rich
from tools.source import ROOT

TEMPLATES = CHECKOUT
SERVICE = Manifest(Version("x", "x"), "fastapi", "clinic", source="app", alias="app")
File = tuple[str, str]
Edges = Mapping[File, Iterable[File]]


def table(name: str, *history: dict[str, Any], dropped: bool = False) -> Resource:
    """A table with that history; each step is given without its level, unless two share one."""
    steps = [{"id": number, **step} for number, step in enumerate(history, 1)]
    columns: dict[str, dict[str, Any]] = {}
    for step in steps:
        columns |= {one["name"]: one for one in step.get("create", [])}
        columns |= {one["name"]: one for one in [step.get("add")] if one}
        columns.pop(step.get("drop", {}).get("name", ""), None)
    data: dict[str, Any] = {
        "name": name,
        "fields": [] if dropped else [*columns.values()],
        "history": steps,
    }
    if dropped:
        data |= {"dropped": True, "retired": True}
    return Resource.from_data(data)


def ref(parent: str, name: str = "") -> dict[str, Any]:
    return {"name": name or f"{parent}_id", "type": "ref", "ref": parent, "optional": True}


NOTE = {"name": "note", "type": "text", "optional": True}
CREATE = {"create": [NOTE]}


def order(*resources: Resource) -> dict[str, dict[str, Any]]:
    """Entries by `table/file`, without what they are found by."""
    return {
        f"{entry.pop('table')}/{entry.pop('file')}": entry for entry in migration_order(resources)
    }


def needs(*resources: Resource) -> dict[str, list[str]]:
    """The needs of those steps that have any."""
    found = {
        name: ["/".join(file) for file in entry["needs"]]
        for name, entry in order(*resources).items()
    }
    return {name: files for name, files in found.items() if files}


def test_a_table_that_never_changed_has_one_step() -> None:
    parents = [resource("rooms", "name:string"), resource("users_of", "name:string")]
    renamed = replace(parents[0], name="halls", table="rooms")
    child = resource("lessons", "hall:ref(halls)", "other:ref(users)")
    owner = replace(child.fields[1], external=True)
    child = replace(child, fields=(child.fields[0], owner))
    assert migration_order([renamed, child]) == [
        {"table": "rooms", "file": "0001_create", "after": [], "needs": []},
        {
            "table": "lessons",
            "file": "0001_create",
            "after": [],
            "needs": [["rooms", "0001_create"]],
        },
    ]
    assert migration_order([]) == []


def test_names_of_files_and_levels_of_two_branches() -> None:
    extra = {"name": "rank", "type": "int", "optional": True}
    found = order(
        table(
            "notes",
            CREATE,
            {"add": extra},
            {"id": 2, "drop": NOTE},
            {"id": 3, "soft_delete": True},
            {"id": 4, "soft_delete": False},
            {"id": 5, "version": True},
            {"id": 6, "version": False},
            {"id": 7, "drop_table": True},
            dropped=True,
        )
    )
    assert {name: entry["after"] for name, entry in found.items()} == {
        "notes/0001_create": [],
        "notes/0002_add_rank": ["0001_create"],
        "notes/0002_drop_note": ["0001_create"],
        "notes/0003_soft_delete": ["0002_add_rank", "0002_drop_note"],
        "notes/0004_no_soft_delete": ["0003_soft_delete"],
        "notes/0005_version": ["0004_no_soft_delete"],
        "notes/0006_no_version": ["0005_version"],
        "notes/0007_drop_table": ["0006_no_version"],
    }


def test_what_comes_before_another_parent_anyway_is_left_out() -> None:
    rooms, halls = table("rooms", CREATE), table("halls", {"create": [ref("rooms")]})
    marks = table("marks", {"create": [ref("rooms"), ref("halls"), ref("tags"), ref("marks")]})
    assert needs(rooms, halls, marks, table("tags", CREATE)) == {
        "halls/0001_create": ["rooms/0001_create"],
        "marks/0001_create": ["halls/0001_create", "tags/0001_create"],
    }
    # What the table's own step before came after is no news either.
    late = table("marks", {"create": [ref("halls")]}, {"add": ref("rooms")})
    assert "marks/0002_add_rooms_id" not in needs(rooms, halls, late)


def test_a_table_goes_after_all_that_referred_to_it() -> None:
    lessons = table("lessons", {"create": [NOTE, ref("rooms")]}, {"drop": ref("rooms")})
    tags = table("tags", {"create": [ref("rooms")]}, {"drop_table": True}, dropped=True)
    rooms = table("rooms", {"create": [ref("rooms")]}, {"drop_table": True}, dropped=True)
    found = needs(lessons, tags, rooms)
    assert found["rooms/0002_drop_table"] == ["lessons/0002_drop_rooms_id", "tags/0002_drop_table"]
    assert "tags/0002_drop_table" not in found


def test_a_dropped_table_frees_what_it_still_referred_to() -> None:
    gone = {"drop_table": True}
    rooms = table("rooms", CREATE, gone, dropped=True)
    earlier = table("marks", {"create": [ref("rooms")]}, {"drop": ref("rooms")}, gone, dropped=True)
    later = table("tags", CREATE, {"add": ref("rooms")}, gone, dropped=True)
    assert needs(earlier, later, rooms)["rooms/0002_drop_table"] == [
        "marks/0002_drop_rooms_id",
        "tags/0003_drop_table",
    ]


def test_tables_of_somebody_else_are_no_parents() -> None:
    theirs = {**ref("users"), "external": True}
    ours = table("users", CREATE)
    child = table(
        "lessons", {"create": [theirs]}, {"drop": theirs}, {"drop_table": True}, dropped=True
    )
    assert needs(ours, child, replace(table("marks", {"create": [theirs]}), history=())) == {}


def test_a_table_that_was_made_again_has_two_lives() -> None:
    first = table("lessons", {"create": [NOTE, ref("rooms")]}, {"drop": ref("rooms")})
    second = table(
        "marks",
        {"create": [ref("rooms")], "after": {"rooms": 3}},
        {"drop_table": True, "after": {"rooms": 3}},
        dropped=True,
    )
    gone = {"drop_table": True}
    rooms = table("rooms", CREATE, gone, CREATE, gone, dropped=True)
    assert needs(first, second, rooms) == {
        "lessons/0001_create": ["rooms/0001_create"],
        "marks/0001_create": ["rooms/0003_create"],
        "rooms/0002_drop_table": ["lessons/0002_drop_rooms_id"],
        "rooms/0004_drop_table": ["marks/0002_drop_table"],
    }
    # A table without a history was made after all of these.
    assert needs(rooms, resource("tags", "room:ref(rooms)"))["tags/0001_create"] == [
        "rooms/0003_create"
    ]


def test_hidden_rows_go_before_those_that_they_refer_to() -> None:
    soft, hard = {"soft_delete": True}, {"soft_delete": False}
    rooms = table("rooms", CREATE, soft, {**hard, "after": {"lessons": 3}})
    lessons = table("lessons", {"create": [ref("rooms")]}, soft, hard)
    assert needs(rooms, lessons)["rooms/0003_no_soft_delete"] == ["lessons/0003_no_soft_delete"]


def test_hidden_rows_that_refer_to_others_may_have_gone_by_an_earlier_command() -> None:
    manifest = replace(
        SERVICE,
        overrides={"data": {"soft_delete": False}},
        resources=(
            resource("rooms", "name:string", soft_delete=True),
            resource("lessons", "room:ref(rooms)", soft_delete=True),
        ),
    )
    values = TEMPLATES.context(manifest)["conventions"]
    for name in ("lessons", "rooms"):
        found = manifest.find(name)
        assert found is not None
        after = manifest.with_resource(replace(found, soft_delete=False))
        manifest = recorded(manifest, after, values, values)
    rooms = manifest.find("rooms")
    assert rooms is not None
    assert rooms.history[-1] == TableStep(2, "soft_delete", after=(("lessons", 2),))


def test_a_circle_ends() -> None:
    one, other = table("a", {"create": [ref("b")]}), table("b", {"create": [ref("a")]})
    assert needs(one, other) == {
        "a/0001_create": ["b/0001_create"],
        "b/0001_create": ["a/0001_create"],
    }
    third = table("c", {"create": [ref("a"), ref("b")]})
    assert "c/0001_create" not in needs(one, other, third)


def test_it_is_the_order_of_migrations_that_databases_have_run() -> None:
    """What fastapi_steps.txt holds was rendered when templates still walked the graph."""
    start = replace(SERVICE, overrides={"data": {"soft_delete": False}})
    found = order(*evolved(rich(start), TEMPLATES).resources)
    text = (ROOT / "tests/templates/fastapi_steps.txt").read_text("utf-8")
    compared = 0
    for migration in text.split("==> ")[1:]:
        name = migration.partition("\n")[0].removesuffix(".py")
        own = re.search(r'^revision = "(.*)"', migration, re.MULTILINE)
        down = re.search(r'^down_revision = "(.*)"', migration, re.MULTILINE)
        depends = re.search(r"^depends_on = (None|\[[^\]]*\])", migration, re.MULTILINE)
        assert own and down and depends, name
        (entry,) = [entry for key, entry in found.items() if revision(key) == own[1]]
        after = [revision(f"{name.split('_0')[0]}/{file}") for file in entry["after"]]
        assert after == [one for one in [down[1]] if one != "core"], name
        assert [revision("/".join(file)) for file in entry["needs"]] == re.findall(
            r'"(.*)"', depends[1]
        ), name
        compared += 1
    assert compared > 10


def revision(key: str) -> str:
    """What Alembic calls a step; names of this test are too short to be cut."""
    name, _, file = key.partition("/")
    return f"{name}_{file.removeprefix('0001_')}"


@st.composite
def tables(draw: st.DrawFn) -> list[Resource]:
    """Tables that refer to earlier ones, some from the start and some later."""
    names = [f"t{number}" for number in range(draw(st.integers(1, 8)))]
    made = []
    for number, name in enumerate(names):
        parents = draw(st.sets(st.sampled_from(names[:number]))) if number else set()
        later = draw(st.sets(st.sampled_from(sorted(parents)))) if parents else set()
        first = {"create": [NOTE, *(ref(parent) for parent in sorted(parents - later))]}
        made.append(table(name, first, *({"add": ref(parent)} for parent in sorted(later))))
    return draw(st.permutations(made))


def before(entries: Iterable[Mapping[str, Any]]) -> dict[File, set[File]]:
    """All that comes right before each step."""
    return {
        (entry["table"], entry["file"]): {
            *((entry["table"], file) for file in entry["after"]),
            *((name, file) for name, file in entry["needs"]),
        }
        for entry in entries
    }


def reached(edges: Edges, start: Iterable[File]) -> set[File]:
    found: set[File] = set()
    todo = [*start]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += edges[one]
    return found


@given(tables())
def test_nothing_is_lost_and_nothing_said_twice(resources: list[Resource]) -> None:
    entries = migration_order(resources)
    edges = before(entries)
    every: dict[File, set[File]] = {}
    for item in resources:
        name = item.stored_in
        for step, last in zip(item.history, [None, *item.history], strict=False):
            word = "0001_create" if last is None else f"{step.id:04d}_add_{step.fields[0].name}"
            every[name, word] = {(one.ref, "0001_create") for one in step.fields if one.ref}
            every[name, word] |= {key for key in [*every][-2:-1] if last}
    assert edges.keys() == every.keys()
    for file, direct in edges.items():
        assert reached(edges, direct) == reached(every, every[file])
    for entry in entries:
        own = (entry["table"], entry["file"])
        for name, file_name in entry["needs"]:
            others = edges[own] - {(name, file_name)}
            assert (name, file_name) not in reached(edges, others)


def manifest_text(style: str = "fastapi") -> str:
    """A manifest as a command writes it: a parent and a child."""
    start = replace(SERVICE, style=style)
    rooms, lessons = resource("rooms", "name:string"), resource("lessons", "room:ref(rooms)")
    return TEMPLATES.render(start.with_resource(rooms).with_resource(lessons))[MANIFEST]


ENTRY = '  - {"table": "lessons", "file": "0001_create", "after": [], "needs": [["rooms", "0001_create"]]}\n'
HEAD = "migration_order:\n"


def test_it_is_at_the_end_where_scaffold_writes_the_migrations() -> None:
    text = manifest_text()
    assert text.endswith(
        f'{HEAD}{ENTRY}  - {{"table": "rooms", "file": "0001_create", "after": [], "needs": []}}\n'
    )
    assert HEAD in manifest_text("libsql")
    assert HEAD not in manifest_text("supabase")
    assert HEAD not in TEMPLATES.render(SERVICE)[MANIFEST]


def test_a_manifest_without_it_is_whole() -> None:
    text = manifest_text()
    bare = text.partition(HEAD)[0]
    assert parse(bare) == parse(f"{bare}migration_order: []\n") == parse(text)
    assert TEMPLATES.render(replace(parse(bare), version=SERVICE.version))[MANIFEST] == text


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (ENTRY, "", "first at `lessons/0001_create`"),
        ('[["rooms", "0001_create"]]', "[]", "first at `lessons/0001_create`"),
        (HEAD, HEAD + ENTRY.replace("lessons", "marks"), "first at `lessons/0001_create`"),
        ('"rooms", "file": "0001', '"rooms", "file": "0002', "first at `rooms/0001_create`"),
        (ENTRY, f"{ENTRY}  - a\n", "first at `rooms/0001_create`"),
    ],
    ids=["one is missing", "it needs less", "one too many", "another file", "no entry"],
)
def test_one_that_does_not_fit_the_resources_is_refused(old: str, new: str, words: str) -> None:
    text = manifest_text()
    stale = text.replace(old, new)
    assert stale != text
    with pytest.raises(UserError, match=words) as caught:
        parse(stale)
    assert "scaffold resolve" in (caught.value.hint or "")
    assert parse(stale, any_order=True) == parse(text)

"""Revisions of Alembic: made once and never changed, in one order, with ids that fit."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from dataclasses import replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scaffold.frameworks import next_steps
from scaffold.manifest import edits
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest, parse
from scaffold.resources.field_changes import altered
from scaffold.resources.fields import parse_field, parse_fields
from scaffold.resources.keys import Key, in_order
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from scaffold.support.project_files import MANIFEST
from tests.support.projects import evolved, rich
from tests.support.revisions import TEMPLATES, remembered, with_endpoint, with_field, without_field
from tools.source import ROOT

START = Manifest(Version("x", "x"), "fastapi", "clinic", source="app", alias="app")
FOLDER = "app/migrations/versions/"
LONG = "a_name_as_long_as_names_may_ever_becomes"
NAMES = ["rooms", "lessons", "marks", LONG]
FIELDS = [
    "weight:int=3",
    "note:text?",
    "code:string?!",
    f"{LONG[:-1]}x:enum(a,b)=a",
    "at:datetime?",
]


class Revision(NamedTuple):
    """What Alembic reads of a migration."""

    id: str
    down: tuple[str, ...]
    needs: tuple[str, ...]
    label: tuple[str, ...]


def migrations(manifest: Manifest) -> dict[str, str]:
    """The migrations of tables, by their files' names."""
    tree = TEMPLATES.render(manifest)
    own = {path.removeprefix(FOLDER): text for path, text in tree.items() if FOLDER in path}
    return {name: text for name, text in own.items() if name[-7:] != "core.py"}


def revision(text: str) -> Revision:
    """The names that a migration is known by."""
    found: dict[str, Any] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) != "VALUE":
            found[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
    down = found["down_revision"]
    return Revision(
        found["revision"],
        (down,) if isinstance(down, str) else tuple(down or ()),
        tuple(found["depends_on"] or ()),
        tuple(found["branch_labels"] or ()),
    )


def changed(before: Manifest, after: Manifest) -> Manifest:
    """The manifest with its history, after a look at all migrations: none that was there may change."""
    after = remembered(before, after)
    old, new = migrations(before), migrations(after)
    assert {name: new.get(name) for name in old} == old
    found = [revision(text) for text in new.values()]
    ids = {one.id for one in found} | {"core"}
    assert len(ids) == len(found) + 1
    assert max(map(len, ids)) <= 32
    order = TopologicalSorter({one.id: {*one.down, *one.needs} for one in found})
    assert {"core", *order.static_order()} == ids
    edges = {one.id: (*one.down, *one.needs) for one in found}
    for one in (one for one in found if len(edges[one.id]) > 2):
        # Alembic loses count of its heads where a revision names what another one of its own comes after.
        assert not {*edges[one.id]} & above(edges, edges[one.id]), one
    labels = [label for one in found for label in one.label]
    # For Alembic a label that is a revision, or a word of its own, stands for two things.
    assert len({*labels}) == len(labels) and not {*labels} & {*ids, "base", "head", "heads"}
    assert parse(TEMPLATES.render(after)[MANIFEST]).resources == after.resources
    return after


def above(edges: dict[str, tuple[str, ...]], ids: tuple[str, ...]) -> set[str]:
    """All that comes before these."""
    more = {parent for one in ids for parent in edges.get(one, ())}
    return more | (above(edges, (*more,)) if more else set())


def with_other(manifest: Manifest, convention: str) -> Manifest:
    data = manifest.overrides.get("data", {})
    other = {**data, convention: not data.get(convention, convention == "soft_delete")}
    return replace(manifest, overrides={"data": other})


def test_a_label_is_no_revision() -> None:
    manifest = replace(START, overrides={"operations": {"idempotency": ["POST"]}})
    for name in (
        "core",
        "base",
        "head",
        "idempotency",
        "notes",
        "notes_create",
        "notes_0002_add_rank",
    ):
        manifest = changed(manifest, with_endpoint(manifest, name, "title:string"))
    changed(manifest, with_field(manifest, "notes", "rank:int?"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_migrations_never_change(seed: int) -> None:
    dice = random.Random(seed)
    manifest = START
    done = 0
    for _ in range(70):
        name, other = dice.sample(NAMES, 2)
        field = dice.choice(FIELDS)
        parent = f"parent:ref({other})?"
        convention = dice.choice(["soft_delete", "optimistic_version"])
        moves: list[tuple[Callable[..., Manifest], *tuple[str, ...]]] = [
            (with_endpoint, name, "title:string", field),
            (with_endpoint, name, "title:string", parent),
            (with_field, name, field),
            (with_definition, name, field),
            (with_field, name, parent),
            (without_field, name, field.partition(":")[0]),
            (without_field, name, "parent_id"),
            (with_other, convention),
            (dropped, name),
            (with_key, name, "owner_id", "title"),
            (with_key, name, "title", field.partition(":")[0]),
        ]
        move, *words = dice.choice(moves)
        try:
            after = move(manifest, *words)
        except UserError:
            continue
        manifest = changed(manifest, after)
        done += 1
    assert done > 10


def with_definition(manifest: Manifest, name: str, word: str) -> Manifest:
    """A field as `word` says, but optional where it is not and the other way round."""
    one, new = find_resource(manifest, name), parse_field(word)
    new = replace(new, optional=not new.optional, unique=False)
    change = altered(
        *(edits.find_field(one, new.name), new), fill=None, words=(), rows=False, resource=name
    )
    return manifest.with_resource(edits.with_altered_field(one, change))


def with_key(manifest: Manifest, name: str, *columns: str) -> Manifest:
    """Another key, or none where it is there."""
    one = find_resource(manifest, name)
    if not {*columns} <= {"owner_id", *(item.stored_in for item in one.fields)}:
        raise UserError("no such columns")
    key = Key(columns, columns[0] == "owner_id")
    keys = {*one.keys} ^ {key}
    return manifest.with_resource(replace(one, keys=in_order([*keys])))


def dropped(manifest: Manifest, name: str) -> Manifest:
    gone = find_resource(manifest, name)
    if any(one.ref == gone.name for item in manifest.resources for one in item.fields):
        raise UserError("it is a parent")
    return manifest.without_resource(name)


def test_a_key_is_a_migration_each_way() -> None:
    start = changed(START, with_endpoint(START, "lessons", "title:string", "rank:int"))
    keyed = changed(start, with_key(start, "lessons", "owner_id", "title"))
    gone = changed(keyed, with_key(keyed, "lessons", "owner_id", "title"))
    made = migrations(gone)["lessons_0002_unique_owner_id_title.py"]
    back = migrations(gone)["lessons_0003_no_unique_owner_id_title.py"]
    upgrade, downgrade = made.split("def downgrade")
    assert 'op.create_index(\n        "lessons_owner_id_title_key"' in upgrade
    assert 'op.drop_index(\n        "lessons_owner_id_title_key"' in downgrade
    assert 'op.drop_index(\n        "lessons_owner_id_title_key"' in back.split("def downgrade")[0]


def test_two_branches_meet_in_the_next_step() -> None:
    start = changed(START, with_endpoint(START, "lessons", "title:string"))
    left = changed(start, with_field(start, "lessons", "points:int=1")).resources[0]
    right = changed(start, with_field(start, "lessons", "level:enum(a,b)=a")).resources[0]
    fields = (*left.fields, right.fields[-1])
    history = (*left.history, right.history[-1])
    both = start.with_resource(replace(left, fields=fields, history=history))
    after = changed(both, with_field(both, "lessons", "note:text?"))
    found = {name: revision(text) for name, text in migrations(after).items()}
    for name in ("points", "level"):
        assert found[f"lessons_0002_add_{name}.py"].down == ("lessons_create",)
    assert found["lessons_0003_add_note.py"].down == (
        "lessons_0002_add_level",
        "lessons_0002_add_points",
    )


def test_a_table_that_is_made_again_is_another_parent() -> None:
    manifest = changed(START, with_endpoint(START, "rooms", "name:string"))
    manifest = changed(manifest, with_endpoint(manifest, "lessons", "t:string", "room:ref(rooms)"))
    manifest = changed(manifest, without_field(manifest, "lessons", "room_id"))
    manifest = changed(manifest, manifest.without_resource("rooms"))
    manifest = changed(manifest, with_endpoint(manifest, "rooms", "name:string"))
    manifest = changed(manifest, with_endpoint(manifest, "marks", "n:int", "room:ref(rooms)"))
    manifest = changed(manifest, with_field(manifest, "lessons", "room:ref(rooms)?"))
    found = {revision(text).id: revision(text).needs for text in migrations(manifest).values()}
    assert found["lessons_create"] == ("rooms_create",)
    assert found["rooms_0002_drop_table"] == ("lessons_0002_drop_room_id",)
    assert found["rooms_0003_create"] == ()
    assert found["marks_create"] == ("rooms_0003_create",)
    assert found["lessons_0003_add_room_id"] == ("rooms_0003_create",)


def test_a_child_of_two_parents_comes_after_both() -> None:
    manifest = changed(START, with_endpoint(START, "rooms", "name:string"))
    manifest = changed(manifest, with_endpoint(manifest, "halls", "t:string", "room:ref(rooms)"))
    manifest = changed(manifest, with_endpoint(manifest, "tags", "name:string"))
    refs = ("room:ref(rooms)", "hall:ref(halls)", "tag:ref(tags)")
    manifest = changed(manifest, with_endpoint(manifest, "marks", "n:int", *refs))
    found = revision(migrations(manifest)["marks_create.py"])
    assert (found.down, found.needs) == ((), ("halls_create", "tags_create"))


def test_names_of_the_code_reach_no_database() -> None:
    manifest = changed(START, with_endpoint(START, "rooms", "name:string!"))
    manifest = changed(
        manifest, with_endpoint(manifest, "lessons", "level:enum(a,b)+", "room:ref(rooms)")
    )
    before = migrations(manifest)
    renamed = edits.with_renamed_resource(manifest, manifest.resources[1], "halls")
    for old, new in (("level", "grade"), ("room_id", "hall_id")):
        one = edits.with_renamed_field(find_resource(renamed, "lessons"), old, new)
        renamed = renamed.with_resource(one)
    after = changed(manifest, renamed)
    assert migrations(after) == before
    tree = TEMPLATES.render(after)
    assert '__tablename__ = "rooms"' in tree["app/models/halls.py"]
    lessons = tree["app/models/lessons.py"]
    for word in (
        '"level"',
        '"room_id"',
        '"rooms.id"',
        "lessons_level_check",
        "lessons_room_id_fkey",
    ):
        assert word in lessons
    assert '"grade"' not in lessons and '"halls' not in lessons
    assert TEMPLATES.origins(manifest).keys() >= TEMPLATES.origins(after).keys() - tree.keys()


def test_what_a_step_renders_to_never_changes() -> None:
    """Databases have run it as it is: another way has to be another kind of step."""
    start = replace(START, overrides={"data": {"soft_delete": False}})
    found = migrations(evolved(rich(start), TEMPLATES))
    some = ("assessments_0", "comments", "remarks_0", "shelves", "tags_create")
    names = [name for name in sorted(found) if name.startswith(some)]
    text = "".join(f"==> {name}\n{found[name]}" for name in names)
    assert text == (ROOT / "tests/templates/fastapi_steps.txt").read_text("utf-8")


def test_a_dropped_table_is_a_migration_to_run(tmp_path: Path) -> None:
    stack = {"framework": "fastapi", "orm": "sqlalchemy"}
    service = next_steps.after_drop(stack, tmp_path, START)
    assert service[-2:] == (".venv/bin/python -m app.migrate", ".venv/bin/pytest")
    package = replace(START, service=False, source="shop/rest", alias="shop.rest")
    assert next_steps.after_drop(stack, tmp_path, package) == (
        "python -m shop.rest.migrate",
        "python -m pytest tests/endpoints",
    )


def test_hidden_rows_go_before_the_hidden_rows_that_they_refer_to() -> None:
    manifest = changed(START, with_endpoint(START, "rooms", "name:string"))
    manifest = changed(manifest, with_endpoint(manifest, "lessons", "t:string", "room:ref(rooms)"))
    manifest = changed(manifest, with_endpoint(manifest, "marks", "n:int", "room:ref(rooms)"))
    # Two branches that made a circle have no order.
    best = parse_fields(["best:ref(marks)?"])
    rooms = edits.with_fields(find_resource(manifest, "rooms"), best, has_rows=True)
    manifest = changed(manifest, manifest.with_resource(rooms))
    manifest = changed(manifest, with_other(manifest, "soft_delete"))
    found = {revision(text).id: revision(text).needs for text in migrations(manifest).values()}
    assert found["rooms_0003_no_soft_delete"] == ("lessons_0002_no_soft_delete",)
    assert found["marks_0002_no_soft_delete"] == found["lessons_0002_no_soft_delete"] == ()

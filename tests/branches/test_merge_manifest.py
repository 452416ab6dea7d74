"""Manifests that went apart: what merges, what clashes, and what comes out in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scaffold.branches.merge_manifest import MergedManifest, merge_manifests
from scaffold.manifest.manifest import Manifest
from scaffold.resources.fields import parse_field, parse_fields
from scaffold.resources.keys import Key
from scaffold.resources.table_steps import TableStep
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from tests.support.projects import resource

Edit = Callable[[Manifest], Manifest]
BASE = Manifest(Version("src", "v1"), "libsql", "school").with_resource(
    resource("courses", "name:string!", "seats:int=10")
)


def _newer(one: Version, two: Version) -> Version | None:
    return max(one, two) if "fork" not in (one.commit, two.commit) else None


def _merge(
    ours: Edit, theirs: Edit, base: Manifest | None = BASE, prefer: Any = None
) -> MergedManifest:
    start = base or Manifest(BASE.version, BASE.style, BASE.name)
    return merge_manifests(base, ours(start), theirs(start), _newer, prefer)


def _both(ours: Edit, theirs: Edit, base: Manifest | None = BASE) -> Manifest:
    merged = _merge(ours, theirs, base)
    assert merged.manifest is not None, merged.clashes
    other = _merge(theirs, ours, base).manifest
    assert other is not None and other.answers().keys() == merged.manifest.answers().keys()
    return merged.manifest


def _clashes(
    ours: Edit, theirs: Edit, base: Manifest | None = BASE
) -> list[tuple[str, object, object]]:
    merged = _merge(ours, theirs, base)
    assert merged.manifest is None
    for prefer, side in (("ours", ours), ("theirs", theirs)):
        chosen = _merge(ours, theirs, base, prefer).manifest
        assert chosen == side(base or Manifest(BASE.version, BASE.style, BASE.name))
    return [(clash.key, clash.ours, clash.theirs) for clash in merged.clashes]


def same(manifest: Manifest) -> Manifest:
    return manifest


def add(name: str, *words: str, **more: Any) -> Edit:
    return lambda manifest: manifest.with_resource(resource(name, *words, **more))


def remove(name: str) -> Edit:
    return lambda manifest: manifest.without_resource(name)


def change(**values: Any) -> Edit:
    """Other values of the resource `courses`."""

    def edit(manifest: Manifest) -> Manifest:
        known = manifest.find("courses")
        assert known is not None
        return manifest.without_resource("courses").with_resource(replace(known, **values))

    return edit


def fields(*words: str) -> Edit:
    return change(fields=parse_fields(list(words)))


def override(**groups: Any) -> Edit:
    return lambda manifest: replace(manifest, overrides=groups)


def at(commit: str) -> Edit:
    return lambda manifest: replace(manifest, version=Version("src", commit))


def specs(manifest: Manifest) -> list[str]:
    found = next(item for item in manifest.resources if item.stored_in == "courses")
    return [field.spec() for field in found.fields]


def test_resources_and_conventions_of_both() -> None:
    merged = _both(
        lambda one: override(
            rate_limit={"max": 5}, errors={"validation": {"code": "A", "status": 422}}
        )(add("lessons", "title:string", "course:ref(courses)")(one)),
        lambda one: override(rate_limit={"window": "1h"})(add("notes", "body:text")(one)),
    )
    assert [item.name for item in merged.resources] == ["courses", "lessons", "notes"]
    assert merged.overrides["rate_limit"] == {"max": 5, "window": "1h"}
    assert merged.overrides["errors"] == {"validation": {"code": "A", "status": 422}}


def test_the_same_on_both_sides_is_one() -> None:
    both = add("lessons", "title:string")
    assert _both(both, both) == both(BASE)
    assert _both(both, both, base=None).find("lessons")


def test_one_side_alone() -> None:
    for edit in (
        remove("courses"),
        fields("name:string!"),
        override(rate_limit={"max": 5}),
        at("v2"),
    ):
        assert _both(edit, same) == _both(same, edit) == edit(BASE)


def test_fields_of_both_in_the_order_of_the_commands() -> None:
    merged = _both(
        fields("name:string!", "seats:int=10", "room:string?"),
        fields("name:string!", "seats:int=10", "level:int=1"),
    )
    assert specs(merged) == ["name:string!", "seats:int=10", "room:string?", "level:int=1"]


def test_a_field_taken_out_here_and_one_renamed_there() -> None:
    heading = replace(parse_field("heading:string!"), column="name")
    merged = _both(
        fields("name:string!", "room:string?"),
        change(fields=(heading, parse_field("seats:int=10"))),
    )
    assert specs(merged) == ["heading:string!", "room:string?"]


def test_keys_of_one_field() -> None:
    merged = _both(
        fields("name:string{1..20}!", "seats:int=10"), fields("name:string!", "seats:int?=10")
    )
    assert specs(merged) == ["name:string{1..20}!", "seats:int?=10"]


def test_a_child_follows_a_parent_that_has_another_name() -> None:
    merged = _both(
        change(name="classes", singular="class", table="courses"),
        add("lessons", "course:ref(courses)"),
    )
    lessons = merged.find("lessons")
    assert lessons and lessons.fields[0].ref == "classes"


@pytest.mark.parametrize(
    ("ours", "theirs", "key", "values"),
    [
        (override(rate_limit={"max": 5}), override(rate_limit={"max": 6}), "overrides.rate_limit.max", (5, 6)),
        (add("notes", "a:int"), add("notes", "b:int"), "resources.notes", None),
        (remove("courses"), fields("name:string!"), "resources.courses", None),
        (change(methods=(), retired=True), fields("name:string!"), "resources.courses", None),
        (fields("seats:int=10"), fields("name:string{1..9}!", "seats:int=10"),
            "resources.courses.name", (None, "name:string{1..9}!")),
        (fields("name:string!", "seats:int=11"), fields("name:string!", "seats:int=12"),
            "resources.courses.seats.default", (11, 12)),
        (change(roles=("a",)), change(roles=("b",)), "resources.courses.roles", (["a"], ["b"])),
        (at("v2"), at("fork"), "_commit", (["src", "v2"], ["src", "fork"])),
    ],
)  # fmt: skip
def test_clashes(ours: Edit, theirs: Edit, key: str, values: tuple[object, object] | None) -> None:
    found = _clashes(ours, theirs)
    assert [clash[0] for clash in found] == [key]
    assert values is None or found[0][1:] == values


def test_the_newer_templates_of_two() -> None:
    merged = _merge(at("v2"), at("v3"))
    assert merged.manifest and merged.manifest.version.commit == "v3"
    assert "`v3`" in merged.notes[0]


def test_paths_of_the_user() -> None:
    def foreign(*paths: str) -> Edit:
        return lambda manifest: replace(manifest, foreign=paths)

    base = foreign("a", "b")(BASE)
    assert _both(foreign("a", "b", "c"), foreign("b", "d"), base).foreign == ("b", "c", "d")


def _history(*steps: tuple[int, str, str]) -> Edit:
    """A history of `courses`, and the fields that come of it."""
    made = TableStep(1, "create", parse_fields(["name:string!", "seats:int=10"]))
    columns = {field.name: field for field in made.fields}
    more = [TableStep(level, kind, (parse_field(word),)) for level, kind, word in steps]
    for step in more:
        (field,) = step.fields
        if step.kind == "add":
            columns[field.name] = field
        else:
            del columns[field.name]
    return change(history=(made, *more), fields=tuple(columns.values()))


def test_histories_keep_the_levels_of_both() -> None:
    merged = _both(
        _history((2, "add", "b:int?")), _history((2, "add", "a:int?"), (3, "drop", "seats:int=10"))
    )
    courses = merged.find("courses")
    assert courses is not None
    steps = [(step.id, step.kind, step.fields[0].name) for step in courses.history]
    assert steps == [(1, "create", "name"), (2, "add", "a"), (2, "add", "b"), (3, "drop", "seats")]


def test_the_same_step_at_two_levels_clashes() -> None:
    """Both would be migrations, and the second one would fail."""
    ours = _history((2, "add", "b:int?"))
    theirs = _history((2, "add", "a:int?"), (3, "add", "b:int?"))
    assert [clash.key for clash in _merge(ours, theirs).clashes] == ["resources.courses.history"]
    for prefer, levels in (("ours", [1, 2, 2]), ("theirs", [1, 2, 3])):
        merged = _merge(ours, theirs, prefer=prefer).manifest
        assert merged is not None
        assert [step.id for step in merged.resources[0].history] == levels


def _altered(word: str, *, tool: bool = False) -> Edit:
    """A column of `courses` with another definition; `tool`: only its note is a step."""
    made = TableStep(1, "create", parse_fields(["name:string!", "seats:int=10"]))
    new = parse_field(word)
    old = next(field for field in made.fields if field.name == new.name)
    step = TableStep(1 if tool else 2, "alter", (old, new))
    fields = tuple(new if field.name == new.name else field for field in made.fields)
    return change(history=(step,) if tool else (made, step), fields=fields)


@pytest.mark.parametrize("tool", [False, True])
def test_other_definitions_of_two_columns_are_two_steps(tool: bool) -> None:
    merged = _both(
        _altered("name:string{1..9}!", tool=tool), _altered("seats:bigint=10", tool=tool)
    )
    courses = merged.resources[0]
    assert specs(merged) == ["name:string{1..9}!", "seats:bigint=10"]
    steps = [(step.id, step.fields[0].name) for step in courses.history if step.kind == "alter"]
    assert steps == [(1 if tool else 2, "name"), (1 if tool else 2, "seats")]


def test_other_definitions_of_one_column_clash() -> None:
    ours, theirs = _altered("seats:bigint=10"), _altered("seats:int=11")
    keys = {clash.key for clash in _merge(ours, theirs).clashes}
    assert keys == {"resources.courses.seats"}
    for prefer, spec in (("ours", "seats:bigint=10"), ("theirs", "seats:int=11")):
        merged = _merge(ours, theirs, prefer=prefer).manifest
        assert merged is not None
        assert specs(merged)[1] == spec
        assert [step.fields[-1].spec() for step in merged.resources[0].history[1:]] == [spec]


def test_a_choice_goes_for_the_steps_of_the_column_too() -> None:
    """Renamed here, which is no step; taken out there, which is one."""
    heading = replace(parse_field("places:int=10"), column="seats")
    ours = change(fields=(parse_field("name:string!"), heading))

    theirs = _history((2, "drop", "seats:int=10"))
    assert [clash.key for clash in _merge(ours, theirs).clashes] == ["resources.courses.places"]
    for prefer, columns, steps in (("ours", ["name", "seats"], [1]), ("theirs", ["name"], [1, 2])):
        merged = _merge(ours, theirs, prefer=prefer).manifest
        assert merged is not None
        courses = merged.resources[0]
        assert [field.stored_in for field in courses.fields] == columns
        assert [step.id for step in courses.history] == steps


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (remove("courses"), add("lessons", "course:ref(courses)"), "`lessons.course_id` refers to `courses`"),
        (add("lesson", "a:int"), add("lessons", "a:int"), "`lessons` is another form of `lesson`"),
        (fields("name:string!", "roomno:int?"), fields("name:string!", "room_no:int?"), "another form of `roomno`"),
        (fields("name:string!", "seats:int{1..20}=10"), fields("name:string!", "seats:int=30"), "seats"),
    ],
)  # fmt: skip
def test_what_cannot_be_together_is_refused(ours: Edit, theirs: Edit, words: str) -> None:
    with pytest.raises(UserError) as caught:
        _merge(ours, theirs)
    assert words in caught.value.message
    assert caught.value.hint and "merge" in caught.value.hint


def test_keys_of_both_without_those_that_one_took_away() -> None:
    first = Key(("owner_id", "name"), True)
    second, third = Key(("name", "seats"), True), Key(("owner_id", "seats"), False)
    courses = BASE.find("courses")
    assert courses is not None
    base = BASE.with_resource(replace(courses, keys=(first,)))
    created = TableStep(1, "create", courses.fields, keys=(first,))

    def steps(*more: TableStep, keys: tuple[Key, ...]) -> Edit:
        return change(keys=keys, history=(created, *more))

    added = steps(TableStep(2, "key", keys=(second,)), keys=(second, first))
    other = steps(
        TableStep(2, "drop_key", keys=(first,)), TableStep(3, "key", keys=(third,)), keys=(third,)
    )
    for sides in ((added, other), (other, added)):
        (found,) = _both(*sides, base=base).resources
        assert found.keys == (second, third)
        assert [step.id for step in found.history] == [1, 2, 2, 3]
    # A key of a column that the other side took out.
    with pytest.raises(UserError, match="no column `seats`, which its key name,seats names"):
        _merge(change(keys=(second,)), change(fields=courses.fields[:1]))

"""Migrations of libSQL, run by SQLite: rows stay, and an evolved table is what a new one would be."""

from __future__ import annotations

import random
import re
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from scaffold.manifest import edits
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.manifest.new_resource import bind_refs, with_new
from scaffold.manifest.table_history import recorded
from scaffold.resources.fields import parse_fields
from scaffold.resources.keys import Key, in_order
from scaffold.resources.names import singular
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from tests.support.projects import CHECKOUT, EVERY_TYPE, evolved, rich
from tools.source import ROOT

TEMPLATES = CHECKOUT
VALUES = {"string": "abc", "enum": "draft"}
NOW = "2026-01-31T10:00:00.000Z"


def remembered(before: Manifest, after: Manifest) -> Manifest:
    """`after` with the steps of its tables, as each command writes them down."""
    old, new = (TEMPLATES.context(one)["conventions"] for one in (before, after))
    return recorded(before, after, old, new)


class Service:
    """A manifest that changes, and a database that each change reaches by new migrations only."""

    def __init__(self) -> None:
        self.manifest = Manifest(Version("x", "x"), "libsql", "clinic")
        self.files: dict[str, str] = self._files()
        self.database = connect(self.files)

    def _files(self) -> dict[str, str]:
        tree = TEMPLATES.render(self.manifest)
        return {path: text for path, text in tree.items() if path.endswith(".sql")}

    def change(self, after: Manifest) -> list[str]:
        """The new files; none that is there may change."""
        self.manifest = remembered(self.manifest, after)
        now = self._files()
        assert {path: now.get(path) for path in self.files} == self.files
        new = {path: text for path, text in now.items() if path not in self.files}
        self.files = now
        for path in ordered(new):
            with transaction(self.database):
                run(self.database, new[path])
        assert shape(connect(self.files)) == shape(self.database)
        return sorted(new)

    def endpoint(self, name: str, *fields: str, soft_delete: bool = False) -> list[str]:
        bound = bind_refs(self.manifest, name, parse_fields(list(fields)))
        made = Resource(name, singular(name), bound, soft_delete=soft_delete)
        return self.change(with_new(self.manifest, made, keep_fields=False))

    def one(self, name: str) -> Resource:
        return find_resource(self.manifest, name)

    def add(self, name: str, *fields: str) -> list[str]:
        bound = bind_refs(self.manifest, name, parse_fields(list(fields)))
        one = edits.with_fields(self.one(name), bound, has_rows=True)
        return self.change(self.manifest.with_resource(one))

    def remove(self, name: str, *fields: str) -> list[str]:
        return self.change(
            self.manifest.with_resource(edits.without_fields(self.one(name), fields))
        )

    def rename_field(self, name: str, old: str, new: str) -> list[str]:
        one = edits.with_renamed_field(self.one(name), old, new)
        return self.change(self.manifest.with_resource(one))

    def rename(self, name: str, new: str) -> list[str]:
        return self.change(edits.with_renamed_resource(self.manifest, self.one(name), new))

    def key(self, name: str, *keys: Key) -> list[str]:
        return self.change(
            self.manifest.with_resource(replace(self.one(name), keys=in_order(keys)))
        )

    def drop(self, name: str) -> list[str]:
        return self.change(self.manifest.without_resource(name))

    def set(self, **data: Any) -> list[str]:
        overrides = {"data": {**self.manifest.overrides.get("data", {}), **data}}
        return self.change(replace(self.manifest, overrides=overrides))

    def insert(self, table: str, key: str, **values: Any) -> None:
        values = {"id": key, "owner_id": "o", "created_at": NOW, "updated_at": NOW, **values}
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join("?" for _ in values)
        with transaction(self.database):
            self.database.execute(
                f'insert into "{table}" ({names}) values ({places})', [*values.values()]
            )

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        names = ", ".join(f'"{name}"' for name in columns)
        return self.database.execute(f'select {names} from "{table}" order by "id"').fetchall()


class transaction:
    """One transaction, as the service's own runner makes it: foreign keys are on and stay on."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def __enter__(self) -> None:
        self.database.execute("begin immediate")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.database.execute("rollback" if kind else "commit")


def connect(files: dict[str, str]) -> sqlite3.Connection:
    """An empty database, brought up to date."""
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.execute("pragma foreign_keys = on")
    for path in ordered(files):
        with transaction(database):
            run(database, files[path])
    return database


def run(database: sqlite3.Connection, text: str) -> None:
    """All statements of a file; `executescript` would end the transaction."""
    bare = re.sub(r"^--.*$", "", text, flags=re.MULTILINE)
    for statement in re.split(r";\n", bare):
        if statement.strip():
            database.execute(statement)


def ordered(files: dict[str, str]) -> list[str]:
    """As db/migrate.ts has them: by name, what one needs first, a table after what frees it."""
    done: list[str] = []
    seen: set[str] = set()

    def table(path: str) -> str:
        return path.split("/")[1]

    def add(path: str) -> None:
        if path in seen:
            return
        seen.add(path)
        needs = re.findall(r"^-- needs: (\S+)$", files[path], re.MULTILINE)
        firsts = [min((one for one in files if table(one) == need), default="") for need in needs]
        for other in sorted(files):
            frees = re.findall(r"^-- frees: (\S+)$", files[other], re.MULTILINE)
            drops = path.endswith("_drop_table.sql") and table(path) in frees
            if (table(other) == table(path) and other < path) or other in firsts or drops:
                add(other)
        done.append(path)

    for path in sorted(files):
        add(path)
    return done


def shape(database: sqlite3.Connection) -> dict[str, Any]:
    """What tables are, whatever the order of their columns."""
    found: dict[str, Any] = {}
    for kind, name, sql in database.execute("select type, name, sql from sqlite_schema"):
        if kind == "table":
            lines = re.split(r",\s*(?=\"\w+\" )", sql.partition("(")[2].rpartition(")")[0].strip())
            found[name] = sorted(line.strip() for line in lines)
        elif sql:
            found[name] = sql
    return found


def test_each_change_keeps_the_rows() -> None:
    service = Service()
    service.endpoint("courses", "title:string")
    assert service.endpoint(
        "lessons", "name:string{1..80}", "points:int{0..10}+", "note:text?"
    ) == ["migrations/lessons/0001_create.sql"]
    service.insert("courses", "c", title="Mathematics")
    service.insert("lessons", "a", name="A", points=3, note="n")
    assert service.add("lessons", "weight:decimal{1..10}=3") == [
        "migrations/lessons/0002_add_weight.sql"
    ]
    assert service.add(
        "lessons", "level:enum(easy,hard)+=easy", "code:string?!", "ok:bool=true"
    ) == [
        "migrations/lessons/0003_add_level.sql",
        "migrations/lessons/0004_add_code.sql",
        "migrations/lessons/0005_add_ok.sql",
    ]
    assert service.rename_field("lessons", "points", "score") == []
    assert service.remove("lessons", "note") == ["migrations/lessons/0006_drop_note.sql"]
    assert service.add("lessons", "course:ref(courses)?") == [
        "migrations/lessons/0007_add_course_id.sql"
    ]
    assert service.rename("lessons", "units") == []
    assert service.rename("courses", "subjects") == []
    assert service.remove("units", "score") == ["migrations/lessons/0008_drop_points.sql"]
    assert service.rows("lessons", "name", "weight", "level", "code", "ok", "course_id") == [
        ("A", 3.0, "easy", None, 1, None)
    ]
    assert isinstance(service.rows("lessons", "weight")[0][0], float)
    service.insert("lessons", "b", name="B", course_id="c", code="x")
    for wrong in ({"course_id": "?"}, {"code": "x"}, {"level": "odd"}, {"weight": 11}, {"ok": 2}):
        with pytest.raises(sqlite3.IntegrityError):
            service.insert("lessons", "z", **{"name": "Z", **wrong})
    with pytest.raises(sqlite3.IntegrityError):
        service.database.execute("delete from courses")


def test_soft_delete_and_version_go_on_and_off() -> None:
    service = Service()
    service.endpoint("notes", "name:string!", "rank:int+")
    service.insert("notes", "a", name="same", rank=1)
    assert service.set(soft_delete=True, optimistic_version=True) == [
        "migrations/notes/0002_soft_delete.sql",
        "migrations/notes/0003_version.sql",
    ]
    service.database.execute("update notes set deleted_at = 'now'")
    service.insert("notes", "b", name="same", rank=2)
    assert service.rows("notes", "id", "version") == [("a", 1), ("b", 1)]
    assert service.set(soft_delete=False, optimistic_version=False) == [
        "migrations/notes/0004_no_soft_delete.sql",
        "migrations/notes/0005_no_version.sql",
    ]
    assert service.rows("notes", "id", "name", "rank") == [("b", "same", 2)]
    with pytest.raises(sqlite3.IntegrityError):
        service.insert("notes", "c", name="same", rank=3)


def test_a_table_goes_after_what_refers_to_it_and_can_come_back() -> None:
    service = Service()
    service.endpoint("a_parents", "name:string")
    service.endpoint("children", "name:string", "parent:ref(a_parents)")
    service.insert("a_parents", "p", name="P")
    service.insert("children", "c", name="C", parent_id="p")
    before = service.manifest
    freed = edits.without_fields(service.one("children"), ["parent"])
    # Two commands, one migration run: the parent's rows can only go after the child's column.
    middle = remembered(before, before.with_resource(freed))
    service.manifest = before
    service.change(remembered(middle, middle.without_resource("a_parents")))
    assert service.rows("children", "name") == [("C",)]
    assert "a_parents" not in shape(service.database)
    assert service.endpoint("a_parents", "title:string") == ["migrations/a_parents/0003_create.sql"]
    service.insert("a_parents", "q", title="Q")
    service.add("children", "parent:ref(a_parents)?")
    service.remove("children", "parent")
    assert service.drop("a_parents") == ["migrations/a_parents/0004_drop_table.sql"]
    assert service.drop("children")[-1].endswith("_drop_table.sql")
    assert shape(service.database) == shape(Service().database)


def test_keys_come_and_go_with_their_rows() -> None:
    service = Service()
    service.endpoint("books", "title:string")
    service.endpoint("copies", "shelf:string", "state:string", "book:ref(books)")
    service.insert("books", "b", title="B")
    for number in (1, 2):
        service.insert("copies", f"c{number}", book_id="b", shelf="s", state=str(number))
    pair, other = Key(("book_id", "state"), True), Key(("owner_id", "shelf"), False)
    assert service.key("copies", pair, other) == [
        "migrations/copies/0002_unique_book_id_state.sql",
        "migrations/copies/0003_index_owner_id_shelf.sql",
    ]
    with pytest.raises(sqlite3.IntegrityError, match=r"copies\.book_id, copies\.state"):
        service.insert("copies", "c3", book_id="b", shelf="s", state="1")
    service.set(soft_delete=True)
    service.database.execute("update copies set deleted_at = 'now' where id = 'c1'")
    service.insert("copies", "c3", book_id="b", shelf="s", state="1")
    with pytest.raises(UserError, match=r"`state` is part of the unique key `book_id,state`"):
        service.remove("copies", "state")
    service.rename_field("copies", "state", "condition")
    service.set(soft_delete=False)
    assert service.rows("copies", "id", "state") == [("c2", "2"), ("c3", "1")]
    # Rows that do not fit stop the migration, and nothing of it stays.
    with pytest.raises(sqlite3.IntegrityError):
        service.key("copies", Key(("book_id", "shelf"), True))
    assert len(service.rows("copies", "id")) == 2


def test_what_a_step_renders_to_never_changes() -> None:
    """Applied migrations are refused once they differ: a change of the SQL has to be another kind of step."""
    project = evolved(rich(Manifest(Version("x", "x"), "libsql", "clinic")), TEMPLATES)
    tree = TEMPLATES.render(project)
    names = sorted(path for path in tree if path.endswith(".sql"))
    text = "".join(f"==> {path}\n{tree[path]}" for path in names)
    assert text == (ROOT / "tests/templates/libsql_steps.txt").read_text("utf-8")


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 13))]
)
def test_any_changes_in_any_order(seed: int) -> None:
    dice = random.Random(seed)
    # SQLite before 3.45 takes no NULL for JSON.
    kinds = [word.partition(":")[2] for word in EVERY_TYPE if not re.search("ref|json", word)]
    kinds += ["string{1..40}=a 'quoted' word", "datetime=2026-01-31T10:00:00Z", "float{-1.5..}=0.5"]
    service = Service()
    service.endpoint("parents", "name:string")
    service.endpoint("things", "name:string", *(f"f{n}:{kind}" for n, kind in enumerate(kinds)))
    required = [item for item in service.one("things").fields if not item.optional]
    values = {item.name: VALUES.get(item.type, 1) for item in required if item.default is None}
    service.insert("parents", "p", name="P")
    service.insert("things", "a", **values)
    for turn in range(10):
        one = next(item for item in service.manifest.resources if item.stored_in == "things")
        field = dice.choice(one.fields[1:]).name
        move = dice.randrange(7)
        if move == 0:
            try:
                service.remove(one.name, field)
            except UserError as error:
                assert "is part of" in error.message
        elif move == 6:
            columns = dice.sample([item.stored_in for item in one.fields], 2)
            kept = [key for key in one.keys if dice.random() < 0.5]
            service.key(one.name, *kept, Key(("owner_id", *columns), dice.random() < 0.5))
        elif move == 1:
            service.rename_field(one.name, field, f"renamed_{turn}")
        elif move == 2:
            service.rename(one.name, f"{'abcdefghij'[turn]}_rows")
        elif move == 3:
            service.set(soft_delete=dice.random() < 0.5, optimistic_version=dice.random() < 0.5)
        elif move == 4:
            service.add(one.name, f"p{turn}:ref(parents)?")
        else:
            try:
                service.add(one.name, f"n{turn}:{dice.choice(kinds)}")
            except UserError as error:
                assert "rows of" in error.message
    assert service.rows("things", "id") == [("a",)]

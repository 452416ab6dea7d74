"""Alembic's migrations of tables that change: each step forth and back with rows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from scaffold.manifest import edits
from scaffold.manifest.edits import find_resource
from scaffold.manifest.manifest import Manifest
from scaffold.resources.resource import Resource
from scaffold.sources.address import Version
from scaffold.support.errors import UserError
from tests.e2e.shell import Postgres
from tests.support import packages
from tests.support.days import SOAK, of_day
from tests.support.field_matrix import PAIRS, columns, plain, row, row_after, unfit_row
from tests.support.revisions import TEMPLATES, remembered, with_endpoint, with_field, without_field

pytestmark = pytest.mark.slow

VERSIONS = "app/migrations/versions"
# Runs inside the project, with what it has installed.
DRIVER = """
import asyncio, contextlib, decimal, importlib, io, json, sys, traceback, uuid
sys.path.insert(0, ".")
import sqlalchemy as sa
from alembic import command, util
from alembic.script import ScriptDirectory

def begin(url):
    # The project's modules as they are by now.
    global Database, config, now, scripts, settings
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    from app.core.database import Database
    from app.core.migrations import config_of
    from app.core.records import now
    from app.core.settings import Settings
    settings = Settings(database_url=url, environment="test", jwt_secret="x" * 40)
    config = config_of(settings)
    scripts = ScriptDirectory.from_config(config)

def work(job):
    async def inside():
        database = Database(settings)
        async with database.engine.begin() as connection:
            result = await connection.run_sync(job)
        await database.close()
        return result
    return asyncio.run(inside())

def table(connection, name):
    return sa.Table(name, sa.MetaData(), autoload_with=connection)

def some(column):
    kind = column.type.python_type
    if kind in (int, float, bool):
        return kind(7)
    if kind is str:
        return uuid.uuid4().hex[: column.type.length or 32]
    if kind.__module__ == "datetime":
        return {"date": now().date(), "time": now().time(), "datetime": now()}[kind.__name__]
    return {"UUID": uuid.uuid4(), "Decimal": decimal.Decimal(7)}.get(kind.__name__, {})

def insert(name, values):
    # A row with some value wherever there has to be one.
    def job(connection):
        made = table(connection, name)
        full = {one.name: some(one) for one in made.c if not one.nullable or one.name in values}
        full |= {key: value for key, value in values.items() if value != "some"}
        connection.execute(made.insert(), full)
        return str(full["id"])
    return work(job)

def typed(column, value):
    kind = column.type.python_type
    if value is None or kind in (dict, object) or isinstance(value, kind):
        return value
    if kind.__module__ == "datetime":
        return kind.fromisoformat(value)
    return kind(str(value))

def many(name, given):
    # All in one statement; columns that are not given have some value.
    def job(connection):
        made = table(connection, name)
        rest = [one for one in made.c if not one.nullable and one.name not in given[0]]
        for one in made.c:
            if isinstance(one.type, sa.JSON):
                one.type.none_as_null = True
        connection.execute(made.insert(), [
            {**{one.name: some(one) for one in rest}, **{key: typed(made.c[key], value) for key, value in row.items()}}
            for row in given
        ])
    return work(job)

def execute(*statements):
    return work(lambda connection: [connection.execute(sa.text(one)) for one in statements] and None)

def refused():
    try:
        command.upgrade(config, "heads")
    except ValueError as error:
        return str(error)

def rows(name):
    def job(connection):
        found = connection.execute(table(connection, name).select()).mappings()
        return [{key: str(value) if value is not None else None for key, value in row.items()}
                for row in found]
    return work(job)

def shape():
    def job(connection):
        inspector = sa.inspect(connection)
        def one(name):
            return [
                sorted((c["name"], str(c["type"]), c["nullable"], str(c["default"]))
                       for c in inspector.get_columns(name)),
                sorted((i["name"], tuple(i["column_names"]), bool(i["unique"]),
                        str(sorted((k, str(v)) for k, v in i.get("dialect_options", {}).items() if "where" in k)))
                       for i in inspector.get_indexes(name)),
                sorted((k["name"], k["referred_table"], str(k["options"]))
                       for k in inspector.get_foreign_keys(name)),
                sorted(k["name"] for k in inspector.get_check_constraints(name) if k["name"]),
            ]
        return {name: one(name) for name in inspector.get_table_names()}
    return work(job)

def walk():
    # Every step of every table back, then all of them again.
    for script in scripts.walk_revisions():
        if script.revision.endswith("_create") and not script.revision[-11:-7].isdigit():
            try:
                command.downgrade(config, script.revision)
            except util.CommandError as error:
                # Another table took it along.
                assert "not a valid downgrade target" in str(error)
    command.upgrade(config, "heads")

known = {
    "upgrade": lambda to: command.upgrade(config, to),
    "downgrade": lambda to: command.downgrade(config, to),
    "check": lambda: command.check(config),
    "heads": lambda: sorted(scripts.get_heads()),
    "insert": insert, "rows": rows, "shape": shape, "walk": walk,
    "many": many, "execute": execute, "refused": refused,
}
for line in sys.stdin:
    url, actions = json.loads(line)
    words, answers = io.StringIO(), []
    try:
        with contextlib.redirect_stdout(words):
            begin(url)
            for name, *given in actions:
                answers.append(known[name](*given))
        print(json.dumps(answers), flush=True)
    except BaseException:
        print(json.dumps(words.getvalue() + traceback.format_exc()), flush=True)
"""


class Service:
    """A manifest that changes, and its project on disk."""

    def __init__(self, folder: Path, python: str, url: Callable[[], str]) -> None:
        self.folder = folder
        self.url = url
        folder.mkdir()
        self.driver = subprocess.Popen(
            [python, "-c", DRIVER],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.database = url()
        self.manifest = Manifest(
            Version("x", "x"),
            "fastapi",
            "clinic",
            source="app",
            alias="app",
            overrides={"data": {"soft_delete": False}, "operations": {"idempotency": []}},
        )

    def change(self, after: Manifest) -> list[str]:
        """Writes what the change brings, and gives the new migrations; none that is there may change."""
        before = TEMPLATES.render(self.manifest)
        self.manifest = remembered(self.manifest, after)
        return self.write(before)

    def write(self, before: dict[str, str]) -> list[str]:
        """The project as the manifest has it now; `before` is what it was."""
        tree = TEMPLATES.render(self.manifest)
        made = {path for path in before if path.startswith(VERSIONS)}
        assert {path: tree.get(path) for path in made} == {path: before[path] for path in made}
        for path in before.keys() - tree.keys():
            (self.folder / path).unlink(missing_ok=True)
        for path, text in tree.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return sorted(
            Path(path).stem for path in tree.keys() - made if path.startswith(f"{VERSIONS}/")
        )

    def do(self, *actions: list[Any], database: str | None = None) -> list[Any]:
        """What the driver's actions gave."""
        assert self.driver.stdin and self.driver.stdout
        print(json.dumps([database or self.database, actions]), file=self.driver.stdin, flush=True)
        line = self.driver.stdout.readline()
        found: list[Any] | str = json.loads(line) if line else "the driver ended"
        assert isinstance(found, list), found[-6000:]
        return found

    def one(self, name: str) -> Resource:
        return find_resource(self.manifest, name)

    def with_endpoint(self, name: str, *fields: str) -> Manifest:
        return with_endpoint(self.manifest, name, *fields)

    def with_field(self, name: str, *fields: str) -> Manifest:
        return with_field(self.manifest, name, *fields)

    def without_field(self, name: str, *fields: str) -> Manifest:
        return without_field(self.manifest, name, *fields)

    def with_data(self, **data: Any) -> Manifest:
        before = self.manifest.overrides
        return replace(self.manifest, overrides={**before, "data": {**before["data"], **data}})


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python with what a service needs."""
    folder = tmp_path_factory.mktemp("clinic")
    manifest = Manifest(Version("x", "x"), "fastapi", "clinic", source="app", alias="app")
    (folder / "pyproject.toml").write_text(TEMPLATES.render(manifest)["pyproject.toml"])
    return str(packages.python(packages.requirements(folder)))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A running PostgreSQL server; not below pytest's folder, which another run of pytest closes to others."""
    with TemporaryDirectory(prefix="scaffold-postgres-") as folder:
        server = Postgres(Path(folder) / "server")
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgres"])
def service(request: pytest.FixtureRequest, python: str, tmp_path: Path) -> Iterator[Service]:
    """An empty service, whose databases are of one kind."""
    count = iter(range(100))

    def url() -> str:
        name = f"d{next(count)}_{abs(hash(tmp_path))}"
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / name}.db"
        server: Postgres = request.getfixturevalue("postgres")
        return server.database(name)

    made = Service(tmp_path / "clinic", python, url)
    yield made
    made.driver.communicate()


ADDED = [
    "weight:int{1..10}=3",
    "score:decimal=1.5",
    "starts:datetime=2024-01-01T00:00:00Z",
    "tag:uuid=1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    "opens:time=10:00:00",
    "active:bool=true",
    "day:date=2024-01-01",
    "views:bigint=5",
    "ratio:float=0.5",
    'label:string="it"',
    "level:enum(easy,hard)+=easy",
    "summary:text?",
    "slug:string?!",
    "extra:json?",
    "mood:enum(good,bad)?",
]
GONE = [
    "note:string?+",
    "code:string{3..12}!",
    "kind:enum(a,b)=a",
    "body:text",
    "rank:int{5..9}",
    "price:decimal",
    "due:date",
    "at:datetime",
    "clock:time",
    "ref:uuid",
    "site:url",
    "open:bool",
    "data:json",
    "share:float",
    "parent:ref(rooms)",
]


def test_every_step_keeps_the_rows(service: Service) -> None:
    service.change(service.with_endpoint("rooms", "name:string"))
    service.change(service.with_endpoint("lessons", "title:string{1..200}", *GONE))
    service.change(service.with_endpoint("marks", "points:int", "lesson:ref(lessons)"))
    room = service.do(["upgrade", "heads"], ["insert", "rooms", {}])[1]
    lesson = {"kind": "b", "parent_id": room, "note": "some"}
    first = service.do(["insert", "lessons", lesson], ["insert", "lessons", lesson])
    service.do(["insert", "marks", {"lesson_id": first[0]}])
    rows = service.do(["rows", "lessons"])[0]

    names = [word.partition(":")[0] for word in GONE]
    steps: list[Callable[[], Manifest]] = [
        lambda: service.with_field("lessons", *ADDED),
        lambda: service.manifest.with_resource(
            edits.with_renamed_field(service.one("lessons"), "title", "heading")
        ),
        lambda: service.without_field("lessons", *names),
        lambda: service.with_field("lessons", "room:ref(rooms)?"),
        lambda: service.with_data(soft_delete=True),
        lambda: service.with_data(optimistic_version=True),
        lambda: edits.with_renamed_resource(service.manifest, service.one("lessons"), "units"),
        lambda: service.with_field("units", "title:string?", "unit:string?!"),
        lambda: service.with_field("marks", "room:ref(rooms)?"),
    ]
    for step in steps[:7]:
        service.change(step())
        service.do(["upgrade", "heads"], ["check"])
    with pytest.raises(UserError, match="belongs to the field `heading`"):
        steps[7]()
    service.change(service.with_field("units", "subtitle:string?", "unit:string?!"))
    service.change(steps[8]())
    service.do(["upgrade", "heads"], ["check"])

    found = {row["id"]: row for row in service.do(["rows", "lessons"])[0]}
    for was in rows:
        now = found[was["id"]]
        same = ("title", "owner_id", "created_at", "updated_at")
        assert [now[name] for name in same] == [was[name] for name in same]
        assert (now["weight"], float(now["score"]), now["level"]) == ("3", 1.5, "easy")
        assert now["starts"].startswith("2024-01-01 00:00:00")
        assert now["tag"].replace("-", "") == "1b4e28ba2fa141d2883f0016d3cca427"
        assert (now["opens"], now["day"], now["version"]) == ("10:00:00", "2024-01-01", "1")
        assert {now[name] for name in ("summary", "slug", "mood", "room_id", "deleted_at")} == {
            None
        }
        assert not {*names} & {*now}

    # A row that is hidden goes, when there is no hiding any more.
    more = {"slug": "one", "level": "easy", "deleted_at": "some"}
    hidden = service.do(["insert", "lessons", more], ["insert", "lessons", more])[0]
    service.do(["insert", "marks", {"lesson_id": hidden, "deleted_at": "some"}])
    service.change(service.with_data(soft_delete=False, optimistic_version=True))
    service.do(["upgrade", "heads"], ["check"])
    assert len(service.do(["rows", "lessons"])[0]) == len(service.do(["rows", "marks"])[0]) + 1 == 2

    # All at once makes the same database, and every step goes back, also with rows.
    again = service.url()
    shapes = service.do(["upgrade", "heads"], ["check"], ["shape"], database=again)
    assert shapes[2] == service.do(["shape"])[0]
    back = service.do(["walk"], ["check"], ["shape"], ["rows", "lessons"], ["rows", "marks"])
    assert back[2] == shapes[2]
    assert (len(back[3]), len(back[4])) == (2, 1)
    service.do(["downgrade", "base"], ["upgrade", "heads"], ["check"])


def test_two_branches_each_add_a_field(service: Service) -> None:
    for name in ("rooms", "halls"):
        service.change(service.with_endpoint(name, "name:string"))
    parents = ("room:ref(rooms)?", "hall:ref(halls)?")
    service.change(service.with_endpoint("lessons", "title:string", *parents))
    service.do(["upgrade", "heads"], ["check"], ["insert", "lessons", {}])
    start = service.manifest
    left = remembered(start, service.with_field("lessons", "points:int=1"))
    right = remembered(start, service.with_field("lessons", "level:enum(a,b)=a"))
    one, other = (find_resource(side, "lessons") for side in (left, right))
    before = TEMPLATES.render(service.manifest)
    service.manifest = service.manifest.with_resource(
        replace(
            one,
            fields=(*one.fields, other.fields[-1]),
            history=(*one.history, other.history[-1]),
        )
    )
    assert service.write(before) == ["lessons_0002_add_level", "lessons_0002_add_points"]
    heads, _, _ = service.do(["heads"], ["upgrade", "heads"], ["check"])
    assert {"lessons_0002_add_level", "lessons_0002_add_points"} <= {*heads}
    service.do(["downgrade", "lessons_0002_add_level"], ["upgrade", "heads"], ["check"])

    assert service.change(service.with_field("lessons", "note:text?")) == ["lessons_0003_add_note"]
    heads = service.do(["heads"], ["upgrade", "heads"], ["check"])[0]
    assert [name for name in heads if name.startswith("lessons")] == ["lessons_0003_add_note"]
    row = service.do(["rows", "lessons"])[0][0]
    assert (row["points"], row["level"], row["note"]) == ("1", "a", None)
    assert service.do(["walk"], ["check"], ["rows", "lessons"])[2][0]["title"] == row["title"]
    shape = service.do(["upgrade", "heads"], ["shape"], database=service.url())[1]
    assert shape == service.do(["shape"])[0]


def test_a_table_goes_and_comes_back(service: Service) -> None:
    database = service.database
    for name in ("rooms", "rooms", "rooms"):
        service.change(service.with_endpoint(name, "name:string!"))
        service.change(service.with_endpoint("lessons", "title:string?", "room:ref(rooms)"))
        service.do(["upgrade", "heads"], ["check"])
        room = service.do(["insert", "rooms", {}])[0]
        service.do(["insert", "lessons", {"room_id": room}])
        service.change(service.without_field("lessons", "room_id"))
        service.change(service.with_field("lessons", "room:ref(rooms)?"))
        service.do(["upgrade", "heads"], ["check"])
        service.change(service.manifest.without_resource("lessons"))
        service.change(service.manifest.without_resource("rooms"))
        service.do(["upgrade", "heads"], ["check"])
        assert not {"rooms", "lessons"} & {*service.do(["shape"])[0]}
    service.change(service.with_endpoint("rooms", "size:int"))
    service.do(["upgrade", "heads"], ["check"], ["walk"], ["downgrade", "base"])
    shapes = [
        service.do(["upgrade", "heads"], ["check"], ["shape"], database=one)[2]
        for one in (database, service.url())
    ]
    assert shapes[0] == shapes[1]


# Rows cost time: `make soak` has many.
ROWS = 1000 if SOAK else 60
# Each migration takes a while, so days in a row have all of them in turn.
PAIRS_A_DAY = 6
KIDS = "create table kids (id integer primary key, lesson {} references lessons (id) on delete cascade)"


def test_every_other_definition_keeps_the_rows_or_changes_nothing(service: Service) -> None:
    made = ("title:string", *(field.spec() for field in columns()))
    service.change(service.with_endpoint("lessons", *made))
    service.change(service.with_endpoint("marks", "lesson:ref(lessons)"))
    given = [{"title": str(number), **row(number)} for number in range(ROWS)]
    service.do(["upgrade", "heads"], ["many", "lessons", given])
    ids = {one["title"]: one["id"] for one in service.do(["rows", "lessons"])[0]}
    lite = service.database.startswith("sqlite")
    service.do(
        ["many", "marks", [{"lesson_id": one} for one in ids.values()]],
        ["execute", KIDS.format("char(32)" if lite else "uuid")],
        ["execute", "insert into kids select row_number() over (), id from lessons"],
    )
    done: list[int] = []
    for number, pair in of_day([*enumerate(PAIRS)], PAIRS_A_DAY):
        changed = edits.with_altered_field(service.one("lessons"), pair.alteration(number))
        service.change(service.manifest.with_resource(changed))
        name = f"f{number}"
        for value in pair.unfit:
            before = service.do(["rows", "lessons"], ["shape"])
            spoiled = {"title": "unfit", **unfit_row(number, value, ROWS, done)}
            said = service.do(["many", "lessons", [spoiled]], ["refused"])[1]
            assert said and "do not fit, nothing was changed" in said, (pair, said)
            service.do(["execute", "delete from lessons where title = 'unfit'"])
            assert service.do(["rows", "lessons"], ["shape"]) == before, pair
        done.append(number)
        service.do(["upgrade", "heads"])
        found = {one["title"]: one[name] for one in service.do(["rows", "lessons"])[0]}
        wanted = {str(n): row_after(n)[name] for n in range(ROWS)}
        assert {title: plain(value) for title, value in found.items()} == {
            title: plain(value) for title, value in wanted.items()
        }, pair
    after = service.do(["rows", "lessons"], ["rows", "marks"], ["rows", "kids"], ["check"])
    assert {one["title"]: one["id"] for one in after[0]} == ids
    assert [len(rows) for rows in after[:3]] == [ROWS, ROWS, ROWS]
    again = service.url()
    shapes = service.do(["upgrade", "heads"], ["shape"], ["walk"], ["shape"], database=again)
    now = service.do(["shape"])[0]
    assert {**shapes[1], "kids": now["kids"]} == now
    assert shapes[3] == shapes[1]

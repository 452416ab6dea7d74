"""What `field`, `rename`, `remove --drop-table` and `set` do to a project that people edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scaffold.api import apply_, change, endpoint, fields, new, remove, set_, show, status
from scaffold.api.doctor import examine
from scaffold.manifest.manifest import Manifest, load
from scaffold.resources.changes import Change
from scaffold.support.errors import UserError
from tools.source import commit, make_source

ROUTE = "src/app/api/assessments/route.ts"
MOVED = "src/app/api/exams/route.ts"
SCHEMA = "src/resources/assessments/schema.ts"


@pytest.fixture
def project(service: Path, tmp_path: Path) -> Path:
    """A copy of the service with `assessments` on Drizzle, to change."""
    shutil.copytree(service, tmp_path / "clinic", symlinks=True)
    return tmp_path / "clinic"


@pytest.fixture(scope="module")
def libsql(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service on libSQL with a parent and a child, to look at or to copy."""
    folder = tmp_path_factory.mktemp("libsql") / "school"
    new.new(str(folder), style="libsql")
    at = str(folder)
    endpoint.endpoint("courses", ["title:string"], project=at)
    endpoint.endpoint("lessons", ["name:string!", "course:ref(courses)"], project=at)
    return folder


@pytest.fixture
def school(libsql: Path, tmp_path: Path) -> Path:
    shutil.copytree(libsql, tmp_path / "school", symlinks=True)
    return tmp_path / "school"


def manifest(project: Path) -> Manifest:
    found = load(project)
    assert found is not None
    return found


def texts(project: Path) -> dict[str, str]:
    paths = (path for path in sorted(project.rglob("*")) if path.is_file())
    found = {path.relative_to(project).as_posix(): path for path in paths}
    ours = (".git/", ".scaffold/")
    return {name: path.read_text() for name, path in found.items() if not name.startswith(ours)}


def migrations(project: Path) -> dict[str, str]:
    return {path: text for path, text in texts(project).items() if path.startswith("migrations/")}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_field_comes_and_goes_without_a_trace(project: Path) -> None:
    edit(project / SCHEMA, "export type Create", "// mine\nexport type Create")
    before = texts(project)
    at = str(project)
    fields.add_fields("assessments", ["weight:int{1..10}=1", "note:text?"], project=at)
    added = texts(project)
    assert "// mine" in added[SCHEMA] and "weight" in added[SCHEMA]
    assert "weight" in added["tests/resources/assessments.test.ts"]
    fields.remove_fields("assessments", ["weight", "note"], project=at)
    assert texts(project) == before


def test_a_line_that_both_changed_is_a_conflict(project: Path) -> None:
    edit(project / SCHEMA, "const fields = {\n", "const fields = {\n  mine: z.string(),\n")
    edit(project / SCHEMA, "  title: ", "  title: mine() ?? ")
    done = fields.rename_field("assessments", "title", "name", project=str(project))
    assert [change.path for change in done.plan.conflicts] == [SCHEMA]
    assert "<<<<<<< " in (project / SCHEMA).read_text()
    with pytest.raises(UserError, match="still has conflict markers"):
        fields.rename_field("assessments", "name", "label", project=str(project))


def test_a_renamed_field_keeps_its_column_and_gets_its_name_back(project: Path) -> None:
    before = texts(project)
    at = str(project)
    fields.rename_field("assessments", "title", "name", project=at)
    (field,) = manifest(project).resources[0].fields
    assert (field.name, field.column) == ("name", "title")
    fields.rename_field("assessments", "name", "title", project=at)
    assert texts(project) == before


def test_a_rename_takes_edits_along(project: Path) -> None:
    edit(project / ROUTE, "export ", "// mine\nexport ")
    (project / "src/resources/assessments/helper.ts").write_text("export {};\n")
    (project / "tests/support/factories/assessments.ts").unlink()
    crlf = project / "src/resources/assessments/model.ts"
    crlf.write_bytes(crlf.read_bytes().replace(b"\n", b"\r\n"))
    done = fields.rename("assessments", "exams", project=str(project))
    after = texts(project)
    assert "// mine" in after[MOVED] and "/api/exams" in after[MOVED]
    assert ROUTE not in after and "src/resources/assessments/schema.ts" not in after
    assert b"\r\n" in (project / "src/resources/exams/model.ts").read_bytes()
    assert "tests/support/factories/exams.ts" not in after
    assert any("src/resources/assessments/helper.ts" in text for text in done.messages)
    states = {item.path: item.state for item in status.status(str(project)).files}
    assert states[MOVED] == "edited"
    assert states["tests/support/factories/exams.ts"] == "deleted"
    assert not any("assessments" in path for path in states)


def test_a_rename_names_a_marked_file_where_it_is(project: Path) -> None:
    path = project / ROUTE
    path.write_text("<<<<<<< yours\na\n=======\nb\n>>>>>>> scaffold\n" + path.read_text())
    with pytest.raises(UserError, match=ROUTE):
        fields.rename("assessments", "exams", project=str(project))


def test_a_rename_and_back_leaves_no_trace(project: Path) -> None:
    before = texts(project)
    fields.rename("assessments", "exams", project=str(project))
    assert manifest(project).resources[0].table == "assessments"
    fields.rename("exams", "assessments", project=str(project))
    assert texts(project) == before


def test_a_conflict_of_a_moved_file_has_both_sides(project: Path) -> None:
    edit(project / ROUTE, "'/api/assessments'", "'/api/mine'")
    done = fields.rename("assessments", "exams", project=str(project))
    assert [change.path for change in done.plan.conflicts] == [MOVED]
    text = (project / MOVED).read_text()
    assert "'/api/mine'" in text and "'/api/exams'" in text and ">>>>>>> " in text
    assert not (project / ROUTE).exists()


def test_what_stands_at_a_new_path_stops_a_rename(project: Path) -> None:
    (project / MOVED).parent.mkdir()
    (project / MOVED).write_text("mine\n")
    before = texts(project)
    with pytest.raises(UserError, match=f"`{MOVED}` exists"):
        fields.rename("assessments", "exams", project=str(project))
    assert texts(project) == before


def test_a_dry_run_writes_nothing(project: Path) -> None:
    before = texts(project)
    dry = fields.rename("assessments", "exams", project=str(project), dry_run=True)
    assert texts(project) == before
    real = fields.rename("assessments", "exams", project=str(project))
    assert dry.plan == real.plan


def test_a_relation_later_changes_both_sides(project: Path) -> None:
    at = str(project)
    endpoint.endpoint("comments", ["body:text"], project=at)
    parent = project / "tests/resources/assessments.test.ts"
    assert "comments" not in parent.read_text()
    fields.add_fields("comments", ["assessment:ref(assessments)?"], project=at)
    assert "property: 'assessmentId'" in parent.read_text()
    fields.rename("assessments", "exams", project=at)
    (field,) = [one for one in manifest(project).resources[0].fields if one.ref]
    assert (field.name, field.ref) == ("assessment_id", "exams")
    with pytest.raises(UserError, match="parent of `comments`"):
        remove.remove("exams", project=at)
    fields.remove_fields("comments", ["assessment"], project=at)
    remove.remove("exams", project=at)


def test_migrations_are_only_added(school: Path) -> None:
    at = str(school)
    first = migrations(school)
    done = set_.set_values(["data.soft_delete=true", "data.optimistic_version=true"], project=at)
    assert "npm run db:migrate" in done.next_steps
    second = migrations(school)
    assert second.items() >= first.items()
    assert sorted(path for path in second if path not in first) == [
        f"migrations/{table}/000{number}.sql"
        for table in ("courses", "lessons")
        for number in ("2_soft_delete", "3_version")
    ]
    off = set_.set_values(["data.soft_delete=false"], project=at)
    assert any("removes soft-deleted rows of `courses`, `lessons`" in text for text in off.messages)
    with pytest.raises(UserError, match=r"data\.id cannot become `int`"):
        set_.set_values(["data.id=int"], project=at)


def test_a_required_field_needs_a_default_even_where_the_migration_is_gone(school: Path) -> None:
    shutil.rmtree(school / "migrations/lessons")
    (finding,) = [one for one in examine(str(school)) if "migration" in one.what]
    assert not finding.ok and finding.hint == "git checkout -- migrations (lessons)"
    with pytest.raises(UserError, match="`rank` is required"):
        fields.add_fields("lessons", ["rank:int"], project=str(school))


def test_a_dropped_table_is_seen_by_its_migrations_only(school: Path) -> None:
    at = str(school)
    with pytest.raises(UserError, match="parent of `lessons`"):
        remove.remove("courses", project=at, drop_table=True)
    fields.rename("lessons", "units", project=at)
    kept = remove.remove("units", project=at)
    assert "--drop-table" in kept.messages[-1]
    with pytest.raises(UserError) as error:
        remove.remove("courses", project=at, drop_table=True)
    assert error.value.hint == "first `scaffold remove units --drop-table`"
    done = remove.remove("units", project=at, drop_table=True)
    assert done.next_steps == ("npm run db:migrate", "npm test")
    assert (
        "-- frees: courses\ndrop table"
        in migrations(school)["migrations/lessons/0002_drop_table.sql"]
    )
    dropped = manifest(school).find("lessons")
    assert dropped is not None and dropped.dropped and not manifest(school).find("units")
    with pytest.raises(UserError, match="no resource `lessons`"):
        show.show("lessons", project=at)
    with pytest.raises(UserError, match="a table that was dropped"):
        fields.rename("courses", "lessons", project=at)
    assert {item.state for item in status.status(at).files} == {"unchanged"}
    assert not any("lessons" in path for path in texts(school) if "migrations" not in path)

    before = migrations(school)
    endpoint.endpoint("lessons", ["subject:string"], project=at)
    after = migrations(school)
    assert after.items() > before.items()
    assert 'create table "lessons"' in after["migrations/lessons/0003_create.sql"]
    fields.add_fields("lessons", ["rank:int=1"], project=at)
    assert "migrations/lessons/0004_add_rank.sql" in migrations(school)


def test_a_kept_table_comes_back_with_its_columns(school: Path) -> None:
    at = str(school)
    fields.rename_field("lessons", "name", "label", project=at)
    before = texts(school)
    remove.remove("lessons", project=at)
    # The same endpoint, whether its fields are named or not.
    endpoint.endpoint("lessons", [], project=at)
    assert texts(school) == before
    remove.remove("lessons", project=at)
    endpoint.endpoint("lessons", ["label:string!", "course:ref(courses)", "rank:int?"], project=at)
    assert manifest(school).resources[1].fields[0].column == "name"
    assert "migrations/lessons/0002_add_rank.sql" in migrations(school)


@pytest.mark.slow
def test_templates_that_know_no_columns(tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v0.0.1")
    text = (source / "copier.yml").read_text()
    start = text.index("table_steps:")
    (source / "copier.yml").write_text(text[:start] + text[text.index("live:", start) :])
    commit(source, "Older", "v0.0.2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAFFOLD_SOURCE", str(source))
        folder = str(tmp_path / "clinic")
        new.new(folder, style="supabase")
        endpoint.endpoint("notes", [], project=folder)
        before = texts(tmp_path / "clinic")
        with pytest.raises(UserError, match="they are too old"):
            fields.add_fields("notes", ["rank:int"], project=folder)
        with pytest.raises(UserError, match="they are too old"):
            fields.rename("notes", "remarks", project=folder)
        with pytest.raises(UserError, match="they are too old"):
            change.change("notes", Change(soft_delete=True), project=folder)
        file = tmp_path / "r.yml"
        file.write_text("resources: {notes: {fields: ['name:string{1..200}', 'rank:int']}}\n")
        with pytest.raises(UserError, match="they are too old"):
            apply_.apply_file(str(file), project=folder)
        assert texts(tmp_path / "clinic") == before

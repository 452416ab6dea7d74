"""What `change` does to a project that people edited, in each style."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaffold.api import change, endpoint, new, status
from scaffold.manifest.manifest import load
from scaffold.planning.plan import Action
from scaffold.resources.changes import Change
from scaffold.resources.options import Options
from scaffold.support.errors import UserError

FIELDS = ["name:string{1..80}", "rank:int=1"]


def texts(project: Path) -> dict[str, str]:
    paths = [path for path in sorted(project.rglob("*")) if path.is_file()]
    found = {path.relative_to(project).as_posix(): path for path in paths}
    ours = (".git/", ".scaffold/")
    return {name: path.read_text() for name, path in found.items() if not name.startswith(ours)}


def made(folder: Path, style: str, options: Options) -> str:
    new.new(str(folder / "school"), style=style)
    endpoint.endpoint("lessons", FIELDS, project=str(folder / "school"), options=options)
    return str(folder / "school")


@pytest.mark.slow
@pytest.mark.parametrize("style", ["supabase", "fastapi"])
def test_a_changed_endpoint_is_one_that_was_made_so(style: str, tmp_path: Path) -> None:
    options = Options(
        methods="list,get,create",
        roles=("editor", "create=admin"),
        rate_limit="7/1h",
        paginate="cursor",
        unique=("owner,name",),
    )
    one = made(tmp_path / "one", style, Options(public=True, methods="list,delete"))
    wanted = Change(
        methods="list,get,create",
        roles=("editor", "create=admin"),
        public=False,
        rate_limit="7/1h",
        paginate="cursor",
        unique=("owner,name",),
    )
    done = change.change("lessons", wanted, project=one)
    assert done.report is not None and done.report["rate_limit"] == "7/1h"
    other = made(tmp_path / "other", style, options)
    found, expected = texts(Path(one)), texts(Path(other))
    apart = {path for path in {**found, **expected} if found.get(path) != expected.get(path)}
    # Where scaffold writes the migrations, the change is another one, and the manifest remembers it.
    versions = "app/migrations/versions/lessons_"
    assert (
        apart
        == {
            "supabase": set(),
            "fastapi": {
                ".copier-answers.yml",
                f"{versions}create.py",
                f"{versions}0002_unique_owner_id_name.py",
            },
        }[style]
    ), apart
    assert {item.state for item in status.status(one).files} == {"unchanged"}


def test_a_route_goes_and_comes_back_with_edits_elsewhere(tmp_path: Path) -> None:
    at = made(tmp_path, "libsql", Options(roles=("INSTRUCTOR",)))
    schema = tmp_path / "school/src/resources/lessons/schema.ts"
    schema.write_text(schema.read_text() + "// mine\n")
    done = change.change("lessons", Change(methods="none"), project=at)
    gone = [item.path for item in done.plan.changes if item.action is Action.DELETE]
    assert "src/app/api/lessons/route.ts" in gone and done.report is None
    assert "roles: INSTRUCTOR → none" in done.messages
    change.change("lessons", Change(methods="list,get"), project=at)
    assert schema.read_text().endswith("// mine\n")
    found = load(tmp_path / "school")
    assert found is not None
    (lessons,) = found.resources
    assert (lessons.methods, lessons.roles) == (("list", "get"), ())


def test_hidden_rows_go_only_if_that_is_said(tmp_path: Path) -> None:
    at = made(tmp_path, "fastapi", Options())
    before = texts(tmp_path / "school")
    # The convention of the style.
    with pytest.raises(UserError, match="every resource does"):
        change.change("lessons", Change(soft_delete=False), drop=True, project=at)
    assert texts(tmp_path / "school") == before

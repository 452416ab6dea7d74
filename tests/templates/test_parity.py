"""Plain Copier writes what scaffold writes: on a copy, on an update, and never into the user's files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaffold.manifest.host import AUTH_KINDS
from scaffold.manifest.manifest import load
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from scaffold.sources.versions import newest
from tests.conftest import Run
from tests.support.folders import changed, foreign_app, tree, update_in_a_process
from tests.support.plain_copier import copy, update
from tests.support.projects import (
    AGENTS,
    CLERK,
    MIXTURES,
    NEXTJS,
    beside,
    evolved,
    hosted,
    manifest_of,
    rich,
)
from tools.source import commit, git, make_source

EVERY_TYPE = """
endpoint assessments title:string{1..200} body:text? rank:int{1..10}=5 views:bigint? ratio:float?
score:decimal{0..100}? active:bool=true due_date:date? starts_at:datetime? at_time:time? tag:uuid?
settings:json? contact:email? homepage:url? code:string{3..12}! status:enum(draft,published)+=draft
student:ref(users)?
"""
PROJECTS = {
    "no resource": [],
    "every type": [
        EVERY_TYPE,
        "endpoint comments body:text{1..2000} assessment:ref(assessments) --soft-delete",
    ],
    "every option": [
        "endpoint tags --public --role admin --role editor --rate-limit 5/10s --paginate none",
        "endpoint notes --paginate cursor --methods list,create",
        "model rubrics weight:int",
        "set routing.prefix=/v2/api pagination.default_limit=7",
        'set errors.validation={"code":"BAD","status":422}',
    ],
}


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param(PROJECTS["no resource"], marks=pytest.mark.slow),
        pytest.param(PROJECTS["every type"], marks=pytest.mark.slow),
        pytest.param(PROJECTS["every option"], marks=pytest.mark.slow),
    ],
    ids=PROJECTS.keys(),
)
def test_copier_copy_writes_the_same_bytes(commands: list[str], run: Run, tmp_path: Path) -> None:
    project = make_project(run, tmp_path, commands)
    manifest = load(project)
    assert manifest is not None
    copied = tmp_path / "copied"
    copy(manifest, copied)
    rendered = Templates(fetch(manifest.version)).render(manifest)
    assert tree(copied) == rendered
    assert tree(project) == rendered


@pytest.mark.slow
@pytest.mark.parametrize("kind", AUTH_KINDS)
def test_copier_copy_writes_the_same_bytes_for_every_sign_in(
    kind: str, source: Path, tmp_path: Path
) -> None:
    version = newest()
    templates = Templates(fetch(version))
    host = {"auth": "@/auth#auth", "auth_kind": kind}
    manifest = replace(manifest_of(CLERK, templates), version=version, service=False, host=host)
    copy(rich(manifest), tmp_path / "copied")
    assert tree(tmp_path / "copied") == templates.render(rich(manifest))


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(path, marks=[pytest.mark.slow] * (path.stem != "fastapi"))
        for path in [*AGENTS, *MIXTURES]
    ],
    ids=lambda path: path.stem,
)
def test_copier_copy_writes_the_same_bytes_for_every_document(
    document: Path, source: Path, tmp_path: Path
) -> None:
    version = newest()
    templates = Templates(fetch(version))
    manifest = rich(replace(manifest_of(document, templates), version=version))
    copied = tmp_path / "copied"
    copy(manifest, copied)
    assert tree(copied) == templates.render(manifest)


@pytest.mark.slow
@pytest.mark.parametrize("document", ["supabase", "libsql"])
def test_copier_copy_writes_the_same_bytes_beside_theirs(document: str, tmp_path: Path) -> None:
    version = newest()
    templates = Templates(fetch(version))
    path = next(path for path in AGENTS if path.stem == document)
    manifest = beside(rich(replace(manifest_of(path, templates), version=version)))
    copied = tmp_path / "copied"
    copy(manifest, copied)
    assert tree(copied) == templates.render(manifest)
    assert "'API_DATABASE_URL'" in (copied / "src/db/client.ts").read_text()


PRISMA = {"prisma_schema": "db/schema", "prisma_client": "../../generated/client"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("document", "host", "file", "words"),
    [
        ("supabase", {"table_prefix": "app_"}, "src/api-db/schema/notes.ts", "'app_notes'"),
        ("prisma", PRISMA, "db/schema/api-models/notes.prisma", '@@map("notes")'),
        ("prisma", {**PRISMA, "prisma": "6"}, "src/api-db/errors.ts", "P2002"),
    ],
)
def test_copier_copy_writes_the_same_bytes_in_a_host(
    document: str, host: dict[str, str], file: str, words: str, tmp_path: Path
) -> None:
    version = newest()
    templates = Templates(fetch(version))
    path = next(path for path in AGENTS if path.stem == document)
    manifest = rich(replace(manifest_of(path, templates), version=version))
    manifest = hosted(manifest, **host)
    copied = tmp_path / "copied"
    copy(manifest, copied)
    assert tree(copied) == templates.render(manifest)
    assert words in (copied / file).read_text()


@pytest.mark.slow
@pytest.mark.parametrize("document", AGENTS, ids=lambda path: path.stem)
def test_copier_copy_writes_the_same_bytes_after_changes(
    document: Path, source: Path, tmp_path: Path
) -> None:
    version = newest()
    templates = Templates(fetch(version))
    first = rich(replace(manifest_of(document, templates), version=version))
    manifest = evolved(first, templates)
    copied = tmp_path / "copied"
    copy(manifest, copied)
    assert tree(copied) == templates.render(manifest)
    # As it stands in the file, too.
    assert load(copied) == manifest


@pytest.mark.slow
def test_copier_update_brings_a_new_convention_and_keeps_edits(run: Run, tmp_path: Path) -> None:
    source = make_source(tmp_path / "source", "v1.0.0")
    env = {"SCAFFOLD_SOURCE": str(source)}
    project = make_project(run, tmp_path, ["endpoint notes"], env)
    route = project / "src/app/api/notes/route.ts"
    edit = "// A line of the user's.\n"
    route.write_text(edit + route.read_text())
    (project / "README.md").unlink()
    commit(project, "Edits")

    agent = source / "agents/supabase.md"
    agent.write_text(agent.read_text().replace("max: 60", "max: 30"))
    commit(source, "Fewer requests", "v1.1.0")

    update_in_a_process(project)
    assert edit in route.read_text()
    assert "max: 30," in route.read_text()
    assert "max: 60," not in route.read_text()
    assert "max: 30," in (project / "src/app/api/notes/[id]/route.ts").read_text()
    assert '_commit: "v1.1.0"' in (project / ".copier-answers.yml").read_text()
    assert not any("<<<<<<<" in text for text in tree(project).values())
    # scaffold goes on from there, at the version that Copier recorded.
    assert run(["endpoint", "tasks"], project, env).returncode == 0
    assert "max: 30," in (project / "src/app/api/tasks/route.ts").read_text()


@pytest.mark.parametrize(
    ("folder", "style"),
    [
        pytest.param("apps/web" if name != "supabase" else "shop", name, marks=pytest.mark.slow)
        for name in NEXTJS
    ],
)
def test_copier_update_leaves_a_foreign_project_alone(
    folder: str, style: str, run: Run, tmp_path: Path
) -> None:
    source = make_source(tmp_path / "source", "v1.0.0")
    env = {"SCAFFOLD_SOURCE": str(source)}
    repository = tmp_path / "repository"
    project = foreign_app(repository, folder)
    (project / "vitest.config.mts").write_text("export default {};\n")
    commit(repository, "Begin")
    done = run(["endpoint", "notes", "--style", style], project, env)
    assert done.returncode == 0, done.stderr
    assert changed(repository) == [f"{folder}/package.json"]
    commit(repository, "Endpoint")
    before = tree(repository)

    config = source / "templates/nextjs/{{ vitest_config }}.mts.jinja"
    config.write_text("// new\n" + config.read_text())
    errors = source / "templates/nextjs/{{ source }}/lib/api/errors.ts.jinja"
    errors.write_text(errors.read_text() + "// new\n")
    commit(source, "Change both", "v1.1.0")
    update(project)
    # Nothing else, where git does not look either: vitest.config.mts is theirs.
    after = tree(repository)
    assert {path for path in {*before, *after} if before.get(path) != after.get(path)} == {
        f"{folder}/.copier-answers.yml",
        f"{folder}/src/lib/api/errors.ts",
        f"{folder}/tests/contract.config.mts",
    }


def make_project(
    run: Run, folder: Path, commands: list[str], env: dict[str, str] | None = None
) -> Path:
    """A committed project made by `scaffold new` and then these commands."""
    project = folder / "project"
    for words in (["new", str(project), "--style", "supabase"], *map(str.split, commands)):
        done = run(words, project if project.exists() else folder, env)
        assert done.returncode == 0, (words, done.stderr)
    commit(project, "Project") if git(project, "status", "--porcelain") else None
    return project

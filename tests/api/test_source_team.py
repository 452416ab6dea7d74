"""A team's own repository of templates: from a fork to projects that are at its newest version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scaffold.manifest.manifest import Manifest
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from scaffold.sources.pack import open_texts
from scaffold.sources.versions import newest
from scaffold.support.errors import UserError
from tests.conftest import Run
from tests.support.folders import tree
from tests.support.plain_copier import update
from tools.source import commit, git, make_source


class Team:
    """A fork with a URL, and a checkout of it in which the team works."""

    def __init__(self, folder: Path) -> None:
        origin = make_source(folder / "scaffold", "v0.1.0")
        git(folder, "clone", "--quiet", "--bare", str(origin), str(folder / "templates.git"))
        self.url = (folder / "templates.git").as_uri()
        self.work = folder / "work"
        git(folder, "clone", "--quiet", self.url, str(self.work))

    def release(self, name: str, old: str, new: str, tag: str) -> None:
        """A change of a file, tagged and pushed."""
        path = self.work / name
        text = path.read_text("utf-8")
        assert re.search(old, text)
        path.write_text(re.sub(old, lambda _: new, text, count=1), "utf-8")
        commit(self.work, f"Release {tag}", tag)
        git(self.work, "push", "--quiet", "--tags", "origin", "HEAD:main")


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team(tmp_path / "team")


@pytest.mark.slow
def test_a_change_of_a_fork_comes_to_its_projects(team: Team, run: Run, tmp_path: Path) -> None:
    team.release("agents/supabase.md", r"max: \d+", "max: 31", "v0.1.0.1")
    project = tmp_path / "clinic"
    done = run(["new", "clinic", "--style", "supabase", "--source", team.url], tmp_path)
    assert done.returncode == 0, done.stderr
    assert run(["endpoint", "notes", "--source", team.url], project).returncode == 0
    answers = (project / ".copier-answers.yml").read_text("utf-8")
    assert f'_src_path: "{team.url}"' in answers
    assert '_commit: "v0.1.0.1"' in answers
    assert "max: 31," in (project / "src/app/api/notes/route.ts").read_text("utf-8")
    commit(project, "Notes")
    clone = tmp_path / "colleague"
    git(tmp_path, "clone", "--quiet", str(project), str(clone))

    team.release("agents/supabase.md", r"max: \d+", "max: 29", "v0.1.0.2")
    # Nobody asked the source yet; `update` does, and from then on it is known to the others.
    assert "are there" not in run(["endpoint", "tasks", "--dry-run"], project).stdout
    done = run(["update", "--dry-run"], project)
    assert done.returncode == 0, done.stderr
    done = run(["endpoint", "tasks", "--dry-run"], project)
    assert "templates v0.1.0.2 are available: `scaffold update`" in done.stdout
    assert run(["update"], project).returncode == 0
    update(clone)
    assert tree(clone) == tree(project)
    assert "max: 29," in (clone / "src/app/api/notes/route.ts").read_text("utf-8")


def broken(folder: Path, name: str, old: str, new: str) -> Templates:
    """The templates with a mistake in one file."""
    for file, kept in open_texts(fetch(newest())).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(kept, "utf-8")
    path = folder / name
    text = path.read_text("utf-8")
    assert re.search(old, text)
    path.write_text(re.sub(old, lambda _: new, text, count=1), "utf-8")
    return Templates(folder)


def test_templates_of_strangers_are_rendered_in_a_sandbox(tmp_path: Path) -> None:
    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    templates = broken(tmp_path / "t", "templates/parts/updates.jinja", r"\A", escape)
    with pytest.raises(UserError, match=r"the template `.*` cannot be rendered: .*unsafe"):
        templates.render(Manifest(newest(), "supabase", "clinic"))


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("copier.yml", "_envops: {", "_envops: {extensions: [os.path], ", "`extensions`, which"),
        ("copier.yml", "(?s).*", "a: [", "`copier.yml` lacks valid YAML"),
        ("copier.yml", "(?s).*", "name: {type: str}", "`copier.yml` lacks _subdirectory"),
        ("templates/conventions.yml", "(?s).*", "- a", "`templates/conventions.yml` lacks a map"),
        ("templates/parts/updates.jinja", "(?s).*", "{% if %}", "`templates/parts/updates.jinja`"),
        ("copier.yml", r"\Z", "\nodd:\n  type: str\n", "asks `odd`, which scaffold does not know"),
    ],
)
def test_a_mistake_in_the_templates_is_one_message(
    name: str, old: str, new: str, says: str, tmp_path: Path
) -> None:
    templates = broken(tmp_path / "t", name, old, new)
    with pytest.raises(UserError) as caught:
        assert templates.schema
        templates.render(Manifest(newest(), "supabase", "clinic"))
    assert says in caught.value.message

"""`scaffold agents export`: of a project, of a stranger's app, of a document; another project can follow it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from scaffold.agents.document import read
from scaffold.api.export import export
from scaffold.conventions.schema import fill
from scaffold.manifest.manifest import load
from scaffold.rendering.render import Templates
from scaffold.sources.address import fetch
from scaffold.sources.versions import newest
from tests.conftest import Run
from tests.support.folders import foreign_app, tree

DOCUMENT = """---
name: Our Backend
description: |
  Use it for routes.
  user: "An endpoint, please"
conventions:
  routing: {prefix: /v2}
  rate_limit: {max: 7, store: redis}
entities:
  articles: {fields: ['title:string{1..80}']}
---

# Our backend
"""


def test_another_project_can_follow_what_a_project_exports(
    run: Run, service: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(service, project, symlinks=True)
    assert run(["set", "rate_limit.max=9", "data.id=ulid"], project).returncode == 0
    before = tree(project)
    done = run(["agents", "export", "--to", "claude"], project)
    assert done.returncode == 0 and tree(project) == before
    assert (project / "AGENTS.md").read_text("utf-8") in done.stdout
    (tmp_path / "backend.md").write_text(done.stdout, "utf-8")
    made = run(["new", "other", "--style", "backend.md"], tmp_path)
    assert made.returncode == 0, made.stderr
    one, other = load(project), load(tmp_path / "other")
    assert one is not None and other is not None
    templates = Templates(fetch(newest()))
    values = [templates.context(manifest)["conventions"] for manifest in (one, other)]
    assert values[0] == values[1]
    assert values[0]["rate_limit"]["max"] == 9


def test_a_project_of_somebody_elses_has_guidance_too(run: Run, tmp_path: Path) -> None:
    project = foreign_app(tmp_path, "shop")
    words = ["endpoint", "grades", "--style", "supabase"]
    assert run(words, project).returncode == 0
    assert not (project / "AGENTS.md").exists()
    done = run(["agents", "export", "--to", "agents-md", "--json"], project)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["to"] == "agents-md"
    assert "- Framework: Next.js" in data["text"]
    assert data["conventions"]["data"] == {"rls": True}


def test_a_document_of_a_user_keeps_what_it_states(tmp_path: Path) -> None:
    path = tmp_path / "backend.md"
    path.write_text(DOCUMENT, "utf-8")
    found = export(str(path), "claude")
    templates = Templates(fetch(newest()))
    again = read(found.text, templates.schema, "again.md")
    assert again.problems == ()
    ours = read(DOCUMENT, templates.schema, "backend.md")
    assert fill(templates.schema, again.conventions) == fill(templates.schema, ours.conventions)
    assert again.entities == ours.entities == found.entities
    assert again.front_matter["description"] == 'Use it for routes. user: "An endpoint, please"'


def test_a_document_in_prose_says_what_is_not_generated(tmp_path: Path) -> None:
    path = tmp_path / "CLAUDE.md"
    path.write_text(
        "# Backend\n\n## Stack\n\n- Framework: FastAPI\n- ORM: SQLAlchemy\n- Database: PostgreSQL\n"
        "- Authentication: own JWT access tokens\n\n## Conventions\n\n- API prefix: `/api/v3`\n"
        "- Rate limit: 5 requests per minute for login\n- Rate limit: 90 requests per minute by default\n",
        "utf-8",
    )
    found = export(str(path), "claude")
    assert found.conventions["routing"] == {"prefix": "/api/v3"}
    assert found.conventions["rate_limit"] == {"max": 90}
    assert "## Not generated" in found.text.split("---\n")[2]

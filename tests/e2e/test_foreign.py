"""Projects that we did not make: what `create-next-app` makes today, and one in a monorepo."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.shell import Client, npm, serve, token
from tests.test_parity import changed, tree, update
from tools.node import node_env
from tools.source import commit, git

pytestmark = pytest.mark.slow

CREATE = "create-next-app@16.4.3"
FLAGS = ["--api", "--ts", "--app", "--eslint", "--use-npm", "--skip-install", "--disable-git"]
APPS = {
    "src": ("shop", ["--src-dir", "--import-alias", "@/*"]),
    "root with another alias": ("shop", ["--no-src-dir", "--import-alias", "#/*"]),
    "monorepo": ("apps/web", ["--src-dir", "--import-alias", "~/*"]),
}


@pytest.mark.parametrize(("folder", "flags"), APPS.values(), ids=APPS.keys())
def test_an_endpoint_in_an_app_of_create_next_app(
    folder: str, flags: list[str], run: Run, tmp_path: Path
) -> None:
    app = tmp_path / "repository" / folder
    app.parent.mkdir(parents=True)
    subprocess.run(
        ["npx", "--yes", CREATE, app.name, *FLAGS, *flags],
        cwd=app.parent,
        env=node_env(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    repository = tmp_path / "repository"
    git(repository, "init", "--quiet", "--initial-branch=main")
    commit(repository, "create-next-app")
    before = (app / "package.json").read_text()

    words = [
        "endpoint",
        "assessments",
        "title:string{1..200}",
        "score:decimal{0..100}?",
        "due:date?",
    ]
    done = run([*words, "--style", "supabase"], app)
    assert done.returncode == 0, done.stderr
    assert changed(repository) == [f"{folder}/package.json"]
    was, now = json.loads(before), json.loads((app / "package.json").read_text())
    for section, entries in was.items():
        if isinstance(entries, dict):
            assert {key: now[section][key] for key in entries} == entries
        else:
            assert now[section] == entries
    assert list(now)[: len(was)] == list(was)

    commit(repository, "Endpoint")
    made = tree(repository)
    update(app)
    assert tree(repository) == made
    assert run([*words, "--style", "supabase"], app).returncode == 0
    assert tree(repository) == made

    npm(app, "install")
    npm(app, "run", "db:generate")
    for gate in ("typecheck", "test", "build"):
        npm(app, "run", gate)
    with serve(app, LOCAL_STACK="1") as url:
        alice = Client(url, token(app, "alice"))
        assert alice("POST", "/api/assessments", {"title": "First", "score": 1.5}).status == 201
        assert alice("GET", "/api/assessments").json["meta"]["pagination"]["total"] == 1
        assert Client(url)("GET", "/api/assessments").status == 401
        assert alice("POST", "/api/assessments", {"title": ""}).status == 400
    secrets = git(repository, "status", "--porcelain", "--untracked-files=all").split()
    assert not [path for path in secrets if ".data/" in path]

"""Projects that we did not make: what `create-next-app` makes today, and one in a monorepo.

Each of the three gets another style, and all styles have their turn within a few days.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.conftest import Run
from tests.e2e.shell import npm
from tests.e2e.stacks import LOCAL, NextJs
from tests.support.days import DAY, of_day
from tests.support.folders import changed, tree
from tests.support.plain_copier import update
from tests.support.projects import NEXTJS
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


# Runners of theirs, in the app of the monorepo. Each would be red with a test of ours in it.
THEIRS = {
    "vitest.config.mts": """\
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { exclude: ['e2e/**', 'units/**', 'node_modules/**'] } });
""",
    "tests/price.test.ts": "import { expect, it } from 'vitest';\n\nit('is one', () => expect(1).toBe(1));\n",
    "jest.config.cjs": "module.exports = { testPathIgnorePatterns: ['/e2e/', 'price'] };\n",
    "units/sum.test.js": "test('adds', () => expect(1 + 1).toBe(2));\n",
    "playwright.config.ts": "export default { testDir: '.', testIgnore: ['units/**', '**/price.test.ts'] };\n",
    "e2e/page.spec.ts": "import { test } from '@playwright/test';\n\ntest('opens', () => undefined);\n",
}
SCRIPTS = {"test": "vitest run", "typecheck": "tsc --noEmit", "test:units": "jest"}
RUNNERS = {"vitest": "3.2.4", "jest": "30.2.0", "@playwright/test": "1.56.1"}


def _with_tests_of_theirs(app: Path) -> None:
    for path, text in THEIRS.items():
        (app / path).parent.mkdir(exist_ok=True)
        (app / path).write_text(text)
    data = json.loads((app / "package.json").read_text())
    data["scripts"] |= SCRIPTS
    data["devDependencies"] |= RUNNERS
    (app / "package.json").write_text(json.dumps(data, indent=2) + "\n")
    # What create-next-app ignores beside this hides what our tests leave behind.
    (app / ".gitignore").write_text(
        "node_modules\n.next\nnext-env.d.ts\n/drizzle\n/prisma/migrations\n"
    )


def _check_tests_of_theirs(app: Path) -> None:
    """Their runners see their tests and none of ours, and green is what was green."""
    said = npm(app, "run", "test")
    assert "tests/price.test.ts" in said and "1 passed" in said and "contract" not in said
    said = npm(app, "run", "test:units", "--", "--listTests")
    assert [line for line in said.splitlines() if line.startswith("/")] == [
        str(app / "units/sum.test.js")
    ]
    said = npm(app, "exec", "--", "playwright", "test", "--list")
    assert "Total: 1 test in 1 file" in said


STYLES = [NEXTJS[(DAY + number) % len(NEXTJS)] for number in range(len(APPS))]


def _health(app: Path) -> str:
    """The path of our endpoint that asks the database."""
    routes = next(top for top in (app / "src/app", app / "app") if top.is_dir())
    return next(routes.rglob("health/route.ts")).parent.relative_to(routes).as_posix()


def _status(url: str) -> int:
    try:
        with urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    ("folder", "flags", "style"),
    of_day(
        [
            pytest.param(*app, style, id=f"{name}-{style}")
            for (name, app), style in zip(APPS.items(), STYLES, strict=True)
        ],
        1,
    ),
)
def test_an_endpoint_in_an_app_of_create_next_app(
    folder: str, flags: list[str], style: str, run: Run, tmp_path: Path
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
    has_tests = folder != "shop"
    if has_tests:
        _with_tests_of_theirs(app)
        commit(repository, "Tests")
    before = (app / "package.json").read_text()

    words = ["endpoint", "pictures", "title:string{1..200}", "score:decimal{0..100}?", "due:date?"]
    words += ["--rate-limit", "20/1m", "--local-stack"]
    done = run([*words, "--style", style], app)
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
    assert run([*words, "--style", style], app).returncode == 0
    assert tree(repository) == made

    service = NextJs(app)
    service.install()
    commit(repository, "Installed")
    own = "scaffold:" if has_tests else ""
    for script in (f"{own}typecheck", f"{own}test", "build"):
        npm(app, "run", script)
    # Next.js has its own words for tsconfig.json; nothing else is new, neither coverage nor a build's notes.
    assert {*git(repository, "status", "--porcelain").split()[1::2]} <= {f"{folder}/tsconfig.json"}
    if has_tests:
        _check_tests_of_theirs(app)
    with service.serve(**LOCAL) as url:
        service.contract(url)
    with service.serve() as url:
        # Nothing that our code needs is set: what needs it is unavailable, and the app goes on.
        for _ in range(2):
            assert (_status(f"{url}/{_health(app)}"), _status(url)) == (503, 200)
    secrets = git(repository, "status", "--porcelain", "--untracked-files=all").split()
    assert not [path for path in secrets if ".data/" in path]
